import { ACTION_REQUIRED } from '../../porting/acts.ts';
import type { OrderState } from '../../porting/order.ts';
import { folded } from '../../porting/order-names.ts';
import { type ShownDetails, shownDetails } from '../../porting/shown-details.ts';
import type { Timestamp } from '../../porting/timestamp.ts';
import { type CursorPage, fillPage, type PageRequest } from '../table/cursor-page.ts';
import { createdAtId } from '../table/event-keys.ts';
import { readKeys, readMerged } from '../table/key-range.ts';
import { readRows } from '../table/read-rows.ts';
import type { OrderStore } from '../table/store.ts';
import { idIn, type Row, textIn } from '../table/values.ts';
import { get } from '../table/verbs.ts';
import { NO_STATUS, orderRange } from './order-keys.ts';
import { namedBy, nameRange } from './order-names.ts';
import { readConfirmedAt } from './order-pass.ts';
import { orderIn } from './order-row.ts';
import { readStatuses } from './order-statuses.ts';

/** An order as the API shows it. */
export type Order = OrderState & {
  /** Since when it has the status in which it is overdue; null when it is not. The nightly run sets it. */
  readonly overdue_since: Timestamp | null;
  /** What Telnyx's own order says; null when it was not read. */
  readonly details: ShownDetails | null;
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
/** The most orders of one reference that are read and sorted for a page. */
const MOST_OF_ONE_REFERENCE = 500;

/** The order with this id, or `undefined`. */
export async function getOrder(store: OrderStore, id: string): Promise<Order | undefined> {
  const [row, confirmedAt] = await Promise.all([get(store, 'orders', { id }), readConfirmedAt(store)]);
  return row && shownOrder(row, confirmedAt);
}

/** The order as every earlier write has left it: for twice the price. */
export async function readPresentOrder(store: OrderStore, id: string): Promise<Order | undefined> {
  const row = await get(store, 'orders', { id }, { consistent: true });
  return row && shownOrder(row, undefined);
}

/**
 * A page of orders, by the time of their last event and, at one instant, by id. The keys come from an index, the orders
 * from their rows: one that has changed since and no longer matches the filter is skipped.
 */
export async function listOrders(
  store: OrderStore,
  filter: OrderFilter,
  sort: OrderSort,
  page: PageRequest,
): Promise<CursorPage<Order>> {
  const newestFirst = sort === '-changed_at';
  const ids = filter.customerReference === undefined ? undefined : await idsOf(store, filter.customerReference);
  if (ids !== undefined) return pageOf(await readOrders(store, ids), filter, newestFirst, page);
  const statuses = (filter.statuses ?? (await candidates(store, filter))).filter((status) => mayBe(status, filter));
  const attributes = ['id', SORT_KEY, 'status'];
  const ranges = statuses.map((status) => orderRange('by_status', status, { newestFirst, attributes }));
  if (ranges.length === 0) return { things: [], next: undefined };
  const show = async (keys: readonly Row[]) => {
    const orders = await readOrders(store, keys.map(idIn));
    // An order that moves between two statuses may be in both partitions for a moment.
    return keys.map((key, index) => {
      const order = orders[index];
      return order && statusOf(order) === textIn(key, 'status') && isWanted(order, filter) ? order : undefined;
    });
  };
  const read = (after: string | undefined) => readMerged(store, ranges, after, page.size + 1);
  return fillPage({ sortKey: SORT_KEY, read, show }, page);
}

/** The statuses to look in when the filter names none. */
async function candidates(store: OrderStore, { actionRequired }: OrderFilter): Promise<readonly string[]> {
  return actionRequired ? ACTION_REQUIRED : readStatuses(store);
}

/** True if a filter lets an order pass. */
export function isWanted(order: Order, filter: OrderFilter): boolean {
  const { customerReference } = filter;
  return (
    mayBe(statusOf(order), filter) &&
    (customerReference === undefined || referencesOf(order).includes(customerReference))
  );
}

function referencesOf({ customer_reference, details }: Order) {
  return [customer_reference, details?.customer_reference];
}

function mayBe(status: string, { statuses, actionRequired }: OrderFilter): boolean {
  return (
    (statuses === undefined || statuses.includes(status)) &&
    (actionRequired === undefined || ACTION_REQUIRED.includes(status) === actionRequired)
  );
}

/**
 * The orders that have a reference, or had it; undefined if there are more than {@link MOST_OF_ONE_REFERENCE}: a page is
 * then found sooner among all orders.
 */
async function idsOf(store: OrderStore, reference: string): Promise<readonly string[] | undefined> {
  const range = nameRange(folded(reference), { asPrefix: false });
  const { rows, end } = await readKeys(store, range, undefined, MOST_OF_ONE_REFERENCE);
  return end === undefined ? rows.map((row) => namedBy(idIn(row)).orderId) : undefined;
}

/** A page of orders that have all been read. */
function pageOf(
  orders: readonly (Order | undefined)[],
  filter: OrderFilter,
  newestFirst: boolean,
  { size, after }: PageRequest,
): CursorPage<Order> {
  const isBefore = (one: string, other: string) => (newestFirst ? one > other : one < other);
  const found = orders
    .filter((order) => order !== undefined)
    .filter((order) => isWanted(order, filter))
    .map((order) => ({ order, place: createdAtId(order.changed_at, order.id) }))
    .filter(({ place }) => after === undefined || isBefore(after, place))
    .sort((one, other) => (isBefore(one.place, other.place) ? -1 : 1));
  const shown = found.slice(0, size);
  return { things: shown.map(({ order }) => order), next: found.length > size ? shown.at(-1)?.place : undefined };
}

function statusOf({ status }: Order): string {
  return status?.value ?? NO_STATUS;
}

/** Orders in the order of their ids; undefined where there is none. */
export async function readOrders(store: OrderStore, ids: readonly string[]): Promise<readonly (Order | undefined)[]> {
  if (ids.length === 0) return [];
  const confirmedAt = await readConfirmedAt(store);
  const orders = new Map<string, Order>();
  for await (const row of readRows(store, 'orders', ids, { attributes: ['id', 'facts', 'overdue_since'] })) {
    orders.set(idIn(row), shownOrder(row, confirmedAt));
  }
  return ids.map((id) => orders.get(id));
}

/** Every pass confirms the orders that are open. */
function shownOrder(row: Row, confirmedAt: Timestamp | undefined): Order {
  const { state, reading } = orderIn(row);
  const isConfirmed = !state.terminal && !reading?.ended;
  const details = shownDetails(reading, isConfirmed ? confirmedAt : undefined);
  return { ...state, overdue_since: textIn(row, 'overdue_since') ?? null, details };
}
