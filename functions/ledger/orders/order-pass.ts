import type { Timestamp } from '../../porting/timestamp.ts';
import { controlKey, type Store } from '../table/store.ts';
import { textIn } from '../table/values.ts';
import { get } from '../table/verbs.ts';

const PASS = controlKey('order-pass', 'telnyx');

/**
 * When the last complete pass over Telnyx's list of orders began: what was not changed since by a reading, Telnyx said
 * then too. One row for all open orders, because a write for each of them and each hour would say nothing else.
 */
export async function readConfirmedAt(store: Store): Promise<Timestamp | undefined> {
  return textIn(await get(store, 'control', PASS), 'read_at');
}
