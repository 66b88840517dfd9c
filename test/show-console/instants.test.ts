import { expect, test } from 'vitest';
import { dayWords, instantWords, inUtc, lengthOf } from '../../functions/show-console/page/instants.ts';
import { onDay, START } from './orders.ts';

test.each([
  [-3, '0 s'],
  [40.4, '40 s'],
  [89, '89 s'],
  [90, '2 min'],
  [3_600, '60 min'],
  [7_200, '2 h'],
  [86_400, '24 h'],
  [3 * 86_400, '3 days'],
])('%d seconds are %s', (seconds, words) => {
  expect(lengthOf(seconds)).toBe(words);
});

test("an instant is told in the reader's time, and in UTC on hover", () => {
  expect(instantWords(onDay(0.5), START, 'America/New_York')).toBe('Mon 2 Mar, 19:00');
  expect(inUtc(onDay(0.5))).toBe('2026-03-03 00:00:00 UTC');
});

test('a day that is far has its year', () => {
  expect([0, 200, -400].map((day) => dayWords(onDay(day), START, 'UTC'))).toEqual([
    'Mon 2 Mar',
    'Fri 18 Sep',
    'Sun 26 Jan 2025',
  ]);
});
