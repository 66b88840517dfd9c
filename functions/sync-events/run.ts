import type { Bus } from '../bus/bus.ts';
import { describeError, log } from '../lambda/log.ts';
import { countDays } from '../ledger/counts/day-counts.ts';
import { recordOpenSpan } from '../ledger/runs/open-spans.ts';
import { putRun, type SyncRun } from '../ledger/runs/sync-runs.ts';
import {
  beginRun,
  endRun,
  moveCursor,
  type RunLease,
  type RunStatus,
  setCursorBack,
} from '../ledger/runs/sync-state.ts';
import { leaseKeeper } from '../ledger/table/lease.ts';
import type { Store } from '../ledger/table/store.ts';
import { isAhead, scheduledWindow, type Window } from '../porting/window.ts';
import type { EventsApi } from '../telnyx/events-api.ts';
import { type Clock, pace } from '../telnyx/pace.ts';
import { UpstreamError } from '../telnyx/upstream-error.ts';
import { retryOpenSpans } from './open-spans.ts';
import { readWindow, type WindowReader } from './read-window.ts';
import { type FaultCounter, faultCounter, reportRun } from './report-run.ts';
import type { SyncResult } from './result.ts';
import { pageStorer, type Tally } from './store-page.ts';

/** What is kept of the function's time for the end: the request under way, the counts, the run's row and the lease. */
const TIME_TO_END = 15_000;
/** The last part of it, which counting days may not take. */
const TIME_TO_REPORT = 5_000;
const PROGRESS_EVERY = 5_000;

export interface SyncOptions {
  readonly store: Store;
  readonly bus: Bus;
  /** Telnyx; may fail, for the API key is a secret that may not be there yet. */
  readonly api: () => Promise<EventsApi>;
  readonly clock: Clock;
  readonly requestsPerSecond: number;
  /** See {@link WindowReader.mostPages}. */
  readonly mostPages?: number;
  /** Unique among runs. */
  readonly runId: string;
  /** Milliseconds since 1970 at which the function is ended from outside. */
  readonly endsAt: number;
  /**
   * Of one piece of a longer run: a name of its own, unique among pieces, what the row of the whole tells, and whether it is still wanted:
   * asked after each part.
   */
  readonly piece?: {
    readonly name: string;
    readonly rowOf: (piece: SyncRun) => SyncRun;
    readonly isWanted: () => Promise<boolean>;
  };
}

/**
 * One run: takes the lease, reads one closed window, stores every event in it, and moves the cursor behind each part that is
 * complete. Whatever goes wrong, the cursor stands at the last complete part and the next run goes on from there.
 *
 * @param range lists this span again and leaves the cursor alone; without it the run is the scheduled one
 * @returns `undefined` when another run has the lease
 */
export async function runSync(range: Window | undefined, options: SyncOptions): Promise<SyncResult | undefined> {
  const { store, bus, clock, runId, endsAt } = options;
  const startedAt = clock.now();
  const lease = await beginRun(store, options.piece?.name ?? runId, startedAt);
  if (!lease) return undefined;

  const window = range ?? scheduledWindow(lease.completeThrough, startedAt);
  const progress: Progress = {
    pages: 0,
    seen: 0,
    inserted: 0,
    confirmed: 0,
    upgraded: 0,
    through: window.from,
    clockAheadSeconds: undefined,
  };
  const trigger = range ? 'range' : 'schedule';
  const writeRun = (status: RunStatus, error?: string) => {
    const { through } = progress;
    const run = { id: runId, startedAt, trigger, window, through, status, ...countsOf(progress), error } as const;
    return putRun(store, options.piece?.rowOf(run) ?? run, clock.now());
  };

  const faults = faultCounter();
  await writeRun('running');
  let status: SyncResult['status'] = 'complete';
  let error: string | undefined;
  const reader = windowReader(options, lease, progress, faults);
  try {
    if (!range && isAhead(lease.completeThrough, startedAt)) {
      log('error', 'cursor_set_back', { run_id: runId, was: iso(lease.completeThrough), is: iso(window.from) });
      await setCursorBack(store, lease, window.from, startedAt);
    }
    let reportedAt = startedAt;
    for await (const part of readWindow(window, reader)) {
      progress.seen += part.events;
      progress.through = part.window.to;
      if (part.open !== undefined) {
        // Before the cursor passes it.
        await recordOpenSpan(store, part.window, part.open, clock.now());
        error = part.open;
        log('error', 'open_span', { run_id: runId, ...spanOf(part.window), reason: part.open });
      }
      if (!range) await moveCursor(store, lease, part.window.to);
      const isLast = part.window.to === window.to;
      if (!isLast && (await options.piece?.isWanted()) === false)
        throw new UpstreamError('gave up', 'It was cancelled.');
      if (clock.now() - reportedAt < PROGRESS_EVERY || isLast) continue;
      reportedAt = clock.now();
      const complete_through = iso(progress.through);
      log('info', 'sync_progress', { run_id: runId, ...spanOf(window), ...countsOf(progress), complete_through });
      await writeRun('running');
    }
  } catch (thrown) {
    status = thrown instanceof UpstreamError && thrown.fault === 'gave up' ? 'partial' : 'failed';
    error = describeError(thrown);
  }

  // Last of all that lists: what is new does not wait for it.
  if (!range && status === 'complete') await retryOpenSpans(store, reader, clock.now);
  await countDays(store, clock.now, endsAt - TIME_TO_REPORT).catch(warnOf('days_not_counted'));
  await writeRun(status, error);
  await endRun(store, lease, clock.now(), {
    ...(!range && endOfScheduledRun(status, startedAt)),
    clockAheadSeconds: progress.clockAheadSeconds,
  }).catch(warnOf('lease_not_released'));

  const ended = {
    run_id: runId,
    status,
    ...spanOf(window),
    ...countsOf(progress),
    duration_ms: clock.now() - startedAt,
  };
  log(status === 'failed' ? 'error' : 'info', 'sync_run', { ...ended, error });
  const result = {
    ...ended,
    ...(error !== undefined && { error }),
    ...(range && status !== 'complete' && { resume: { from: iso(progress.through), to: iso(window.to) } }),
  };
  const { through } = progress;
  await reportRun(result, { store, bus, scheduled: !range, through, fault: faults.last() }, clock.now());
  return result;
}

/** How far a run has come. `through`: everything before it is stored, in milliseconds since 1970. */
interface Progress extends Tally {
  pages: number;
  seen: number;
  through: number;
  clockAheadSeconds: number | undefined;
}

/** The window ended some seconds before the run began: that is the instant up to which the ledger knows everything. */
function endOfScheduledRun(status: SyncResult['status'], startedAt: number) {
  return status === 'complete' ? { status, completedAt: startedAt } : { status };
}

function warnOf(event: string) {
  return (thrown: unknown): void => log('warn', event, { error: describeError(thrown) });
}

function windowReader(options: SyncOptions, lease: RunLease, progress: Progress, faults: FaultCounter): WindowReader {
  const { store, clock, requestsPerSecond, endsAt } = options;
  const stopAt = endsAt - TIME_TO_END;
  // No request begins after stopAt; one that is under way then may take a little longer.
  const outOfTime = AbortSignal.timeout(Math.max(0, endsAt - TIME_TO_REPORT - clock.now()));
  const calls = pace(requestsPerSecond, () => stopAt, clock);
  const storePage = pageStorer(store, clock.now, progress);
  const keepLease = leaseKeeper(store, lease, clock.now);

  return {
    ...(options.mostPages !== undefined && { mostPages: options.mostPages }),
    async list(window, pageNumber) {
      const page = await calls.call(async () => {
        await keepLease();
        if (clock.now() >= stopAt) throw new UpstreamError('gave up', 'The function is about to end.');
        return (await options.api()).list(window, pageNumber, outOfTime).catch((error: unknown) => {
          faults.count(error);
          throw error;
        });
      });
      progress.pages += 1;
      if (page.telnyxTime !== undefined)
        progress.clockAheadSeconds = Math.round((clock.now() - page.telnyxTime) / 1000);
      if (page.holdSeconds !== undefined) calls.holdFor(page.holdSeconds);
      return page;
    },
    store: storePage,
  };
}

function countsOf({ pages, seen, inserted, confirmed, upgraded }: Progress) {
  return { pages, seen, inserted, confirmed, upgraded };
}

function spanOf({ from, to }: Window): { from: string; to: string } {
  return { from: iso(from), to: iso(to) };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
