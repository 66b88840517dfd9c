import type { Timestamp } from '../../porting/timestamp.ts';
import { doubtDay } from '../counts/doubtful-days.ts';
import { expiresIn, isExpired } from '../table/expiry.ts';
import { all, type Change, type Condition, exists, lacks, once } from '../table/expressions.ts';
import { readRows } from '../table/read-rows.ts';
import type { Store } from '../table/store.ts';
import { idIn, type Row, textIn } from '../table/values.ts';
import { update } from '../table/verbs.ts';
import { AWAITING } from './awaited.ts';

/** Complete and published. Any other row stays, whatever its age. */
const IS_DONE = all(exists('final_at'), lacks('unpublished'));

/**
 * Days between an event's retirement and its deletion. The order's row remembers a retired event, so that the list
 * cannot bring it back; if that mark is missing because the function died, the next night still finds the row.
 */
const DELETED_AFTER = 2;

/** True once an event has been retired: no answer may show it. */
export function isRetired(row: Row, now: number): boolean {
  return isExpired(row, now + DELETED_AFTER * 24 * 3_600_000);
}

/**
 * Expires events: they leave every list at once, show no longer finds them, and DynamoDB deletes them within days.
 * Incomplete or unpublished rows stay.
 *
 * @param now milliseconds since 1970
 * @returns ids of the rows that are gone, including those that were gone before
 */
export async function retire(store: Store, ids: readonly string[], now: number): Promise<readonly string[]> {
  const gone = new Set(ids);
  for await (const row of readRows(store, 'events', ids, { consistent: true, attributes: ['id', 'created_at_id'] })) {
    const id = idIn(row);
    if (!(await hide(store, id, textIn(row, 'created_at_id'), now, IS_DONE))) gone.delete(id);
  }
  return [...gone];
}

/** Hides an event that came back after it had expired: the list showed it again after DynamoDB had deleted it. */
export async function retireAgain(store: Store, id: string, createdAt: Timestamp, now: number): Promise<void> {
  await hide(store, id, createdAt, now, exists('id'));
}

async function hide(
  store: Store,
  id: string,
  createdAt: string | undefined,
  now: number,
  when: Condition,
): Promise<boolean> {
  if (createdAt !== undefined) await doubtDay(store, createdAt, now);
  const change: Change = {
    set: { expires_at: once(expiresIn(DELETED_AFTER, now)) },
    // The first two are the sort keys of every listed index.
    remove: ['created_at_id', 'first_seen_id', 'unpublished', 'unpublished_since', ...AWAITING],
  };
  return (await update(store, 'events', { id }, { when, ...change })) !== undefined;
}
