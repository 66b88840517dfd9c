import { OPEN_STATUSES, TERMINAL } from '../../porting/acts.ts';
import type { Timestamp } from '../../porting/timestamp.ts';
import { areEqual, type Condition, isAbove } from '../table/expressions.ts';
import type { OrderStore } from '../table/store.ts';
import { type Order, readOrders } from './order-list.ts';
import { ordersWithFoc } from './orders-by-foc.ts';
import { idsInStatuses } from './orders-by-status.ts';

/** The overdue orders, those longest in their status first. Reads the keys of the open orders. */
export async function overdueOrders(store: OrderStore): Promise<readonly Order[]> {
  const orders = await inStatuses(store, OPEN_STATUSES, { where: areEqual('overdue_since', 'since') });
  return orders
    .filter(({ overdue_since, status_since }) => overdue_since !== null && overdue_since === status_since)
    .sort((one, other) => ((one.status_since ?? '') < (other.status_since ?? '') ? -1 : 1));
}

/**
 * The orders that are yet to port with a FOC date from `from` to `to`, both included, by date. The date of the row counts:
 * it may have moved since it was indexed.
 */
export async function ordersDated(store: OrderStore, from: Timestamp, to: Timestamp): Promise<readonly Order[]> {
  const ids: string[] = [];
  for await (const { id } of ordersWithFoc(store, from, to)) ids.push(id);
  const dateOf = ({ details }: Order) => details?.foc_date ?? '';
  return (await readOrders(store, ids))
    .filter((order) => order !== undefined)
    .filter((order) => from <= dateOf(order) && dateOf(order) <= to)
    .sort((one, other) => (dateOf(one) < dateOf(other) ? -1 : 1));
}

/** The orders that ended after an instant, the last first. Reads the keys of the ended orders that changed since. */
export async function ordersEndedSince(store: OrderStore, since: Timestamp): Promise<readonly Order[]> {
  const orders = await inStatuses(store, TERMINAL, { where: isAbove('since', since), from: since });
  return orders
    .filter(({ terminal, status_since }) => terminal && (status_since ?? '') > since)
    .sort((one, other) => ((one.status_since ?? '') > (other.status_since ?? '') ? -1 : 1));
}

async function inStatuses(
  store: OrderStore,
  statuses: readonly string[],
  within: { readonly where: Condition; readonly from?: Timestamp },
): Promise<readonly Order[]> {
  const orders = await readOrders(store, await idsInStatuses(store, statuses, () => within));
  return orders.filter((order) => order !== undefined);
}
