import { randomUUID } from 'node:crypto';
import { oldestRequested, requestRun } from '../ledger/runs/requested-runs.ts';
import type { SyncRun } from '../ledger/runs/sync-runs.ts';
import { beginRun, readSync } from '../ledger/runs/sync-state.ts';
import type { Store } from '../ledger/table/store.ts';
import { dayOf } from '../porting/day.ts';
import { timestampOf } from '../porting/timestamp.ts';
import { SETTLE } from '../porting/window.ts';
import { pace } from '../telnyx/pace.ts';
import type { SyncResult } from './result.ts';
import { type SyncOptions, work } from './run.ts';
import { TIME_TO_END } from './window-reader.ts';

const DAY = 24 * 3_600_000;

/** With less time than this left, in milliseconds, a run would end before its first page. */
const LEAST_TIME = 60_000;

/**
 * A run over years holds the sync's lease while it works. It is cut off after `PIECE_FOR`. It then waits until a later
 * scheduled run is complete, for at most `TURN_OF_SCHEDULED`: long enough for a scheduled run to be due.
 */
const PIECE_FOR = 4 * 60_000;
const TURN_OF_SCHEDULED = 6 * 60_000;

/**
 * Requests a run over the last days, once per day (UTC) and number of days: Lambda may repeat the nightly event.
 */
export async function requestLastDays(store: Store, days: number, now: number): Promise<void> {
  const id = `${dayOf(timestampOf(now))}T00:00:00.000Z-last-${days}-days`;
  await requestRun(store, id, { from: now - days * DAY, to: now - SETTLE }, now);
}

/**
 * Works on requested runs, oldest first, until the time is up. A run that is cut off continues at a later call.
 *
 * @returns the results of the pieces; empty when no run waits, or another run is at work
 */
export async function runRequested(options: SyncOptions): Promise<readonly SyncResult[]> {
  const { store, clock, requestsPerSecond, endsAt } = options;
  let pieceEndsAt = endsAt;
  // All pieces share one pace, so consecutive runs together keep to the rate.
  const calls = pace(requestsPerSecond, () => pieceEndsAt - TIME_TO_END, clock);
  const results: SyncResult[] = [];
  while (clock.now() + LEAST_TIME < endsAt) {
    const run = await oldestRequested(store, clock.now());
    if (!run || (await isScheduledFirst(run, options))) break;
    const lease = await beginRun(store, `${run.id}/${randomUUID()}`, clock.now());
    if (!lease) break;
    pieceEndsAt = Math.min(endsAt, clock.now() + PIECE_FOR);
    const piece = { ...run, startedAt: run.startedAt ?? clock.now() };
    const result = await work(piece, lease, { ...options, calls, endsAt: pieceEndsAt });
    results.push(result);
    if (result.status === 'partial' || result.status === 'failed') break;
  }
  return results;
}

async function isScheduledFirst(
  { cutOffAt }: SyncRun,
  { store, clock }: Pick<SyncOptions, 'store' | 'clock'>,
): Promise<boolean> {
  if (cutOffAt === undefined || clock.now() - cutOffAt > TURN_OF_SCHEDULED) return false;
  const { lastCompleteAt } = await readSync(store, clock.now());
  return lastCompleteAt === undefined || lastCompleteAt < cutOffAt;
}
