import fc from 'fast-check';
import { expect, test } from 'vitest';
import { millisecondsOf, recordTime, timestamp, timestampOf } from '../../functions/porting/timestamp.ts';

test.each([
  ['2024-06-11T18:52:47.972297Z', '2024-06-11T18:52:47.972297Z'],
  ['2021-11-04T17:37:42Z', '2021-11-04T17:37:42.000000Z'],
  ['2021-03-19T19:51:37+00:00', '2021-03-19T19:51:37.000000Z'],
  ['2021-03-19T10:07:15.527Z', '2021-03-19T10:07:15.527000Z'],
  ['2021-03-19T19:51:37+0000', '2021-03-19T19:51:37.000000Z'],
  ['2021-03-19t19:51:37z', '2021-03-19T19:51:37.000000Z'],
  ['2021-03-19T23:30:00.5-01:30', '2021-03-20T01:00:00.500000Z'],
  ['2021-03-19T00:00:00+23:59', '2021-03-18T00:01:00.000000Z'],
  ['2021-03-19T10:07:15.1234567899Z', '2021-03-19T10:07:15.123456Z'],
])('reads %s as Telnyx writes it', (given, expected) => {
  expect(timestamp(given)).toBe(expected);
});

test.each([
  undefined,
  null,
  5,
  '',
  'yesterday',
  '2021-02-30T00:00:00Z',
  '2021-13-01T00:00:00Z',
  '2021-01-01',
  '2021-01-01T00:00:00',
  '2021-01-01T00:00:00+24:00',
  '2021-01-01T00:00:00+00:60',
  // In UTC these are in the year before 0000 and the one after 9999: text order would not be time order.
  '0000-01-01T00:00:00+01:00',
  '9999-12-31T23:59:59-01:00',
  'at 2021-01-01T00:00:00Z',
  '2021-01-01T00:00:00Z or so',
  [['2021-01-01T00:00:00Z']],
])('%j is not a date-time', (given) => {
  expect(timestamp(given)).toBeUndefined();
});

test("a record's time without a zone is in UTC", () => {
  expect(recordTime('2021-03-19T19:51:37')).toBe('2021-03-19T19:51:37.000000Z');
  expect(recordTime('2021-03-19T19:51:37-01:30')).toBe('2021-03-19T21:21:37.000000Z');
});

test.each([
  undefined,
  null,
  5,
  '',
  'yesterday',
  '2021-02-30T00:00:00',
  [['2021-01-01T00:00:00']],
])("%j is not a record's time", (given) => {
  expect(recordTime(given)).toBeUndefined();
});

test('text order is time order, to the microsecond and in any zone', () => {
  const instant = fc.record({
    seconds: fc.integer({ min: 0, max: 4_000_000_000 }),
    micros: fc.integer({ min: 0, max: 999_999 }),
    offset: fc.integer({ min: -14 * 60, max: 14 * 60 }),
  });
  const spelt = ({ seconds, micros, offset }: { seconds: number; micros: number; offset: number }) => {
    const local = new Date((seconds + offset * 60) * 1000).toISOString().slice(0, 19);
    const zone = `${offset < 0 ? '-' : '+'}${new Date(Math.abs(offset) * 60_000).toISOString().slice(11, 16)}`;
    return timestamp(`${local}.${String(micros).padStart(6, '0')}${zone}`) as string;
  };
  fc.assert(
    fc.property(instant, instant, (a, b) => {
      const inTime = Math.sign(a.seconds - b.seconds || a.micros - b.micros);
      const inText = spelt(a) < spelt(b) ? -1 : spelt(a) > spelt(b) ? 1 : 0;
      expect(inText).toBe(inTime);
    }),
  );
});

test('milliseconds survive a round trip', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (at) => {
      expect(millisecondsOf(timestampOf(at))).toBe(at);
    }),
  );
});
