import { timestampOf } from '../../porting/timestamp.ts';
import { isAlive } from '../table/expiry.ts';
import { all, any, type Condition, is, isOneOf, lacks, once } from '../table/expressions.ts';
import { NOT_READY, ready } from '../table/ready.ts';
import { controlKey, type Store } from '../table/store.ts';
import { type Update, update } from '../table/verbs.ts';
import type { JobStatus, OutcomeCounts } from './job.ts';

/**
 * How a job's row changes: pending, running, then complete or cancelled. The worker's writes are refused once the job
 * was cancelled or another worker has taken it over.
 */

const ERROR = ['error', 'error_since'];

const hasStatus = (...statuses: readonly JobStatus[]) => isOneOf('status', statuses);
const hasNotEnded = hasStatus('pending', 'running');
const isWorkedBy = (owner: string) => is('worked_by', owner);

/**
 * Takes a job over, even from a worker that has died.
 *
 * @param owner unique to the worker
 */
export function startJob(store: Store, id: string, owner: string, now: number): Promise<boolean> {
  return write(store, id, hasNotEnded, {
    set: { status: 'running' satisfies JobStatus, worked_by: owner, started_at: once(timestampOf(now)) },
    remove: NOT_READY,
  });
}

/**
 * Records a job's progress.
 *
 * @param error why it makes no progress at this instant (milliseconds since 1970), or null when it does; if omitted,
 *   the last one stays
 */
export function recordProgress(
  store: Store,
  id: string,
  owner: string,
  counts: OutcomeCounts,
  error?: { readonly message: string; readonly at: number } | null,
): Promise<boolean> {
  return write(store, id, all(hasStatus('running'), isWorkedBy(owner)), {
    set: { ...counts, ...(error && { error: error.message, error_since: once(timestampOf(error.at)) }) },
    remove: error === null ? ERROR : [],
  });
}

/**
 * Has the stream call a worker for a job that waits. The caller no longer has the lease: otherwise that worker would
 * find it taken.
 *
 * @param owner the worker that stops. A job that another one has begun stays as it is
 */
export function handOver(store: Store, id: string, owner: string, now: number): Promise<boolean> {
  const isBegunByNoOther = any(lacks('worked_by'), isWorkedBy(owner));
  return write(store, id, all(hasNotEnded, isBegunByNoOther), { set: ready(now) });
}

/** Ends a job. */
export function completeJob(
  store: Store,
  id: string,
  owner: string,
  counts: OutcomeCounts,
  now: number,
): Promise<boolean> {
  // The second is our own write, repeated by the SDK.
  return write(store, id, all(hasStatus('running', 'complete'), isWorkedBy(owner)), {
    set: { ...counts, status: 'complete' satisfies JobStatus, ended_at: timestampOf(now) },
    remove: ['unsettled', ...ERROR],
  });
}

/**
 * Cancels a job that has not ended. The worker notices before its next item.
 *
 * @returns false when there is no such job, or it has ended
 */
export function cancelJob(store: Store, id: string, now: number): Promise<boolean> {
  return write(store, id, all(hasNotEnded, isAlive(now)), {
    set: { status: 'cancelled' satisfies JobStatus, ended_at: timestampOf(now) },
    remove: [...ERROR, ...NOT_READY],
  });
}

/** Records what a cancelled job had done when it stopped. */
export function settleCancelledJob(store: Store, id: string, counts: OutcomeCounts): Promise<boolean> {
  return write(store, id, hasStatus('cancelled'), { set: counts, remove: ['unsettled'] });
}

async function write(store: Store, id: string, when: Condition, change: Update): Promise<boolean> {
  return (await update(store, 'control', controlKey('republish-job', id), { when, ...change })) !== undefined;
}
