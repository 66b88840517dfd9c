import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { controlKey, type Store } from '../table/store.ts';
import { numberIn, textIn } from '../table/values.ts';
import { get, put, remove, update } from '../table/verbs.ts';

/**
 * The pass over Telnyx's list of orders, in two rows of `control`: `telnyx`, and `place` while a pass is cut off. The
 * place has a row of its own because it may be large, and the API reads the other.
 */
const PASS = controlKey('order-pass', 'telnyx');
const PLACE = controlKey('order-pass', 'place');

/** The most orders in a place: some 300 KB of ids, of 400. A pass that leaves more does not look for the others. */
const MOST_LEFT = 15_000;

/** Where a pass was cut off. */
export interface PassPlace {
  readonly beganAt: number;
  /** The next page of the list. */
  readonly page: number;
  /** The open orders that the list has not shown so far. */
  readonly left: readonly string[];
}

/**
 * When the last complete pass over Telnyx's list of orders began: what was not changed since by a reading, Telnyx said
 * then too. One row for all open orders, because a write for each of them and each hour would say nothing else.
 */
export async function readConfirmedAt(store: Store): Promise<Timestamp | undefined> {
  return textIn(await get(store, 'control', PASS), 'read_at');
}

/** Where the last pass was cut off, if it was. */
export async function readPlace(store: Store): Promise<PassPlace | undefined> {
  const row = await get(store, 'control', PLACE, { consistent: true });
  const left = row?.left?.B;
  if (!left) return undefined;
  const ids: readonly string[] = JSON.parse(inflateRawSync(left).toString());
  return { beganAt: numberIn(row, 'began_at') ?? 0, page: numberIn(row, 'page') ?? 1, left: ids };
}

/** Records where a pass was cut off. */
export async function keepPlace(store: Store, { beganAt, page, left }: PassPlace): Promise<void> {
  const ids = deflateRawSync(JSON.stringify(left.slice(0, MOST_LEFT)));
  await put(store, 'control', { ...PLACE, began_at: beganAt, page, left: ids });
}

/**
 * Records that a pass is complete.
 *
 * @param wasCutOff true when it has a place
 */
export async function completePass(store: Store, beganAt: number, wasCutOff: boolean): Promise<void> {
  await update(store, 'control', PASS, { set: { read_at: timestampOf(beganAt) } });
  if (wasCutOff) await remove(store, 'control', PLACE);
}
