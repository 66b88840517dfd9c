import { numberIn, type Row } from './values.ts';

/**
 * True once a row's time is over. DynamoDB deletes such a row within days; until then nobody may be shown it.
 *
 * @param now milliseconds since 1970
 */
export function isExpired(row: Row, now: number): boolean {
  return (numberIn(row, 'expires_at') ?? Number.POSITIVE_INFINITY) <= now / 1000;
}
