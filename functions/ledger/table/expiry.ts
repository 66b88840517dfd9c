import { type Condition, isAbove } from './expressions.ts';
import { numberIn, type Row } from './values.ts';

/**
 * True once a row has expired. DynamoDB deletes it within days; until then it must not be shown.
 *
 * @param now milliseconds since 1970
 */
export function isExpired(row: Row, now: number): boolean {
  return (numberIn(row, 'expires_at') ?? Number.POSITIVE_INFINITY) <= now / 1000;
}

/**
 * The value of a row's `expires_at`, its time to live, in seconds since 1970.
 *
 * @param now milliseconds since 1970
 */
export function expiresIn(days: number, now: number): number {
  return Math.floor(now / 1000) + days * 24 * 3600;
}

/** The row has a time to live, and has not expired. */
export function isAlive(now: number): Condition {
  return isAbove('expires_at', Math.floor(now / 1000));
}
