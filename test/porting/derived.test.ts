import { describe, expect, test } from 'vitest';
import { eventAskingToAct, isLive } from '../../functions/porting/derived.ts';
import { foldOrder } from '../../functions/porting/order.ts';

/** An order that the event `refusal` put into a status at noon of 2 March. */
const orderIn = (status: string) =>
  foldOrder('order', [
    {
      id: 'refusal',
      at: '2026-03-02T12:00:00.000000Z',
      type: 'porting_order.status_changed',
      v: '1#1#1#',
      listed: true,
      webhook: true,
      status: { value: status, details: [] },
    },
  ]);

const NEXT_DAY = Date.UTC(2026, 2, 3, 12);

describe('action_required is published', () => {
  test('for an order in exception, once for each refusal', () => {
    expect(eventAskingToAct(orderIn('exception'), undefined, NEXT_DAY)).toBe('refusal');
    expect(eventAskingToAct(orderIn('exception'), 'an earlier refusal', NEXT_DAY)).toBe('refusal');
    expect(eventAskingToAct(orderIn('exception'), 'refusal', NEXT_DAY)).toBeUndefined();
  });

  test('only until Telnyx cancels the order, after 14 days', () => {
    const end = Date.UTC(2026, 2, 16, 12);
    expect(eventAskingToAct(orderIn('exception'), undefined, end - 1)).toBe('refusal');
    expect(eventAskingToAct(orderIn('exception'), undefined, end)).toBeUndefined();
  });

  test.each([
    'draft',
    'submitted',
    'foc-date-confirmed',
    'ported',
    'cancelled',
    'on-hold',
  ])('not for an order that is %s', (status) => {
    expect(eventAskingToAct(orderIn(status), undefined, NEXT_DAY)).toBeUndefined();
  });

  test('not for an order without a status', () => {
    expect(eventAskingToAct(foldOrder('order', []), undefined, NEXT_DAY)).toBeUndefined();
  });
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
