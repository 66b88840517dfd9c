import { uuidOf } from '../porting/patterns.ts';
import { invalid, notFound } from './problem.ts';

/** Path parameters as API Gateway, or the router, passes them. */
export type PathParameters = Readonly<Record<string, string | undefined>> | undefined;

/** Ids of jobs and runs: an instant, followed by digits that make it unique. */
const TIMED_ID = /^[0-9A-Za-z:.-]{1,60}$/;

/** The event id in a path, in lower case as Telnyx writes it; throws a 422 when it is not a UUID. */
export const eventIdIn = (pathParameters: PathParameters) => uuidIn(pathParameters, 'an event id');

/** The id of a porting order in a path, read the same way. */
export const orderIdIn = (pathParameters: PathParameters) => uuidIn(pathParameters, 'an order id');

function uuidIn(pathParameters: PathParameters, what: string): string {
  const given = idIn(pathParameters);
  const id = uuidOf(given);
  if (id !== undefined) return id;
  const capitalized = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  const detail = `"${given.slice(0, 60)}" is not ${what}. ${capitalized} is a UUID.`;
  throw invalid('10006', 'Invalid resource ID', detail, { parameter: 'id' });
}

/**
 * The id of a job or a run in a path.
 *
 * @param what its kind, such as `republish job`
 * @throws a 404 for a malformed id: only the ledger creates these ids, so nothing can exist under it
 */
export function timedIdIn(pathParameters: PathParameters, what: string): string {
  const given = idIn(pathParameters);
  if (TIMED_ID.test(given)) return given;
  throw notFound(`There is no such ${what}.`);
}

/** API Gateway decodes path parameters; a router that reads the raw path does not. */
function idIn(pathParameters: PathParameters): string {
  const text = pathParameters?.id ?? '';
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
