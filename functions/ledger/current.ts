import { oldestRequested } from './requested-runs.ts';
import type { Store } from './store.ts';
import { readSyncPosition } from './sync-state.ts';

const MINUTE = 60_000;

/** An index shows a write some milliseconds later, and a moment is left for it after a run. */
const INDEXES_SETTLE = 5_000;

/** How far behind the cursor may be in a ledger that is current, in milliseconds. */
export function currentWithin(syncIntervalSeconds: number): number {
  return Math.max(20 * MINUTE, 4 * syncIntervalSeconds * 1000);
}

/**
 * Whether the ledger is current: no run is at work or waits for its next piece, and the list is known up to a moment ago. While it is not,
 * what an order's row says may be what a page in the middle of a run has made of it.
 *
 * @param within milliseconds that the cursor may be behind. One that is ahead has seen a clock that was wrong
 * @param now milliseconds since 1970
 * @returns a number that stays the same until the next run begins: what was read between two answers that are equal, no run has written to.
 *   Undefined when the ledger is not current
 */
export async function readCurrent(store: Store, within: number, now: number): Promise<number | undefined> {
  const { runs, running, completeThrough, endedAt = 0 } = await readSyncPosition(store, now);
  if (running || completeThrough === undefined) return undefined;
  const behind = now - completeThrough;
  if (behind < 0 || behind > within || now - endedAt < INDEXES_SETTLE) return undefined;
  const requested = await oldestRequested(store);
  return requested?.startedAt === undefined || requested.cancelled ? runs : undefined;
}
