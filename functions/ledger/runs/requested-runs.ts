import { millisecondsOf, timestampOf } from '../../porting/timestamp.ts';
import type { Window } from '../../porting/window.ts';
import { lacks } from '../table/expressions.ts';
import { readKeys, rowsOf } from '../table/key-range.ts';
import { controlRange } from '../table/read-rows.ts';
import { NOT_READY, ready } from '../table/ready.ts';
import { controlKey, type Store } from '../table/store.ts';
import { put, update } from '../table/verbs.ts';
import {
  firstId,
  getRun,
  isOpen,
  newRun,
  RUN_KINDS,
  runIn,
  runRow,
  type ShownRun,
  type SyncRun,
  shownRunIn,
} from './sync-runs.ts';

/**
 * Requests a run. Its one row is both its place in the queue and what the API shows.
 *
 * @param begins whether the stream calls a worker for it, or the caller works on it
 * @returns the run, and whether it is new: an existing run with this id stays as it is
 */
export async function requestRun(
  store: Store,
  id: string,
  window: Window,
  now: number,
  begins: 'by stream' | 'by caller' = 'by stream',
): Promise<{ readonly run: ShownRun; readonly isNew: boolean }> {
  const known = await getRun(store, id, now);
  if (known) return { run: known, isNew: false };
  const run = newRun({ id, trigger: 'requested', window, status: 'pending', startedAt: undefined });
  const row = { ...runRow(run, now), ...(begins === 'by stream' && ready(now)) };
  await put(store, 'control', row, { when: lacks('id') });
  return { run: (await getRun(store, id, now)) as ShownRun, isNew: true };
}

/**
 * Cancels a requested run. It does not begin, or it stops at the next part. What it has stored stays.
 *
 * @returns false when the run has ended, or when no run has this id
 */
export async function cancelRun(store: Store, id: string, now: number): Promise<boolean> {
  const cancelled = await update(store, 'control', controlKey(RUN_KINDS.requested, id), {
    when: isOpen,
    set: { status: 'cancelled' satisfies SyncRun['status'], written_at: timestampOf(now) },
    remove: NOT_READY,
  });
  return cancelled !== undefined;
}

/** Between two nightly runs, which do not begin at the same second. */
const DAY_AND_A_BIT = 25 * 3_600_000;
/** More than a day's requested runs, the nightly one included. */
const MOST_LOOKED_AT = 50;

/**
 * Requested runs that failed for good since an instant and whose range no later one has read, newest first. The nightly
 * run covers the days of the one before, except for the first, which seven others have read. 1 request.
 */
export async function readFailedRequests(store: Store, since: number, now: number): Promise<readonly ShownRun[]> {
  const range = controlRange(RUN_KINDS.requested, { from: firstId(now), newestFirst: true, consistent: false });
  const { rows } = await readKeys(store, range, undefined, MOST_LOOKED_AT);
  const runs = rows.map((row) => shownRunIn(row, now));
  return runs.filter(
    (run, index) =>
      run.status === 'failed' &&
      run.updated_at >= timestampOf(since) &&
      !runs.slice(0, index).some((later) => later.status === 'complete' && covers(later, run)),
  );
}

function covers(later: ShownRun, { complete_through, to }: ShownRun): boolean {
  return millisecondsOf(later.from) - DAY_AND_A_BIT <= millisecondsOf(complete_through) && later.to >= to;
}

/** The oldest requested run that has not ended: it waits for its turn, or is at work. */
export async function oldestRequested(store: Store, now: number): Promise<SyncRun | undefined> {
  const range = controlRange(RUN_KINDS.requested, { from: firstId(now), where: isOpen });
  for await (const row of rowsOf(store, range)) return runIn(row);
  return undefined;
}
