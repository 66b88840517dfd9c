import { type PathParameters, uuidIn } from './path-parameter.ts';

/**
 * The event id in a path, in the small letters that Telnyx writes.
 *
 * @throws a 422 when it is no UUID
 */
export function eventIdIn(pathParameters: PathParameters): string {
  return uuidIn(pathParameters, 'an event id');
}
