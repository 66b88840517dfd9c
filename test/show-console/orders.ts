import type { LedgerEvent } from '../../functions/ledger/events/row.ts';
import type { Order } from '../../functions/ledger/orders/order-list.ts';
import { foldOrder } from '../../functions/porting/order.ts';
import type { OrderFact } from '../../functions/porting/order-facts.ts';
import type { ShownDetails } from '../../functions/porting/shown-details.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';

const DAY = 24 * 3_600_000;
/** A Monday. */
export const START = Date.parse('2026-03-02T12:00:00Z');
export const onDay = (day: number) => timestampOf(START + day * DAY);

/** What an order's story consists of here: a status with its reasons, or who wrote a comment. */
export type Happened = { readonly day: number } & (
  | { readonly status: string; readonly reasons?: readonly unknown[] }
  | { readonly by: string }
);

/** An order to which this happened, as the API shows it. */
export function orderOf(happened: readonly Happened[], details: Partial<ShownDetails> | null = null): Order {
  const facts = happened.map((one, index): OrderFact => {
    const mark = { id: `event ${index}`, at: onDay(one.day), v: '1#1#1', listed: true, webhook: true };
    return 'status' in one
      ? { ...mark, type: 'porting_order.status_changed', status: { value: one.status, details: one.reasons ?? [] } }
      : { ...mark, type: 'porting_order.new_comment', comment: { by: one.by } };
  });
  const none: ShownDetails = {
    ...{ read_at: onDay(0), status: null, foc_date: null, foc_date_before: null, foc_date_requested: null },
    ...{ activation_status: null, number_count: null, number_type: null, requirements_met: null },
    ...{ support_key: null, parent_support_key: null, customer_reference: null, customer_group_reference: null },
    ...{ losing_carrier: null, messaging: null, created_at: null },
  };
  return { ...foldOrder('order', facts), overdue_since: null, details: details && { ...none, ...details } };
}

/** An event as the API shows it. */
export function eventOf(event_type: string, payload: unknown, day = 0): LedgerEvent {
  const at = onDay(day);
  return {
    ...{ id: `${event_type} ${day}`, event_type, porting_order_id: 'order', payload, created_at: at },
    ledger: {
      ...{ first_seen_at: at, first_seen_by: 'list', webhook_deliveries: 0, webhook_last_at: null, listed_at: at },
      ...{ republish_count: 0, republish_last_at: null, revision: 1, published_at: at },
      ...{ missed_at: null, recovered_at: null },
    },
  };
}

/** A change of status. */
export function statusEvent(day: number, value: string, details: readonly unknown[] = []): LedgerEvent {
  return eventOf('porting_order.status_changed', { status: { value, details } }, day);
}
