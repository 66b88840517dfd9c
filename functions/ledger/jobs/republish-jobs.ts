import { timestampOf } from '../../porting/timestamp.ts';
import type { CursorPage, PageRequest } from '../table/cursor-page.ts';
import { expiresIn, isAlive, isExpired } from '../table/expiry.ts';
import { all, is, lacks } from '../table/expressions.ts';
import { rowsOf } from '../table/key-range.ts';
import { listNewestFirst } from '../table/newest-first.ts';
import { controlRange } from '../table/read-rows.ts';
import { ready } from '../table/ready.ts';
import { controlKey, type Store } from '../table/store.ts';
import { attributesOf } from '../table/values.ts';
import { get, put } from '../table/verbs.ts';
import { type HeldJob, itemsExpireAt, type Job, type JobStatus, jobIn } from './job.ts';
import { putChunks } from './republish-items.ts';

/** What a job consists of. */
export interface NewJob {
  readonly id: string;
  readonly selection: Readonly<Record<string, unknown>>;
  /** The events to request, in this order; each id once. */
  readonly ids: readonly string[];
  readonly by: string;
  /** Unique to the request. */
  readonly requestId: string;
}

/** After this, the events' own rows still show what a job did. */
const KEPT_DAYS = 30;

/**
 * Creates a job: first the frozen selection, then the row that makes it visible. A crash between the two leaves no job.
 *
 * @param now milliseconds since 1970
 * @returns the job; `isNew` is false when another request created it
 */
export async function createJob(
  store: Store,
  job: NewJob,
  now: number,
): Promise<HeldJob & { readonly isNew: boolean }> {
  const expiresAt = expiresIn(KEPT_DAYS, now);
  await putChunks(store, job, itemsExpireAt(expiresAt));
  const row = attributesOf({
    ...controlKey('republish-job', job.id),
    status: 'pending' satisfies JobStatus,
    // The worker has work on this job: to run it, or to count what a cancelled one has done.
    unsettled: true,
    ...ready(now),
    created_at: timestampOf(now),
    created_by: job.by,
    selection: JSON.stringify(job.selection),
    frozen_by: job.requestId,
    total: job.ids.length,
    expires_at: expiresAt,
  });
  if (await put(store, 'control', row, { when: lacks('id') })) return { ...jobIn(row), isNew: true };
  const first = (await readJob(store, job.id, now)) ?? jobIn(row);
  // The row is ours when the SDK repeated the write after a lost answer.
  return { ...first, isNew: first.frozenBy === job.requestId };
}

/** The job with this id, unless it has expired. */
export async function readJob(store: Store, id: string, now: number): Promise<HeldJob | undefined> {
  const row = await get(store, 'control', controlKey('republish-job', id), { consistent: true });
  return row && !isExpired(row, now) ? jobIn(row) : undefined;
}

/** A page of republish jobs, newest first. */
export function listJobs(store: Store, page: PageRequest, now: number): Promise<CursorPage<Job>> {
  return listNewestFirst(store, 'republish-job', page, (row) => jobIn(row).job, now);
}

/** The oldest job that the worker must run or count. Reads the jobs of 30 days, some 500 bytes each. */
export async function oldestUnsettled(store: Store, now: number): Promise<HeldJob | undefined> {
  const where = all(is('unsettled', true), isAlive(now));
  for await (const row of rowsOf(store, controlRange('republish-job', { where }))) return jobIn(row);
  return undefined;
}
