import type { Store } from '../table/store.ts';
import { oldestRequested } from './requested-runs.ts';
import { readSync } from './sync-state.ts';

const MINUTE = 60_000;
/** How far behind the cursor may be in a ledger that is current; or four intervals, if that is more. */
const WITHIN = 20 * MINUTE;
/**
 * An index shows a write some milliseconds later: a moment is left for it after a run, or a quarter of the interval, if
 * that is less.
 */
const INDEXES_SETTLE = 5_000;

/**
 * Whether the ledger is current: no run is at work or waits for its next piece, and the list is known up to a moment
 * ago. While it is not, what an order's row says may be what a page in the middle of a run has made of it.
 *
 * @param interval milliseconds between two scheduled runs
 * @param now milliseconds since 1970
 * @returns a number that stays the same until the next run begins: what was read between two answers that are equal, no
 * run has written to. Undefined when the ledger is not current
 */
export async function readCurrent(store: Store, interval: number, now: number): Promise<number | undefined> {
  const { runs, running, completeThrough, endedAt = 0 } = await readSync(store, now);
  if (running || completeThrough === undefined) return undefined;
  const behind = now - completeThrough;
  // A cursor that is ahead was moved by a clock that is wrong.
  if (behind < 0 || behind > Math.max(WITHIN, 4 * interval)) return undefined;
  if (now - endedAt < Math.min(INDEXES_SETTLE, interval / 4)) return undefined;
  const requested = await oldestRequested(store, now);
  return requested?.startedAt === undefined ? runs : undefined;
}
