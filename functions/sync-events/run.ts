import { randomUUID } from 'node:crypto';
import type { Bus } from '../bus/bus.ts';
import { describeError, log } from '../lambda/log.ts';
import { countDays } from '../ledger/counts/day-counts.ts';
import { recordOpenSpan } from '../ledger/runs/open-spans.ts';
import { newRun, putRun, type RunCounts, type SyncRun } from '../ledger/runs/sync-runs.ts';
import { beginRun, endRun, moveCursor, type RunLease, setCursorBack } from '../ledger/runs/sync-state.ts';
import { isAhead, scheduledWindow } from '../porting/window.ts';
import { pace } from '../telnyx/pace.ts';
import { UpstreamError } from '../telnyx/upstream-error.ts';
import { retryOpenSpans } from './open-spans.ts';
import type { OrderDetailsOptions } from './read-orders.ts';
import { readWindow } from './read-window.ts';
import { reportRun } from './report-run.ts';
import type { SyncResult } from './result.ts';
import { type Progress, type ReaderOptions, TIME_TO_END, TIME_TO_REPORT, windowReader } from './window-reader.ts';

const LOG_PROGRESS_EVERY = 5_000;

/** A requested run fails permanently after this many tries. Its row says why. */
const TRIES = 3;

export interface SyncOptions extends Omit<ReaderOptions, 'calls' | 'changed'> {
  readonly bus: Bus;
  readonly requestsPerSecond: number;
  /** How the orders themselves are read after the runs; if omitted, they are not. */
  readonly orders?: OrderDetailsOptions | undefined;
}

/** An id for a scheduled run: the instant at which it begins, and something that no other run has. */
export function scheduledRunId(now: number): string {
  return `${new Date(now).toISOString()}-${randomUUID().slice(0, 8)}`;
}

/**
 * A scheduled run: from the cursor to now.
 *
 * @param id unique to the run
 * @param shared the pace of the calls to Telnyx, if other runs of the same function share it, and what they change
 * @returns `undefined` while another run is at work
 */
export async function runScheduled(
  id: string,
  options: SyncOptions,
  shared: Pick<ReaderOptions, 'calls' | 'changed'> = {
    calls: pace(options.requestsPerSecond, () => options.endsAt - TIME_TO_END, options.clock),
  },
): Promise<SyncResult | undefined> {
  const { store, clock } = options;
  const startedAt = clock.now();
  const lease = await beginRun(store, id, startedAt);
  if (!lease) return undefined;
  const window = scheduledWindow(lease.completeThrough, startedAt);
  const run = newRun({ id, trigger: 'schedule', window, status: 'running', startedAt });
  return work(run, lease, { ...options, ...shared });
}

/**
 * Works on a run until it ends or the time is up. It reads the run's window and stores every event in it. A scheduled
 * run moves the cursor to the end of each part. Whatever goes wrong, the cursor and the run's row say up to which
 * instant everything is stored, apart from open spans. The next scheduled run, or the next piece of a requested run,
 * continues from there.
 */
export async function work(
  run: SyncRun,
  lease: RunLease,
  options: Pick<SyncOptions, 'bus'> & ReaderOptions,
): Promise<SyncResult> {
  const { store, bus, clock, endsAt } = options;
  const scheduled = run.trigger === 'schedule';
  const beganAt = clock.now();
  const progress: Progress = { ...countsOf(run), through: run.through, clockAheadSeconds: undefined, fault: undefined };
  const reader = windowReader(options, lease, progress);
  let ending: 'complete' | 'partial' | 'failed' = 'complete';
  let error: string | undefined;
  let loggedAt = beganAt;

  const write = (changes: Partial<SyncRun>) => putRun(store, { ...run, ...progress, error, ...changes }, clock.now());

  async function checkpoint(): Promise<void> {
    if (!(await write({ status: 'running' }))) throw new UpstreamError('gave up', 'It was cancelled.');
    if (clock.now() - loggedAt < LOG_PROGRESS_EVERY) return;
    loggedAt = clock.now();
    log('info', 'sync_progress', { ...about(run), ...countsOf(progress), complete_through: iso(progress.through) });
  }

  try {
    await checkpoint();
    if (scheduled && isAhead(lease.completeThrough, beganAt)) {
      log('error', 'cursor_set_back', { run_id: run.id, was: iso(lease.completeThrough), is: iso(run.through) });
      await setCursorBack(store, lease, run.through, beganAt);
    }
    for await (const part of readWindow({ from: run.through, to: run.window.to }, reader)) {
      if (part.open !== undefined) {
        // Record it before the cursor or the run's row passes it.
        await recordOpenSpan(store, part.window, part.open, clock.now());
        error = part.open;
        log('error', 'open_span', { ...about({ ...run, window: part.window }), reason: part.open });
      }
      progress.seen += part.events;
      progress.through = part.window.to;
      if (scheduled) await moveCursor(store, lease, part.window.to);
      if (part.window.to !== run.window.to) await checkpoint();
    }
  } catch (thrown) {
    ending = thrown instanceof UpstreamError && thrown.fault === 'gave up' ? 'partial' : 'failed';
    error = describeError(thrown);
  }

  // After all other listing: new events do not wait for open spans.
  if (scheduled && ending === 'complete') await retryOpenSpans(store, reader, clock.now);
  await countDays(store, clock.now, endsAt - TIME_TO_REPORT).catch(warnOf('days_not_counted'));
  const isCancelled = !(await write(standingOf(run, ending, clock.now())));
  if (isCancelled) await write({ status: 'cancelled', error: undefined });
  await endRun(store, lease, clock.now(), {
    ...(scheduled && { status: ending, completedAt: ending === 'complete' ? run.startedAt : undefined }),
    clockAheadSeconds: progress.clockAheadSeconds,
  }).catch(warnOf('lease_not_released'));

  const result: SyncResult = {
    ...about(run),
    status: isCancelled ? 'cancelled' : ending,
    ...countsOf(progress),
    duration_ms: clock.now() - beganAt,
    ...(error !== undefined && { error }),
  };
  log(result.status === 'failed' ? 'error' : 'info', 'sync_run', { ...result });
  await reportRun(result, { store, bus, fault: progress.fault }, clock.now());
  return result;
}

/** The run's state after this piece: a requested run continues if it was cut off, and is tried again if it failed. */
function standingOf(run: SyncRun, ending: 'complete' | 'partial' | 'failed', now: number): Partial<SyncRun> {
  if (run.trigger === 'schedule' || ending === 'complete') return { status: ending };
  if (ending === 'partial') return { status: 'running', cutOffAt: now };
  const failures = run.failures + 1;
  return { status: failures < TRIES ? 'pending' : 'failed', failures, cutOffAt: now };
}

function warnOf(event: string) {
  return (thrown: unknown): void => log('warn', event, { error: describeError(thrown) });
}

function countsOf({ pages, seen, inserted, confirmed, upgraded }: RunCounts): RunCounts {
  return { pages, seen, inserted, confirmed, upgraded };
}

function about({ id, window }: Pick<SyncRun, 'id' | 'window'>) {
  return { run_id: id, from: iso(window.from), to: iso(window.to) };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
