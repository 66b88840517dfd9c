import type { Timestamp } from './timestamp.ts';

const HOUR = 3_600_000;

/** The last instant whose spelling has the length that makes text order time order. */
const LAST = '9999-12-31T23:59:59.999999Z';

/** The instant a number of whole hours later, to the microsecond; never later than the last one that can be spelt. */
export function laterBy(hours: number, at: Timestamp): Timestamp {
  const seconds = new Date(Date.parse(`${at.slice(0, 19)}Z`) + hours * HOUR).toISOString();
  return seconds.length === 24 ? `${seconds.slice(0, 19)}${at.slice(19)}` : LAST;
}
