import { invalid, type Problem } from './problem.ts';

const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

/**
 * The request's Idempotency-Key; `undefined` when it has none.
 *
 * @throws a 422 that says what a key may contain
 */
export function idempotencyKeyIn(headers: Readonly<Record<string, string | undefined>>): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || IDEMPOTENCY_KEY.test(key)) return key;
  throw keyProblem('An Idempotency-Key has 1 to 255 printable ASCII characters.');
}

/** 422: an Idempotency-Key that was used for a different request. */
export function keyUsedFor(what: string): Problem {
  return keyProblem(`This Idempotency-Key was used for ${what}. Use a new key for each thing that you ask for.`);
}

function keyProblem(detail: string): Problem {
  return invalid('10015', 'Bad request', detail, { parameter: 'Idempotency-Key' });
}
