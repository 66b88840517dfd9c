import { invalid } from './problem.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The event id in a path, in the small letters that Telnyx writes.
 *
 * @throws a 422 when it is no UUID
 */
export function eventIdIn(pathParameters: Readonly<Record<string, string | undefined>> | undefined): string {
  const given = decoded(pathParameters?.id ?? '');
  if (UUID.test(given)) return given.toLowerCase();
  throw invalid('10006', 'Invalid resource ID', `"${given.slice(0, 60)}" is not an event id. An event id is a UUID.`, {
    parameter: 'id',
  });
}

/** API Gateway decodes path parameters; a router that reads the raw path does not. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
