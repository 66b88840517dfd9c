import fc from 'fast-check';
import { expect, test } from 'vitest';
import { millisecondsOf, timestamp, timestampOf } from '../../functions/porting/timestamp.ts';

test.each([
  ['2024-06-11T18:52:47.972297Z', '2024-06-11T18:52:47.972297Z'],
  ['2021-11-04T17:37:42Z', '2021-11-04T17:37:42.000000Z'],
  ['2021-03-19T19:51:37+00:00', '2021-03-19T19:51:37.000000Z'],
  ['2021-03-19T10:07:15.527Z', '2021-03-19T10:07:15.527000Z'],
  ['2021-03-19T23:30:00.5-01:30', '2021-03-20T01:00:00.500000Z'],
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
  '2021-01-01T00:00:00+99:00',
])('%j is no date-time', (given) => {
  expect(timestamp(given)).toBeUndefined();
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

test('milliseconds go there and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (at) => {
      expect(millisecondsOf(timestampOf(at))).toBe(at);
    }),
  );
});
