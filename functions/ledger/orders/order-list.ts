import { ACTION_REQUIRED } from '../../porting/acts.ts';
import { readJson } from '../../porting/json.ts';
import type { OrderState } from '../../porting/order.ts';
import type { Timestamp } from '../../porting/timestamp.ts';
import { type CursorPage, fillPage, type PageRequest } from '../table/cursor-page.ts';
import { type Keys, readKeys, readMerged } from '../table/key-range.ts';
import { readRows } from '../table/read-rows.ts';
import type { OrderStore } from '../table/store.ts';
import { idIn, type Row, textIn } from '../table/values.ts';
import { get } from '../table/verbs.ts';
import { NO_STATUS, ORDER_RECORD_TYPE, type OrderIndex, orderRange } from './order-keys.ts';

/** An order as the API shows it. */
export type Order = OrderState & {
  /** Since when it has the status in which it is overdue; null when it is not. The nightly run sets it. */
  readonly overdue_since: Timestamp | null;
};

/** Which orders to list; all conditions apply together. */
export interface OrderFilter {
  /** Any of these. */
  readonly statuses?: readonly string[];
  readonly actionRequired?: boolean;
  /** Exactly this. */
  readonly customerReference?: string;
}

export type OrderSort = 'changed_at' | '-changed_at';

const SORT_KEY = 'changed_at_id';
/** Longer references are in no index: orders.ts. */
const LONGEST_REFERENCE = 1_024;
/** Keys read in one request when some of them may be skipped: a BatchGetItem of rows. */
const LOOKED_AT = 100;

/** The order with this id, or `undefined`. */
export async function getOrder(store: OrderStore, id: string): Promise<Order | undefined> {
  const row = await get(store, 'orders', { id });
  return row && orderIn(row);
}

/**
 * A page of orders, by the time of their last event and, at one instant, by id. The keys come from an index, the orders
 * from their rows. An order that has changed since and no longer matches the filter is skipped.
 */
export async function listOrders(
  store: OrderStore,
  filter: OrderFilter,
  sort: OrderSort,
  page: PageRequest,
): Promise<CursorPage<Order>> {
  const { customerReference: reference } = filter;
  const statuses = statusesOf(filter);
  const isNone = statuses?.length === 0 || Buffer.byteLength(reference ?? '') > LONGEST_REFERENCE;
  if (isNone) return { things: [], next: undefined };

  const rangeOf = (index: OrderIndex, value: string, ...more: readonly string[]) =>
    orderRange(index, value, { newestFirst: sort === '-changed_at', attributes: ['id', SORT_KEY, ...more] });
  const most = page.size + 1;
  const mostPassedOver = Math.max(most, LOOKED_AT);
  const read = async (after: string | undefined): Promise<Keys> => {
    if (reference !== undefined) {
      const range = rangeOf('by_reference', reference, 'status');
      const isFiltered = statuses !== undefined || filter.actionRequired !== undefined;
      const keys = await readKeys(store, range, after, isFiltered ? mostPassedOver : most);
      return { ...keys, rows: keys.rows.filter((row) => statuses?.includes(textIn(row, 'status') ?? '') ?? true) };
    }
    if (statuses !== undefined) {
      const ranges = statuses.map((status) => rangeOf('by_status', status));
      return readMerged(store, ranges, after, most);
    }
    const range = rangeOf('by_changed', ORDER_RECORD_TYPE);
    return readKeys(store, range, after, filter.actionRequired === undefined ? most : mostPassedOver);
  };
  const show = async (keys: readonly Row[]) => {
    const orders = await readOrders(store, keys);
    return orders.map((order) => (order && isLetThrough(order, filter) ? order : undefined));
  };
  return fillPage({ sortKey: SORT_KEY, read, show }, page);
}

/** The partitions that hold the orders; `undefined` when they can be in any. */
function statusesOf({ statuses, actionRequired }: OrderFilter): readonly string[] | undefined {
  if (actionRequired && statuses === undefined) return ACTION_REQUIRED;
  if (actionRequired === undefined) return statuses;
  return statuses?.filter((status) => ACTION_REQUIRED.includes(status) === actionRequired);
}

function isLetThrough(order: Order, { statuses, actionRequired, customerReference }: OrderFilter): boolean {
  return (
    (statuses === undefined || statuses.includes(order.status?.value ?? NO_STATUS)) &&
    (actionRequired === undefined || order.action_required === actionRequired) &&
    (customerReference === undefined || order.customer_reference === customerReference)
  );
}

async function readOrders(store: OrderStore, keys: readonly Row[]): Promise<readonly (Order | undefined)[]> {
  const ids = keys.map(idIn);
  const orders = new Map<string, Order>();
  for await (const row of readRows(store, 'orders', ids, { attributes: ['id', 'state', 'overdue_since'] })) {
    orders.set(idIn(row), orderIn(row));
  }
  return ids.map((id) => orders.get(id));
}

function orderIn(row: Row): Order {
  const state = readJson(textIn(row, 'state') ?? '{}') as OrderState;
  return { ...state, overdue_since: textIn(row, 'overdue_since') ?? null };
}
