import { GetItemCommand, PutItemCommand, paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { timestampOf } from '../../porting/timestamp.ts';
import { isExpired } from '../table/expiry.ts';
import { controlKey, number, numberIn, type Row, type Store, text, textIn, tookPlace } from '../table/store.ts';
import { putChunks } from './republish-items.ts';

export type JobStatus = 'pending' | 'running' | 'complete' | 'cancelled';

/** How asking for one event again ended. `unknown`: Telnyx may have taken it or not, and nobody can tell. */
export const JOB_OUTCOMES = ['sent', 'not_found', 'failed', 'unknown'] as const;
export type JobOutcome = (typeof JOB_OUTCOMES)[number];
export type OutcomeCounts = Readonly<Record<JobOutcome, number>>;

/** A republish job as the API shows it. Instants as `2024-06-11T18:52:47.972000Z`. */
export interface Job {
  /** Begins with the instant at which it was asked for, so that text order is time order. */
  readonly id: string;
  readonly status: JobStatus;
  readonly created_at: string;
  /** The token's kind and 8 digits of its digest. */
  readonly created_by: string;
  /** What was asked for: the filter, or how many ids. */
  readonly selection: Readonly<Record<string, unknown>>;
  readonly total: number;
  readonly done: number;
  readonly outcomes: OutcomeCounts;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** Why it does not get on at present; it goes on by itself once that is over. */
  readonly error: string | null;
}

/** A job, and what else its row holds. */
export interface HeldJob {
  readonly job: Job;
  /** The request that froze the selection: its chunks are those that hold. */
  readonly frozenBy: string;
  /** Seconds since 1970. Its items stay a day longer, so that no job ever runs without its marks of what was asked. */
  readonly expiresAt: number;
}

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

const DAY = 24 * 3600;
/** What a month old job did stands on the events' own rows. */
const KEPT_SECONDS = 30 * DAY;

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

/** When the items of a job go, in seconds since 1970. */
export function itemsExpireAt(jobExpiresAt: number): number {
  return jobExpiresAt + DAY;
}

/** The job in a row. */
export function jobIn(row: Row): HeldJob {
  const outcomes = Object.fromEntries(
    JOB_OUTCOMES.map((outcome) => [outcome, numberIn(row, outcome) ?? 0]),
  ) as unknown as OutcomeCounts;
  return {
    frozenBy: textIn(row, 'frozen_by') ?? '',
    expiresAt: numberIn(row, 'expires_at') ?? 0,
    job: {
      id: textIn(row, 'id') ?? '',
      status: textIn(row, 'status') as JobStatus,
      created_at: textIn(row, 'created_at') ?? '',
      created_by: textIn(row, 'created_by') ?? '',
      selection: JSON.parse(textIn(row, 'selection') ?? '{}'),
      total: numberIn(row, 'total') ?? 0,
      done: JOB_OUTCOMES.reduce((sum, outcome) => sum + outcomes[outcome], 0),
      outcomes,
      started_at: textIn(row, 'started_at') ?? null,
      ended_at: textIn(row, 'ended_at') ?? null,
      error: textIn(row, 'error') ?? null,
    },
  };
}
