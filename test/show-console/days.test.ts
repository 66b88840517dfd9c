import { expect, test } from 'vitest';
import { byDay, movedFrom } from '../../functions/show-console/page/days.ts';
import { onDay, orderOf, START } from './orders.ts';

const dated = (day: number, before: number | null = null) =>
  orderOf([{ day: 0, status: 'foc-date-confirmed' }], {
    foc_date: onDay(day),
    foc_date_before: before === null ? null : onDay(before),
  });

test('orders are grouped by the day of their date, in the order in which they come', () => {
  const orders = [dated(-9), dated(-1), dated(0), dated(1), dated(1.2), dated(3)];
  expect(byDay(orders, START, 'UTC')).toEqual([
    { name: 'The date has passed', orders: orders.slice(0, 2) },
    { name: 'Today, Mon 2 Mar', orders: orders.slice(2, 3) },
    { name: 'Tomorrow, Tue 3 Mar', orders: orders.slice(3, 5) },
    { name: 'Thu 5 Mar', orders: orders.slice(5) },
  ]);
});

test("the day is the reader's", () => {
  // 21:36 in UTC is the next morning in Auckland.
  const days = ['UTC', 'Pacific/Auckland'].map((zone) => byDay([dated(1.4)], START, zone)[0]?.name);
  expect(days).toEqual(['Tomorrow, Tue 3 Mar', 'Tomorrow, Wed 4 Mar']);
});

test('an order without a date is on no day', () => {
  expect(byDay([orderOf([{ day: 0, status: 'draft' }]), orderOf([], {})], START, 'UTC')).toEqual([]);
});

test('a date was moved if it stood elsewhere before', () => {
  expect(movedFrom(dated(3, 1))).toBe(onDay(1));
  expect(movedFrom(dated(3))).toBeUndefined();
  expect(movedFrom(dated(3, 3))).toBeUndefined();
  // Taken back, not moved.
  expect(movedFrom(orderOf([], { foc_date_before: onDay(1) }))).toBeUndefined();
});
