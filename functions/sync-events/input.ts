import { isObject } from '../porting/event.ts';
import { millisecondsOf, timestamp } from '../porting/timestamp.ts';
import { FIRST_EVENT_AT, SETTLE, type Window } from '../porting/window.ts';

const DAY = 24 * 3_600_000;

/** The input is none of the four forms. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

/** True for `{"requested": true}`: the runs that were asked for with `POST /v2/sync-runs`, as long as there are any. */
export function asksForRequested(input: unknown): boolean {
  return isObject(input) && input.requested === true && Object.keys(input).length === 1;
}

/**
 * Reads the function's other inputs: `{}` is the scheduled run, from the cursor to now; `{"days": 7}` lists the last 7 days again;
 * `{"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"}` lists that range again. The last two do not move the cursor.
 *
 * @param now milliseconds since 1970; a range that reaches into the present ends shortly before it
 * @returns the range, or `undefined` for the scheduled run
 * @throws {InvalidInput} that says what is allowed
 */
export function readInput(input: unknown, now: number): Window | undefined {
  if (input === null || input === undefined) return undefined;
  if (!isObject(input)) throw invalid(`It is ${JSON.stringify(input)}.`);
  const { days, from, to, ...unknown } = input;
  const unknownNames = Object.keys(unknown);
  if (unknownNames.length > 0) throw invalid(`It has ${unknownNames.map((name) => `"${name}"`).join(', ')}.`);
  if (days !== undefined) {
    if (from !== undefined || to !== undefined) throw invalid('It has "days" beside "from" or "to".');
    if (typeof days !== 'number' || !(days > 0 && days <= 3660)) throw invalid('"days" is not a number up to 3660.');
    return { from: now - days * DAY, to: now - SETTLE };
  }
  if (from === undefined && to === undefined) return undefined;
  // A window counts milliseconds: one more, so that the last microseconds before `to` are in it.
  const range = { from: instant('from', from), to: Math.min(instant('to', to) + 1, now - SETTLE) };
  if (range.from > range.to) throw invalid('"from" is later than "to", or than now.');
  return { from: Math.max(range.from, FIRST_EVENT_AT), to: Math.max(range.to, FIRST_EVENT_AT) };
}

function instant(name: string, value: unknown): number {
  const at = timestamp(value);
  if (at === undefined) throw invalid(`"${name}" is ${JSON.stringify(value)}, not a date-time.`);
  return millisecondsOf(at);
}

function invalid(found: string): InvalidInput {
  return new InvalidInput(
    `The input must be {}, {"requested": true}, {"days": 7}, or {"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"}. ${found}`,
  );
}
