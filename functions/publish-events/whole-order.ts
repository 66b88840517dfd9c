import { readUnpublished } from '../ledger/events/outbox.ts';
import { orderEventIds } from '../ledger/orders/order-events.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import { type Folded, foldIn } from './order-state.ts';

/**
 * An order after everything that the ledger holds of it has been taken into its state, also what waits for the stream or the sweep: what is
 * decided by the state must not overlook an event that is there.
 *
 * @param now milliseconds since 1970
 */
export async function foldWhole(store: OrderStore, orderId: string, now: number): Promise<Folded> {
  const { rows } = await readUnpublished(store, await orderEventIds(store, orderId));
  return foldIn(store, orderId, rows, now);
}
