import type { Timestamp } from '../../porting/timestamp.ts';
import { readKeys } from '../table/key-range.ts';
import { controlRange, readControl } from '../table/read-rows.ts';
import { controlKey, type Store } from '../table/store.ts';
import { idIn, type Row, textIn } from '../table/values.ts';
import { put, remove } from '../table/verbs.ts';

/** An order whose status at Telnyx is not the ledger's. */
export interface Disagreement {
  readonly id: string;
  /** The ledger's status, and Telnyx's: `deleted` when Telnyx does not have the order any more. */
  readonly ledger: string;
  readonly telnyx: string;
  /** The first reading that saw it. */
  readonly since: Timestamp;
  /** True once an order that was read an hour later still said so. */
  readonly lasts: boolean;
}

/** All of them, by the order's id. */
export async function readDisagreements(store: Store): Promise<ReadonlyMap<string, Disagreement>> {
  const found = new Map<string, Disagreement>();
  for await (const row of readControl(store, 'order-disagrees')) found.set(idIn(row), disagreementIn(row));
  return found;
}

/** As the ledger's status shows it. */
export type DisagreeingOrder = Omit<Disagreement, 'lasts'>;

/** Those that last, among the first 100. */
export async function readDisagreeingOrders(store: Store): Promise<readonly DisagreeingOrder[]> {
  const { rows } = await readKeys(store, controlRange('order-disagrees'), undefined, 100);
  return rows.map(disagreementIn).flatMap(({ lasts, ...order }) => (lasts ? [order] : []));
}

export async function keepDisagreement(store: Store, { id, ...disagreement }: Disagreement): Promise<void> {
  await put(store, 'control', { ...controlKey('order-disagrees', id), ...disagreement });
}

/** Forgets one that a reading or an event has settled. */
export async function forgetDisagreement(store: Store, id: string): Promise<void> {
  await remove(store, 'control', controlKey('order-disagrees', id));
}

function disagreementIn(row: Row): Disagreement {
  const [ledger = '', telnyx = '', since = ''] = ['ledger', 'telnyx', 'since'].map((name) => textIn(row, name));
  return { id: idIn(row), ledger, telnyx, since, lasts: row.lasts?.BOOL === true };
}
