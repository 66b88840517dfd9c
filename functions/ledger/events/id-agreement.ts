import { timestampOf } from '../../porting/timestamp.ts';
import { once } from '../table/expressions.ts';
import { controlKey, type Store } from '../table/store.ts';
import { get, update } from '../table/verbs.ts';

/**
 * Whether a webhook has the list's id of the same event, which docs/telnyx.md §3.2 calls unknown. It shows once an
 * event is seen both ways: `agreed_at`, since one was seen under one id; `differ_at`, since one was seen under two.
 */
const IDS = controlKey('learned', 'ids');

/** Records that an event came both ways under one id. */
export async function learnIdsAgree(store: Store, now: number): Promise<void> {
  await update(store, 'control', IDS, { set: { agreed_at: once(timestampOf(now)) } });
}

/** Records that an event came under two ids. */
export async function learnIdsDiffer(store: Store, now: number): Promise<void> {
  await update(store, 'control', IDS, { set: { differ_at: once(timestampOf(now)) } });
}

/**
 * True when both use one id, false when they do not, `undefined` until an event was seen both ways. Agreement is
 * certain and permanent; a difference may be two similar events, so agreement overrides it.
 */
export async function readIdsAgree(store: Store): Promise<boolean | undefined> {
  const row = await get(store, 'control', IDS);
  if (row?.agreed_at) return true;
  return row?.differ_at ? false : undefined;
}
