import { laterBy } from './later.ts';
import type { Timestamp } from './timestamp.ts';

/**
 * Business days are Monday to Friday in UTC. Holidays are not known: they differ between carriers, and a limit that is a day late
 * does less harm than a calendar that is wrong.
 */

const DAY = 24;
const MILLISECONDS_OF_DAY = DAY * 3_600_000;
const FRIDAY = 4;

/**
 * The same time of day so many business days later. What begins on a weekend begins with the Monday after it, so that the outcome is
 * always on a business day.
 *
 * @param days a whole number from 0
 */
export function addBusinessDays(at: Timestamp, days: number): Timestamp {
  const start = afterWeekend(at);
  const weekends = Math.floor((weekdayOf(start) + days) / 5);
  return laterBy((days + 2 * weekends) * DAY, start);
}

/** How many whole business days can be added to the first instant without passing the second; 0 when that one is earlier. */
export function businessDaysBetween(from: Timestamp, to: Timestamp): number {
  const start = afterWeekend(from);
  const end = beforeWeekend(to);
  const begun = businessDayOf(end) - businessDayOf(start);
  return Math.max(0, timeOf(end) < timeOf(start) ? begun - 1 : begun);
}

function afterWeekend(at: Timestamp): Timestamp {
  const weekday = weekdayOf(at);
  return weekday <= FRIDAY ? at : laterBy((7 - weekday) * DAY, `${at.slice(0, 10)}T00:00:00.000000Z`);
}

function beforeWeekend(at: Timestamp): Timestamp {
  const weekday = weekdayOf(at);
  return weekday <= FRIDAY ? at : laterBy((FRIDAY - weekday) * DAY, `${at.slice(0, 10)}T23:59:59.999999Z`);
}

/** Monday is 0. */
function weekdayOf(at: Timestamp): number {
  return (new Date(Date.parse(at.slice(0, 10))).getUTCDay() + 6) % 7;
}

/** A business day's place among all business days. */
function businessDayOf(at: Timestamp): number {
  const weekday = weekdayOf(at);
  const monday = Date.parse(at.slice(0, 10)) / MILLISECONDS_OF_DAY - weekday;
  return (monday / 7) * 5 + weekday;
}

function timeOf(at: Timestamp): string {
  return at.slice(11);
}
