import { describeError, log } from '../lambda/log.ts';
import { countRefusals } from '../ledger/rejections/rejections.ts';
import type { Store } from '../ledger/table/store.ts';

/**
 * The time between two writes for one reason. A flood costs six writes per minute and reason in each execution
 * environment, instead of one per request.
 */
const WRITTEN_EVERY = 10_000;
/** How long the answer to an unknown caller may wait for the table. */
const GIVE_UP_AFTER = 500;

/**
 * Counts refused requests in the ledger: a single one at once, many of them together. The last seconds of a flood may
 * go uncounted.
 *
 * @returns a function that counts one; it never throws
 */
export function refusalCounter(store: Store) {
  const counts = new Map<string, { waiting: number; writtenAt: number }>();
  return async function count(reason: string, now: number): Promise<void> {
    const known = counts.get(reason) ?? { waiting: 0, writtenAt: Number.NEGATIVE_INFINITY };
    counts.set(reason, known);
    known.waiting += 1;
    if (now - known.writtenAt < WRITTEN_EVERY) return;
    const { waiting } = known;
    known.waiting = 0;
    known.writtenAt = now;
    try {
      await countRefusals(store, reason, waiting, now, AbortSignal.timeout(GIVE_UP_AFTER));
    } catch (error) {
      log('warn', 'refusals_not_counted', { reason, count: waiting, error: describeError(error) });
    }
  };
}
