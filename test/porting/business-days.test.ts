import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addBusinessDays } from '../../functions/porting/business-days.ts';
import { millisecondsOf, type Timestamp, timestampOf } from '../../functions/porting/timestamp.ts';

const DAY = 24 * 3_600_000;

const isWeekend = (at: number) => ['Sat', 'Sun'].includes(new Date(at).toUTCString().slice(0, 3));

/** Counts day by day: first past the weekend, then from one business day to the next. */
function stepByStep(at: Timestamp, days: number): Timestamp {
  let now = millisecondsOf(at);
  let micros = at.slice(23, 26);
  while (isWeekend(now)) {
    now = Math.floor(now / DAY) * DAY + DAY;
    micros = '000';
  }
  for (let left = days; left > 0; left -= 1) {
    do now += DAY;
    while (isWeekend(now));
  }
  return `${timestampOf(now).slice(0, 23)}${micros}Z`;
}

/** Instants from December 2027 to April 2029, across a leap day, many of them at midnight. */
const instant = fc
  .record({
    day: fc.integer({ min: 0, max: 500 }),
    second: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 86_399 })),
    micros: fc.constantFrom('000000', '000001', '999999'),
  })
  .map(({ day, second, micros }) => {
    const at = new Date(Date.UTC(2027, 11, 1 + day) + second * 1000).toISOString();
    return `${at.slice(0, 19)}.${micros}Z`;
  });

describe('business days', () => {
  test.each([
    ['Monday', '2026-03-02T12:00:00.000005Z', 1, '2026-03-03T12:00:00.000005Z'],
    ['Friday', '2026-03-06T12:00:00.000005Z', 1, '2026-03-09T12:00:00.000005Z'],
    ['Friday', '2026-03-06T12:00:00.000005Z', 5, '2026-03-13T12:00:00.000005Z'],
    ['Saturday', '2026-03-07T12:00:00.000005Z', 1, '2026-03-10T00:00:00.000000Z'],
    ['Sunday', '2026-03-08T23:59:59.999999Z', 0, '2026-03-09T00:00:00.000000Z'],
  ])('%s %s and %d', (_, at, days, expected) => {
    expect(addBusinessDays(at, days)).toBe(expected);
  });

  test('are added as a day-by-day count adds them', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 60 }), (at, days) => {
        expect(addBusinessDays(at, days)).toBe(stepByStep(at, days));
      }),
    );
  });
});
