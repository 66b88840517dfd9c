import type { Timestamp } from '../../porting/timestamp.ts';
import { type CursorPage, fillPage, type PageRequest } from '../table/cursor-page.ts';
import { through } from '../table/event-keys.ts';
import { readKeys, rowsOf } from '../table/key-range.ts';
import type { OrderStore } from '../table/store.ts';
import { idIn, type Row, textIn } from '../table/values.ts';
import { DATED, orderRange } from './order-keys.ts';
import { isWanted, type Order, type OrderFilter, readOrders } from './order-list.ts';

/** An order with a FOC date. */
export interface DatedOrder {
  readonly id: string;
  readonly foc: Timestamp;
}

/** The orders that are yet to port with a FOC date from `from` to `to`, both included, by date. */
export async function* ordersWithFoc(store: OrderStore, from: Timestamp, to: Timestamp): AsyncGenerator<DatedOrder> {
  for await (const row of rowsOf(store, orderRange('by_foc', DATED, { from, to: through(to) }))) {
    yield { id: idIn(row), foc: focIn(row) };
  }
}

/** Both included; without one, no bound. */
export interface FocSpan {
  readonly focFrom?: Timestamp;
  readonly focTo?: Timestamp;
}

/**
 * A page of the orders that are yet to port, by FOC date and, on one date, by id. An order that has changed since the
 * index was read, and no longer has this date, is skipped.
 */
export async function listByFoc(
  store: OrderStore,
  { focFrom, focTo, ...filter }: FocSpan & OrderFilter,
  page: PageRequest,
): Promise<CursorPage<Order>> {
  const range = orderRange('by_foc', DATED, { from: focFrom, to: through(focTo) });
  // DynamoDB refuses a range that ends before it begins.
  if (focFrom !== undefined && focTo !== undefined && focFrom > focTo) return { things: [], next: undefined };
  return fillPage(
    {
      sortKey: range.sortKey,
      read: (after) => readKeys(store, range, after, page.size + 1),
      show: async (keys) => {
        const orders = await readOrders(store, keys.map(idIn));
        return keys.map((key, index) => {
          const order = orders[index];
          const isStill = order?.details?.foc_date === focIn(key) && !order.terminal;
          return isStill && isWanted(order, filter) ? order : undefined;
        });
      },
    },
    page,
  );
}

function focIn(row: Row): Timestamp {
  return (textIn(row, 'foc_id') ?? '').split('#')[0] ?? '';
}
