import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { type Condition, is } from '../table/expressions.ts';
import { rowsOf } from '../table/key-range.ts';
import type { OrderStore } from '../table/store.ts';
import { idIn, textIn } from '../table/values.ts';
import { update } from '../table/verbs.ts';
import { orderRange } from './order-keys.ts';

/** What the index shows of an order. */
export interface OrderMark {
  readonly id: string;
  /** Since when it has its status. */
  readonly since: Timestamp | undefined;
  /** The stay in a status that was published as overdue. */
  readonly overdueSince: Timestamp | undefined;
  /** True once all its events have expired. */
  readonly retired: boolean;
  /** See order-row.ts; undefined when the order was never read. */
  readonly readAs: string | undefined;
}

/** The orders in a status, or only those whose last event is not before `from`, or not after `to`. */
export async function* ordersInStatus(
  store: OrderStore,
  status: string,
  within: { readonly from?: Timestamp; readonly to?: Timestamp } = {},
): AsyncGenerator<OrderMark> {
  for await (const row of rowsOf(store, orderRange('by_status', status, within))) {
    yield {
      id: idIn(row),
      since: textIn(row, 'since'),
      overdueSince: textIn(row, 'overdue_since'),
      retired: row.retired !== undefined,
      readAs: textIn(row, 'read_as'),
    };
  }
}

/** The ids of the orders in some statuses, or only of those that the index shows to be within what is given for each. */
export async function idsInStatuses(
  store: OrderStore,
  statuses: readonly string[],
  within: (status: string) => { readonly where: Condition; readonly from?: Timestamp },
): Promise<readonly string[]> {
  const ids = await Promise.all(
    statuses.map(async (status) => {
      const found: string[] = [];
      for await (const row of rowsOf(store, orderRange('by_status', status, within(status)))) found.push(idIn(row));
      return found;
    }),
  );
  // An order that moves between two statuses may be in both partitions for a moment.
  return [...new Set(ids.flat())];
}

/** Records that an order's present stay in its status was published as overdue, unless it has ended. */
export async function markOverdue(store: OrderStore, id: string, since: Timestamp, now: number): Promise<void> {
  await update(
    store,
    'orders',
    { id },
    {
      when: is('since', since),
      // A concurrent fold of the order must see the mark, or the order would be published a second time.
      set: { overdue_since: since, overdue_at: timestampOf(now) },
      add: { version: 1 },
    },
  );
}
