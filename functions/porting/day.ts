import type { Timestamp } from './timestamp.ts';

/** A day in UTC, as `2024-06-11`. */
export type Day = string;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * A writer calls a day closed one hour after its end, a counter two hours after. So whatever a writer adds to a day
 * that it considers open is there before the day is counted, even when their clocks differ by some minutes.
 */
const CLOSED_TO_WRITERS_AFTER = 1 * HOUR;
const CLOSED_TO_COUNTERS_AFTER = 2 * HOUR;

export function dayOf(at: Timestamp): Day {
  return at.slice(0, 10);
}

export function dayAfter(day: Day): Day {
  return new Date(Date.parse(day) + DAY).toISOString().slice(0, 10);
}

/** True when the day is closed for writers: an event added to it now makes its count doubtful. */
export function isClosed(day: Day, now: number): boolean {
  return Date.parse(day) + DAY + CLOSED_TO_WRITERS_AFTER <= now;
}

/** The last day that may be counted permanently. */
export function lastCountableDay(now: number): Day {
  return new Date(now - CLOSED_TO_COUNTERS_AFTER - DAY).toISOString().slice(0, 10);
}
