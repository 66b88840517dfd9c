import { readUnpublished } from '../ledger/events/outbox.ts';
import { orderEventIds } from '../ledger/orders/order-events.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import { type Folded, foldIn } from './order-state.ts';

/**
 * An order after folding every event of it that the ledger holds, including those that wait for the stream or the
 * sweep. A decision from the order's state must not overlook an event that is there.
 *
 * @param now milliseconds since 1970
 */
export async function foldWhole(store: OrderStore, orderId: string, now: number): Promise<Folded> {
  const { rows } = await readUnpublished(store, await orderEventIds(store, orderId));
  return foldIn(store, orderId, rows, now);
}
