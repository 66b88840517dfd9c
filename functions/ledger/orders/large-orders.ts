import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { once } from '../table/expressions.ts';
import { readKeys } from '../table/key-range.ts';
import { controlRange } from '../table/read-rows.ts';
import { controlKey, type Store } from '../table/store.ts';
import { idIn, textIn } from '../table/values.ts';
import { update } from '../table/verbs.ts';

/** An order with events that are only counted. */
export interface LargeOrder {
  readonly id: string;
  readonly since: Timestamp;
}

/** Records that some of an order's events are only counted. */
export async function noteLargeOrder(store: Store, id: string, now: number): Promise<void> {
  await update(store, 'control', controlKey('large-order', id), { set: { since: once(timestampOf(now)) } });
}

/** The orders with events that are only counted, 100 at most. */
export async function readLargeOrders(store: Store): Promise<readonly LargeOrder[]> {
  const { rows } = await readKeys(store, controlRange('large-order'), undefined, 100);
  return rows.map((row) => ({ id: idIn(row), since: textIn(row, 'since') ?? '' }));
}
