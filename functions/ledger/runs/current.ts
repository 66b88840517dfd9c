import { isNearPresent } from '../../porting/near-present.ts';
import type { Store } from '../table/store.ts';
import { oldestRequested } from './requested-runs.ts';
import { readSync } from './sync-state.ts';

/**
 * An index shows a write some milliseconds later. After a run, the ledger becomes current only once this time has
 * passed, or a quarter of the interval if that is less.
 */
const INDEXES_SETTLE = 5_000;

/**
 * Whether the ledger is current: no run is at work or waits for its next piece, and the list is known up to a moment
 * ago. Otherwise an order's row may reflect only the pages that an unfinished run has stored so far.
 *
 * @param interval milliseconds between two scheduled runs
 * @param now milliseconds since 1970
 * @returns a number that stays the same until the next run begins: between two equal answers, no run has written
 * anything. Undefined when the ledger is not current
 */
export async function readCurrent(store: Store, interval: number, now: number): Promise<number | undefined> {
  const { runs, running, completeThrough, endedAt = 0 } = await readSync(store, now);
  if (running || !isNearPresent(completeThrough, interval, now)) return undefined;
  if (now - endedAt < Math.min(INDEXES_SETTLE, interval / 4)) return undefined;
  const requested = await oldestRequested(store, now);
  return requested?.startedAt === undefined ? runs : undefined;
}
