import { expect, test } from 'vitest';
import { dayAfter, dayOf, isClosed, lastCountableDay } from '../../functions/porting/day.ts';

test('an event belongs to the day of its created_at, in UTC', () => {
  expect(dayOf('2024-06-11T00:00:00.000000Z')).toBe('2024-06-11');
  expect(dayOf('2024-06-11T23:59:59.999999Z')).toBe('2024-06-11');
});

test.each([
  ['2024-02-28', '2024-02-29'],
  ['2024-02-29', '2024-03-01'],
  ['2025-12-31', '2026-01-01'],
])('the day after %s is %s', (day, after) => {
  expect(dayAfter(day)).toBe(after);
});

test('a day is closed one hour after its end', () => {
  const oneHourAfter = Date.UTC(2024, 5, 12, 1);
  expect(isClosed('2024-06-11', oneHourAfter - 1)).toBe(false);
  expect(isClosed('2024-06-11', oneHourAfter)).toBe(true);
});

test('a day may be counted two hours after its end', () => {
  const twoHoursAfter = Date.UTC(2024, 5, 12, 2);
  expect(lastCountableDay(twoHoursAfter - 1)).toBe('2024-06-10');
  expect(lastCountableDay(twoHoursAfter)).toBe('2024-06-11');
});
