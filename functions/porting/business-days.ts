import { laterBy } from './later.ts';
import type { Timestamp } from './timestamp.ts';

/**
 * Business days are Monday to Friday in UTC. Holidays are ignored: they differ between carriers, and a limit that is a
 * day late does less harm than a wrong calendar.
 */

const DAY = 24;
const FRIDAY = 4;

/**
 * The same time of day, the given number of business days later. A time on a weekend counts from the start of Monday,
 * so the result is always on a business day.
 *
 * @param days a whole number from 0
 */
export function addBusinessDays(at: Timestamp, days: number): Timestamp {
  const start = afterWeekend(at);
  const weekends = Math.floor((weekdayOf(start) + days) / 5);
  return laterBy((days + 2 * weekends) * DAY, start);
}

function afterWeekend(at: Timestamp): Timestamp {
  const weekday = weekdayOf(at);
  return weekday <= FRIDAY ? at : laterBy((7 - weekday) * DAY, `${at.slice(0, 10)}T00:00:00.000000Z`);
}

/** Monday is 0. */
function weekdayOf(at: Timestamp): number {
  return (new Date(at.slice(0, 10)).getUTCDay() + 6) % 7;
}
