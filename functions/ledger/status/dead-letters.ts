import { timestampOf } from '../../porting/timestamp.ts';
import { controlKey, type Store } from '../table/store.ts';
import { numberIn } from '../table/values.ts';
import { get, update } from '../table/verbs.ts';

/** Work that failed for good: how many messages lie in each of the two queues. */
export interface DeadLetters {
  readonly scheduled_runs: number;
  readonly stream_batches: number;
}

const KEY = controlKey('dead-letters', 'counts');

/**
 * Keeps the counts of the queues in a row, so that only watch-ledger may ask the queues.
 *
 * @param now milliseconds since 1970
 */
export async function putDeadLetters(store: Store, letters: DeadLetters, now: number): Promise<void> {
  await update(store, 'control', KEY, { set: { ...letters, counted_at: timestampOf(now) } });
}

/** The counts; null where nothing counts them, as on a laptop, which has no queues. 1 request. */
export async function readDeadLetters(store: Store): Promise<DeadLetters | null> {
  const row = await get(store, 'control', KEY);
  if (!row) return null;
  return {
    scheduled_runs: numberIn(row, 'scheduled_runs') ?? 0,
    stream_batches: numberIn(row, 'stream_batches') ?? 0,
  };
}
