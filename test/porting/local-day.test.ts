import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayName, daysLeft, localDayOf, nextWorkdayAt, timeName } from '../../functions/porting/local-day.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';

const at = (iso: string) => Date.parse(iso);
const HOUR = 3_600_000;

test.each([
  ['UTC', 'Thu 10 Dec', '23:30', '2026-12-10'],
  ['Europe/Berlin', 'Fri 11 Dec', '00:30', '2026-12-11'],
  ['America/New_York', 'Thu 10 Dec', '18:30', '2026-12-10'],
  ['Asia/Kathmandu', 'Fri 11 Dec', '05:15', '2026-12-11'],
])('one instant has its own day and time in %s', (zone, day, time, date) => {
  const instant = '2026-12-10T23:30:00.000000Z';
  expect([dayName(instant, zone), timeName(instant, zone)]).toEqual([day, time]);
  expect(localDayOf(at(instant), zone)).toBe(date);
});

test('every month has three letters', () => {
  const months = Array.from({ length: 12 }, (_, month) =>
    dayName(timestampOf(Date.UTC(2026, month, 15)), 'UTC').slice(-3),
  );
  expect(months.join(' ')).toBe('Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec');
});

test.each([
  ['2026-12-10T22:00:00.000000Z', 'today, until 22:00'],
  ['2026-12-11T00:30:00.000000Z', '1 day left'],
  ['2026-12-24T07:00:00.000000Z', '14 days left'],
])('until %s: %s', (by, words) => {
  expect(daysLeft(by, at('2026-12-10T08:00:00Z'), 'UTC')).toBe(words);
});

describe('the next working morning', () => {
  test.each([
    ['the same day', 'UTC', '2026-11-26T07:59:59Z', '2026-11-26T08:00:00Z'],
    ['not at that instant again', 'UTC', '2026-11-26T08:00:00Z', '2026-11-27T08:00:00Z'],
    ['over the weekend', 'UTC', '2026-11-27T09:00:00Z', '2026-11-30T08:00:00Z'],
    ['before midnight in UTC', 'Asia/Tokyo', '2026-11-26T00:00:00Z', '2026-11-26T23:00:00Z'],
    ['west of UTC', 'America/Los_Angeles', '2026-11-26T15:00:00Z', '2026-11-26T16:00:00Z'],
    ['after the clocks went back', 'Europe/Berlin', '2026-10-23T12:00:00Z', '2026-10-26T07:00:00Z'],
    ['after the clocks went forward', 'Europe/Berlin', '2026-03-27T12:00:00Z', '2026-03-30T06:00:00Z'],
  ])('%s', (_, zone, from, expected) => {
    expect(new Date(nextWorkdayAt('08:00', zone, at(from)))).toEqual(new Date(expected));
  });

  test('a time that the clocks skip comes an hour later', () => {
    // Cairo's summer begins on a Friday, at midnight.
    const next = nextWorkdayAt('00:30', 'Africa/Cairo', at('2026-04-23T12:00:00Z'));
    expect(new Date(next)).toEqual(new Date('2026-04-23T22:30:00Z'));
  });

  test('is ahead, on a working day, at that time, in every zone', () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const instants = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') });
    fc.assert(
      fc.property(zones, instants, fc.integer({ min: 4, max: 23 }), (zone, from, hour) => {
        const time = `${String(hour).padStart(2, '0')}:17`;
        const next = nextWorkdayAt(time, zone, from);
        expect(next).toBeGreaterThan(from);
        expect(next - from).toBeLessThanOrEqual(4 * 24 * HOUR);
        expect(timeName(timestampOf(next), zone)).toBe(time);
        expect(dayName(timestampOf(next), zone)).not.toMatch(/^S/);
      }),
    );
  });
});
