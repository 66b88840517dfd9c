import { randomUUID } from 'node:crypto';
import { oldestRequested, requestRun } from '../ledger/runs/requested-runs.ts';
import type { SyncRun } from '../ledger/runs/sync-runs.ts';
import { beginRun, readSync } from '../ledger/runs/sync-state.ts';
import type { Store } from '../ledger/table/store.ts';
import { dayOf } from '../porting/day.ts';
import { timestampOf } from '../porting/timestamp.ts';
import { SETTLE } from '../porting/window.ts';
import { pace } from '../telnyx/pace.ts';
import { changedOrders } from './changed-orders.ts';
import { readAfterRuns, timeForOrders } from './read-orders.ts';
import type { SyncResult } from './result.ts';
import { runScheduled, type SyncOptions, scheduledRunId, work } from './run.ts';
import { TIME_TO_END } from './window-reader.ts';

const DAY = 24 * 3_600_000;

/** With less time than this left, in milliseconds, a run would end before its first page. */
const LEAST_TIME = 60_000;

/**
 * A run over years holds the sync's lease while it works. It is cut off this long after a scheduled run began: less
 * than the 5 minutes between two of them, so that none finds the lease taken. The function then runs a scheduled run
 * itself, and continues.
 */
const SCHEDULED_EVERY = 4 * 60_000;

/**
 * A run that was cut off, or failed, waits until a later scheduled run is complete, for at most this long: one is due
 * in that time, and if it fails, so would this run.
 */
const TURN_OF_SCHEDULED = 6 * 60_000;

/**
 * Requests a run over the last days, once per day (UTC) and number of days: Lambda may repeat the nightly event.
 */
export async function requestLastDays(store: Store, days: number, now: number): Promise<void> {
  const id = `${dayOf(timestampOf(now))}T00:00:00.000Z-last-${days}-days`;
  await requestRun(store, id, { from: now - days * DAY, to: now - SETTLE }, now, 'by caller');
}

/**
 * Works on requested runs, oldest first, until the time is up, with a scheduled run each {@link SCHEDULED_EVERY}. A run
 * that is cut off when the time is up continues after the next scheduled run. After the last run, reads orders, unless
 * the run failed: then Telnyx would fail again.
 *
 * @param scheduledFirst begins with a scheduled run, even if no requested run waits
 * @returns the results of the pieces and of the scheduled runs; empty when no run waits, or another run is at work
 */
export async function runRequested(
  options: SyncOptions,
  { scheduledFirst = false } = {},
): Promise<readonly SyncResult[]> {
  const { store, clock, requestsPerSecond, endsAt, orders } = options;
  let pieceEndsAt = endsAt;
  // All runs share one pace, so together they keep to the rate.
  const calls = pace(requestsPerSecond, () => pieceEndsAt - TIME_TO_END, clock);
  const changed = orders && changedOrders(orders.interval);
  const shared = { calls, ...(changed && { changed }) };
  const results: SyncResult[] = [];
  let scheduledAt = 0;

  /** False while another run is at work. */
  async function runOwnScheduled(): Promise<boolean> {
    pieceEndsAt = endsAt;
    scheduledAt = clock.now();
    const result = await runScheduled(scheduledRunId(scheduledAt), options, shared);
    if (result) results.push(result);
    return result !== undefined;
  }

  async function runAll(): Promise<void> {
    if (scheduledFirst && !(await runOwnScheduled())) return;
    while (clock.now() + LEAST_TIME < endsAt) {
      const run = await oldestRequested(store, clock.now());
      if (!run) break;
      const { lastCompleteAt = 0 } = await readSync(store, clock.now());
      pieceEndsAt = Math.min(endsAt, Math.max(lastCompleteAt, scheduledAt) + SCHEDULED_EVERY);
      if (clock.now() + LEAST_TIME >= pieceEndsAt) {
        if (!(await runOwnScheduled())) break;
        continue;
      }
      if (isScheduledFirst(run, lastCompleteAt, clock.now())) break;
      const lease = await beginRun(store, `${run.id}/${randomUUID()}`, clock.now());
      if (!lease) break;
      const piece = { ...run, startedAt: run.startedAt ?? clock.now() };
      const result = await work(piece, lease, { ...options, ...shared, endsAt: pieceEndsAt });
      results.push(result);
      if (result.status === 'failed') break;
    }
  }

  await runAll();
  const isAnswered = results.length > 0 && results.at(-1)?.status !== 'failed';
  if (orders && changed && isAnswered) {
    const until = Math.min(clock.now() + timeForOrders(orders.interval), endsAt - TIME_TO_END);
    pieceEndsAt = until + TIME_TO_END;
    await readAfterRuns({ ...orders, clock, calls, until, endsAt }, changed);
  }
  return results;
}

function isScheduledFirst({ cutOffAt }: SyncRun, lastCompleteAt: number, now: number): boolean {
  return cutOffAt !== undefined && now - cutOffAt <= TURN_OF_SCHEDULED && lastCompleteAt < cutOffAt;
}
