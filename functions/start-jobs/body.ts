import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { invalid, type Problem } from '../http/problem.ts';
import { isObject } from '../porting/event.ts';

/** The members of a JSON object, by name. */
export type Members = Readonly<Record<string, unknown>>;

/**
 * A request's body, which must be a JSON object.
 *
 * @param allowed its allowed members: a misspelt filter, if ignored, would select more than intended
 * @throws a 422 that points at what is wrong
 */
export function bodyOf(event: APIGatewayProxyEventV2, allowed: readonly string[]): Members {
  const body = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString() : (event.body ?? '');
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw malformed('', `The body is not JSON. Send a JSON object with ${listed(allowed)}.`);
  }
  return objectAt(parsed, '', allowed);
}

/**
 * An object within a body.
 *
 * @param pointer its place, as an RFC 6901 pointer
 */
export function objectAt(value: unknown, pointer: string, allowed: readonly string[]): Members {
  const what = pointer === '' ? 'The body' : `"${pointer.slice(1)}"`;
  if (!isObject(value)) throw wrongType(pointer, `${what} must be a JSON object with ${listed(allowed)}.`);
  const unknown = Object.keys(value).find((name) => !allowed.includes(name));
  if (unknown === undefined) return value;
  const name = unknown.slice(0, 60);
  throw malformed(`${pointer}/${escaped(name)}`, `${what} has no member "${name}". Allowed are ${listed(allowed)}.`);
}

export function malformed(pointer: string, detail: string): Problem {
  return invalid('10015', 'Bad request', detail, { pointer });
}

export function wrongType(pointer: string, detail: string): Problem {
  return invalid('10026', 'Wrong parameter type', detail, { pointer });
}

export function outOfRange(pointer: string, detail: string): Problem {
  return invalid('10033', 'Value out of range', detail, { pointer });
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
