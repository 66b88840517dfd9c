import { GetItemCommand, PutItemCommand, paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { timestampOf } from '../../porting/timestamp.ts';
import type { CursorPage, PageRequest } from '../table/cursor-page.ts';
import { isExpired } from '../table/expiry.ts';
import { listNewestFirst } from '../table/newest-first.ts';
import { controlKey, number, type Store, text, tookPlace } from '../table/store.ts';
import type { Row } from '../table/values.ts';
import { type HeldJob, itemsExpireAt, type Job, type JobStatus, jobIn } from './job.ts';
import { putChunks } from './republish-items.ts';

/** What a job is made of. */
export interface NewJob {
  readonly id: string;
  readonly selection: Readonly<Record<string, unknown>>;
  /** The events to ask for, in this order; each id once. */
  readonly ids: readonly string[];
  readonly by: string;
  /** Unique to the request. */
  readonly requestId: string;
}

/** What a month old job did stands on the events' own rows. */
const KEPT_SECONDS = 30 * 24 * 3600;

/**
 * Makes a job: first the frozen selection, then the row that makes it visible, so that a death between the two leaves nothing to run.
 *
 * @param now milliseconds since 1970
 * @returns the job, and false beside it when another request has made it before
 */
export async function createJob(
  store: Store,
  job: NewJob,
  now: number,
): Promise<HeldJob & { readonly isNew: boolean }> {
  const expiresAt = Math.floor(now / 1000) + KEPT_SECONDS;
  await putChunks(store, job, itemsExpireAt(expiresAt));
  const Item: Row = {
    ...controlKey('republish-job', job.id),
    status: text('pending' satisfies JobStatus),
    // While it is there, the worker has something to do about this job: to run it, or to count up a cancelled one.
    unsettled: { BOOL: true },
    created_at: text(timestampOf(now)),
    created_by: text(job.by),
    selection: text(JSON.stringify(job.selection)),
    frozen_by: text(job.requestId),
    total: number(job.ids.length),
    expires_at: number(expiresAt),
  };
  const put = new PutItemCommand({
    TableName: store.control,
    Item,
    ConditionExpression: 'attribute_not_exists(id)',
  });
  if (await tookPlace(store.client.send(put))) return { ...jobIn(Item), isNew: true };
  const first = (await readJob(store, job.id, now)) ?? jobIn(Item);
  // Ours, when the SDK has repeated a write whose answer was lost.
  return { ...first, isNew: first.frozenBy === job.requestId };
}

/** The job with this id, unless its time is over. */
export async function readJob(store: Store, id: string, now: number): Promise<HeldJob | undefined> {
  const { Item } = await store.client.send(
    new GetItemCommand({ TableName: store.control, Key: controlKey('republish-job', id), ConsistentRead: true }),
  );
  return Item && !isExpired(Item, now) ? jobIn(Item) : undefined;
}

/** A page of republish jobs, newest first. */
export function listJobs(store: Store, page: PageRequest, now: number): Promise<CursorPage<Job>> {
  return listNewestFirst(store, 'republish-job', page, (row) => jobIn(row).job, now);
}

/** The oldest job about which the worker has something to do. Reads the jobs of 30 days, some 500 bytes each. */
export async function oldestUnsettled(store: Store, now: number): Promise<HeldJob | undefined> {
  const pages = paginateQuery(
    { client: store.client },
    {
      TableName: store.control,
      KeyConditionExpression: 'kind = :kind',
      FilterExpression: 'unsettled = :true AND expires_at > :now',
      ExpressionAttributeValues: {
        ':kind': text('republish-job'),
        ':true': { BOOL: true },
        ':now': number(Math.floor(now / 1000)),
      },
      ConsistentRead: true,
    },
  );
  for await (const { Items: [row] = [] } of pages) if (row) return jobIn(row);
  return undefined;
}

/**
 * Cancels a job that has not ended. The worker sees it before its next item.
 *
 * @returns false when there is no such job, or it has ended
 */
export async function cancelJob(store: Store, id: string, now: number): Promise<boolean> {
  const cancel = new UpdateItemCommand({
    TableName: store.control,
    Key: controlKey('republish-job', id),
    ConditionExpression: '#status IN (:pending, :running) AND expires_at > :seconds',
    UpdateExpression: 'SET #status = :cancelled, ended_at = :now REMOVE #error',
    ExpressionAttributeNames: { '#status': 'status', '#error': 'error' },
    ExpressionAttributeValues: {
      ':pending': text('pending' satisfies JobStatus),
      ':running': text('running' satisfies JobStatus),
      ':cancelled': text('cancelled' satisfies JobStatus),
      ':now': text(timestampOf(now)),
      ':seconds': number(Math.floor(now / 1000)),
    },
  });
  return tookPlace(store.client.send(cancel));
}
