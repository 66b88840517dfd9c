import { describe, expect, test } from 'vitest';
import { type Derived, derivedFrom, isLive, type Told, toldBy } from '../../functions/porting/derived.ts';
import { foldOrder, type OrderState } from '../../functions/porting/order.ts';
import type { OrderFact } from '../../functions/porting/order-facts.ts';
import type { HeldReading } from '../../functions/porting/order-reading.ts';

const fact = (id: string, at: string, said: Partial<OrderFact>): OrderFact => ({
  id,
  at,
  type: 'porting_order.status_changed',
  v: '1#1#1#',
  listed: true,
  webhook: true,
  ...said,
});
const status = (value: string, id = 'refusal', at = '2026-03-02T12:00:00.000000Z') =>
  fact(id, at, { status: { value, details: [] } });
const comment = (by: string, id: string, at: string) =>
  fact(id, at, { type: 'porting_order.new_comment', comment: { by } });
const order = (...facts: readonly OrderFact[]) => foldOrder('order', facts);
/** An order that the event `refusal` put into a status at noon of 2 March. */
const orderIn = (value: string) => order(status(value));

const NEXT_DAY = Date.UTC(2026, 2, 3, 12);
const DAY = 24 * 3_600_000;

const derived = (state: OrderState, told: Told = {}, now = NEXT_DAY, reading?: HeldReading) =>
  derivedFrom({ state, reading, told }, now);
const typesOf = (all: readonly Derived[]) => all.map(({ type }) => type.replace('porting_order.', ''));

describe('action_required is published', () => {
  const action = { type: 'porting_order.action_required', eventId: 'refusal', actBy: '2026-03-16T12:00:00.000000Z' };

  test('for an order in exception, once for each refusal', () => {
    expect(derived(orderIn('exception'))).toEqual([action]);
    expect(derived(orderIn('exception'), { action: 'an earlier refusal' })).toEqual([action]);
    expect(derived(orderIn('exception'), toldBy(derived(orderIn('exception'))))).toEqual([]);
  });

  test('only until Telnyx cancels the order, after 14 days', () => {
    const end = Date.UTC(2026, 2, 16, 12);
    expect(derived(orderIn('exception'), {}, end - 1)).toEqual([action]);
    expect(derived(orderIn('exception'), {}, end)).toEqual([]);
  });

  test.each([
    'draft',
    'submitted',
    'foc-date-confirmed',
    'ported',
    'cancelled',
    'on-hold',
  ])('not for an order that is %s', (value) => {
    expect(derived(orderIn(value))).toEqual([]);
  });

  test('not for an order without a status', () => {
    expect(derived(foldOrder('order', []))).toEqual([]);
  });
});

describe('comment_from_telnyx is published', () => {
  const asked = order(status('submitted'), comment('admin', 'question', '2026-03-02T13:00:00.000000Z'));

  test('once for each comment of theirs that waits for an answer', () => {
    expect(derived(asked)).toEqual([{ type: 'porting_order.comment_from_telnyx', eventId: 'question' }]);
    expect(derived(asked, { comment: 'question' })).toEqual([]);
    expect(derived(asked, { comment: 'an earlier one' })).toHaveLength(1);
  });

  test('not once it is answered, the order has moved on, or a week has passed', () => {
    const facts = [status('submitted'), comment('admin', 'question', '2026-03-02T13:00:00.000000Z')];
    expect(derived(order(...facts, comment('user', 'answer', '2026-03-02T14:00:00.000000Z')))).toEqual([]);
    expect(derived(order(...facts, status('ported', 'end', '2026-03-02T14:00:00.000000Z')))).toEqual([]);
    expect(derived(asked, {}, Date.UTC(2026, 2, 9, 13))).toEqual([]);
    expect(derived(asked, {}, Date.UTC(2026, 2, 9, 13) - 1)).toHaveLength(1);
  });
});

describe('draft_expiring is published', () => {
  test('in the last five days of a draft, once', () => {
    const deletedAt = Date.UTC(2026, 2, 2, 12) + 30 * DAY;
    expect(derived(orderIn('draft'), {}, deletedAt - 5 * DAY - 1)).toEqual([]);
    const last = derived(orderIn('draft'), {}, deletedAt - 5 * DAY);
    expect(last).toEqual([
      { type: 'porting_order.draft_expiring', eventId: 'refusal', actBy: '2026-04-01T12:00:00.000000Z' },
    ]);
    expect(derived(orderIn('draft'), toldBy(last), deletedAt - 1)).toEqual([]);
    expect(derived(orderIn('draft'), {}, deletedAt)).toEqual([]);
  });
});

describe('a FOC date', () => {
  const ONE = '2026-03-10T15:00:00.000000Z';
  const OTHER = '2026-03-12T15:00:00.000000Z';
  const read = (foc?: string | null): HeldReading => ({
    details: foc === undefined ? {} : { foc },
    readAt: '2026-03-03T11:00:00.000000Z',
  });
  const confirmed = orderIn('foc-date-confirmed');
  const since = (date: string | null, times = 0) => ({ foc: { date, times } });

  test.each([
    ['set', null, ONE, ['foc_set']],
    ['moved', ONE, OTHER, ['foc_changed']],
    ['taken back', ONE, null, ['foc_changed']],
    ['there as before', ONE, ONE, []],
    ['not there, as before', null, null, []],
    ['not in the reading', ONE, undefined, []],
  ])('that is %s', (_, before, now, types) => {
    expect(typesOf(derived(confirmed, since(before), NEXT_DAY, read(now)))).toEqual(types);
  });

  test('is numbered, so that a date that comes back has another id', () => {
    const [first] = derived(confirmed, since(ONE, 1), NEXT_DAY, read(OTHER));
    expect(first).toMatchObject({ number: 2, foc: { from: ONE, to: OTHER } });
    const told = toldBy(first ? [first] : []);
    expect(derived(confirmed, told, NEXT_DAY, read(OTHER))).toEqual([]);
    expect(derived(confirmed, told, NEXT_DAY, read(ONE))).toMatchObject([{ number: 3, foc: { from: OTHER, to: ONE } }]);
  });

  test('of an order that has ended, or that was never read, is not published', () => {
    expect(derived(orderIn('ported'), since(ONE), NEXT_DAY, read(OTHER))).toEqual([]);
    expect(derived(orderIn('cancelled'), since(ONE), NEXT_DAY, read(null))).toEqual([]);
    expect(derived(confirmed, {}, NEXT_DAY, read(ONE))).toEqual([]);
  });
});

test('an order may have several things to publish at once', () => {
  const state = order(status('exception'), comment('admin', 'question', '2026-03-02T13:00:00.000000Z'));
  const reading = { details: { foc: null }, readAt: '2026-03-03T11:00:00.000000Z' };
  const all = derived(state, { foc: { date: '2026-03-10T15:00:00.000000Z', times: 1 } }, NEXT_DAY, reading);
  expect(typesOf(all)).toEqual(['action_required', 'comment_from_telnyx', 'foc_changed']);
  expect(derived(state, toldBy(all), NEXT_DAY, reading)).toEqual([]);
});

describe('a webhook', () => {
  const OCCURRED_AT = '2026-03-02T12:00:00.000000Z';

  test('is live until its event is an hour old', () => {
    expect(isLive(OCCURRED_AT, '2026-03-02T12:59:59.999000Z')).toBe(true);
    expect(isLive(OCCURRED_AT, '2026-03-02T13:00:00.000000Z')).toBe(false);
  });

  test("is live even if the ledger's clock is behind", () => {
    expect(isLive(OCCURRED_AT, '2026-03-02T11:55:00.000000Z')).toBe(true);
  });
});
