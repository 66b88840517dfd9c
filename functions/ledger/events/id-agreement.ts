import { timestampOf } from '../../porting/timestamp.ts';
import { once } from '../table/expressions.ts';
import { controlKey, type Store } from '../table/store.ts';
import { get, update } from '../table/verbs.ts';

/**
 * Whether a webhook's id is the list's id of the same event: docs/telnyx.md §3.2 says that this is unknown. It shows when one event is seen both
 * ways: `agreed_at`, since one was seen under one id; `differ_at`, since one was seen under two.
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
 * True when both ways use one id, false when they do not, `undefined` as long as no event was seen both ways. Agreement is certain and
 * permanent; a difference may be two events that look alike, so agreement beats it.
 */
export async function readIdsAgree(store: Store): Promise<boolean | undefined> {
  const row = await get(store, 'control', IDS);
  if (row?.agreed_at) return true;
  return row?.differ_at ? false : undefined;
}
