import { describe, expect, test } from 'vitest';
import { isToBeChecked, needOf } from '../../functions/porting/needs.ts';
import { foldOrder } from '../../functions/porting/order.ts';
import type { OrderFact } from '../../functions/porting/order-facts.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';

const DAY = 24 * 3_600_000;
const START = Date.parse('2026-03-01T12:00:00Z');
const onDay = (day: number) => timestampOf(START + day * DAY);

let facts = 0;
function fact(day: number, told: Partial<OrderFact>): OrderFact {
  facts += 1;
  const type = told.comment ? 'porting_order.new_comment' : 'porting_order.status_changed';
  return { id: `event ${facts}`, at: onDay(day), type, v: '1#1#1', listed: true, webhook: true, ...told };
}
const status = (day: number, value: string) => fact(day, { status: { value, details: [] } });
const comment = (day: number, by: string) => fact(day, { comment: { by } });
const need = (day: number, ...told: readonly OrderFact[]) => needOf(foldOrder('order', told), START + day * DAY);

describe('an exception needs you', () => {
  test('until its deadline, 14 days later', () => {
    const expected = { why: 'exception', since: onDay(0), by: onDay(14) };
    for (const day of [0, 5, 13.99]) expect(need(day, status(0, 'exception'))).toEqual(expected);
  });

  test('not after it, even if Telnyx has the last word: Telnyx has cancelled the order', () => {
    expect(need(14, status(0, 'exception'), comment(13, 'admin'))).toBeUndefined();
  });

  test('not once it is corrected', () => {
    expect(need(2, status(0, 'exception'), status(1, 'submitted'))).toBeUndefined();
  });
});

describe('a draft needs you', () => {
  test('in its last five days, and not after Telnyx has deleted it', () => {
    const days = [0, 24.9, 25, 29.99, 30].map((day) => need(day, status(0, 'draft'))?.why);
    expect(days).toEqual([undefined, undefined, 'draft', 'draft', undefined]);
  });
});

describe('a question of Telnyx needs you', () => {
  const asked = { why: 'question', since: onDay(1), by: null };

  test.each(['in-process', 'submitted', 'foc-date-confirmed', 'on-hold', 'draft'])('in %s, for a week', (value) => {
    expect(need(1, status(0, value), comment(1, 'admin'))).toEqual(asked);
    expect(need(7.99, status(0, value), comment(1, 'admin'))).toEqual(asked);
    expect(need(8, status(0, value), comment(1, 'admin'))).toBeUndefined();
  });

  test('in an order without a known status', () => {
    expect(need(2, comment(1, 'admin'))).toEqual(asked);
  });

  test.each([
    ['the customer answers', comment(2, 'user')],
    ['the system comments', comment(2, 'system')],
    ['a status follows', status(2, 'foc-date-confirmed')],
    ['the order has ended', status(2, 'ported')],
  ])('not when %s', (_, later) => {
    expect(need(3, status(0, 'submitted'), comment(1, 'admin'), later)).toBeUndefined();
  });

  test('not after the end: a comment on a ported order asks for nothing', () => {
    expect(need(2, status(0, 'ported'), comment(1, 'admin'))).toBeUndefined();
  });

  test('behind an exception that still has time', () => {
    expect(need(2, status(0, 'exception'), comment(1, 'admin'))).toMatchObject({ why: 'exception' });
  });
});

test('an order is to be checked with Telnyx once a deadline of the customer has passed, and only then', () => {
  const order = (day: number, value: string) =>
    isToBeChecked(foldOrder('order', [status(0, value)]), START + day * DAY);
  expect([order(13.99, 'exception'), order(14, 'exception')]).toEqual([false, true]);
  expect([order(29.99, 'draft'), order(30, 'draft')]).toEqual([false, true]);
  for (const value of ['submitted', 'cancel-pending', 'cancelled', 'ported']) expect(order(40, value)).toBe(false);
});
