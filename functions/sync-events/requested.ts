import { randomUUID } from 'node:crypto';
import {
  isWanted,
  keepRest,
  oldestRequested,
  type RequestedRun,
  settleCancelled,
  takeOut,
} from '../ledger/runs/requested-runs.ts';
import type { RunCounts, SyncRun } from '../ledger/runs/sync-runs.ts';
import { readSync } from '../ledger/runs/sync-state.ts';
import { millisecondsOf, timestamp } from '../porting/timestamp.ts';
import type { SyncResult } from './result.ts';
import { runSync, type SyncOptions } from './run.ts';

/** A range that cannot be listed in this many tries is given up: whoever asked for it reads why in its row. */
const TRIES = 3;

/** With less time than this left, a run would end before its first page. */
const LEAST_TIME = 60_000;

/**
 * A run over years holds the sync's lease while it works. It is cut off after this time, and then waits until the
 * scheduled run has had its turn, or the time in which there is one has gone by.
 */
const PIECE_FOR = 4 * 60_000;
const TURN_OF_SCHEDULED = 6 * 60_000;

/**
 * Runs what was asked for with `POST /v2/sync-runs`, oldest first, as long as there is time. A run that is cut off
 * stays in the queue with what is left of it, and goes on at one of the next calls.
 *
 * @returns the results of the pieces; empty when nothing was asked for, or another run has the lease
 */
export async function runRequested(options: Omit<SyncOptions, 'runId' | 'piece'>): Promise<readonly SyncResult[]> {
  const { store, clock, endsAt } = options;
  const results: SyncResult[] = [];
  while (clock.now() + LEAST_TIME < endsAt) {
    const requested = await oldestRequested(store);
    if (requested?.cancelled) {
      await settleCancelled(store, requested.id, clock.now());
      continue;
    }
    if (!requested || (await isScheduledFirst(requested, options))) break;
    let cancelled = false;
    const startedAt = requested.startedAt ?? clock.now();
    const result = await runSync(requested.rest, {
      ...options,
      endsAt: Math.min(endsAt, clock.now() + PIECE_FOR),
      runId: requested.id,
      piece: {
        name: `${requested.id}/${randomUUID()}`,
        rowOf(piece) {
          const run = whole(piece, requested, startedAt);
          return cancelled ? { ...run, status: 'cancelled', error: undefined } : run;
        },
        async isWanted() {
          cancelled = !(await isWanted(store, requested.id));
          return !cancelled;
        },
      },
    });
    if (!result) break;
    results.push(result);
    if (cancelled) continue;
    if (isOver(result.status, requested)) await takeOut(store, requested.id);
    else await keepRest(store, restAfter(result, { ...requested, startedAt, cutOffAt: clock.now() }), clock.now());
    if (result.status !== 'complete') break;
  }
  return results;
}

async function isScheduledFirst(
  { cutOffAt }: RequestedRun,
  { store, clock }: Pick<SyncOptions, 'store' | 'clock'>,
): Promise<boolean> {
  if (cutOffAt === undefined || clock.now() - cutOffAt > TURN_OF_SCHEDULED) return false;
  const { lastCompleteAt } = await readSync(store, clock.now());
  return lastCompleteAt === undefined || lastCompleteAt < cutOffAt;
}

/** The row of the run that was asked for: its whole range, and what all its pieces have counted. */
function whole(piece: SyncRun, requested: RequestedRun, startedAt: number): SyncRun {
  return {
    ...piece,
    ...sumOf(requested.counts, piece),
    startedAt,
    trigger: 'requested',
    window: requested.whole,
    status: statusOf(piece.status, requested),
  };
}

/** What has to be done again is pending; what was cut off, and goes on in a minute, is still running. */
function statusOf(status: SyncRun['status'], requested: RequestedRun): SyncRun['status'] {
  if (status === 'partial') return 'running';
  return status === 'failed' && !isOver(status, requested) ? 'pending' : status;
}

function isOver(status: SyncRun['status'], { failures }: RequestedRun): boolean {
  return status === 'complete' || (status === 'failed' && failures + 1 >= TRIES);
}

function restAfter(result: SyncResult, requested: RequestedRun): RequestedRun {
  const from = timestamp(result.resume?.from);
  return {
    ...requested,
    rest: { ...requested.rest, ...(from !== undefined && { from: millisecondsOf(from) }) },
    counts: sumOf(requested.counts, result),
    failures: requested.failures + (result.status === 'failed' ? 1 : 0),
  };
}

function sumOf(before: RunCounts, piece: RunCounts): RunCounts {
  return {
    pages: before.pages + piece.pages,
    seen: before.seen + piece.seen,
    inserted: before.inserted + piece.inserted,
    confirmed: before.confirmed + piece.confirmed,
    upgraded: before.upgraded + piece.upgraded,
  };
}
