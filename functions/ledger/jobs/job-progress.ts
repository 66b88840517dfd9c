import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { timestampOf } from '../../porting/timestamp.ts';
import { controlKey, number, type Store, text, tookPlace } from '../table/store.ts';
import type { Row } from '../table/values.ts';
import { JOB_OUTCOMES, type JobStatus, type OutcomeCounts } from './job.ts';

/** What the worker writes on a job's row. Every write is refused once the job was cancelled, or another worker has it. */

const NOT_ENDED = '#status IN (:pending, :running)';
const RUNNING_FOR_US = '#status = :running AND worked_by = :owner';
/** The second status: our own word, repeated by the SDK. */
const OURS_TO_COMPLETE = '#status IN (:running, :complete) AND worked_by = :owner';
const CANCELLED = '#status = :cancelled';

const SET_COUNTS = `SET ${JOB_OUTCOMES.map((outcome) => `#${outcome} = :${outcome}`).join(', ')}`;

const is = (status: JobStatus) => text(status);

/**
 * Takes a job over, from a worker that has died as well.
 *
 * @param owner unique to the worker
 */
export function startJob(store: Store, id: string, owner: string, now: number): Promise<boolean> {
  return write(
    store,
    id,
    NOT_ENDED,
    'SET #status = :running, worked_by = :owner, started_at = if_not_exists(started_at, :now)',
    { ':pending': is('pending'), ':running': is('running'), ':owner': text(owner), ':now': text(timestampOf(now)) },
  );
}

/**
 * Says how far a job has come.
 *
 * @param error why it does not get on, or null when it does; without it the last word stands
 */
export function putProgress(
  store: Store,
  id: string,
  owner: string,
  counts: OutcomeCounts,
  error?: string | null,
): Promise<boolean> {
  const values = { ...ours(owner), ...valuesOf(counts) };
  if (error === undefined) return write(store, id, RUNNING_FOR_US, SET_COUNTS, values);
  if (error === null) return write(store, id, RUNNING_FOR_US, `${SET_COUNTS} REMOVE #error`, values);
  return write(store, id, RUNNING_FOR_US, `${SET_COUNTS}, #error = :error`, { ...values, ':error': text(error) });
}

/** Ends a job. */
export function completeJob(
  store: Store,
  id: string,
  owner: string,
  counts: OutcomeCounts,
  now: number,
): Promise<boolean> {
  return write(
    store,
    id,
    OURS_TO_COMPLETE,
    `${SET_COUNTS}, #status = :complete, ended_at = :now REMOVE unsettled, #error`,
    { ...ours(owner), ...valuesOf(counts), ':complete': is('complete'), ':now': text(timestampOf(now)) },
  );
}

/** Says what a cancelled job had done when it was stopped. */
export function settleCancelled(store: Store, id: string, counts: OutcomeCounts): Promise<boolean> {
  const values = { ...valuesOf(counts), ':cancelled': is('cancelled') };
  return write(store, id, CANCELLED, `${SET_COUNTS} REMOVE unsettled`, values);
}

function ours(owner: string): Row {
  return { ':running': is('running'), ':owner': text(owner) };
}

function valuesOf(counts: OutcomeCounts): Row {
  return Object.fromEntries(JOB_OUTCOMES.map((outcome) => [`:${outcome}`, number(counts[outcome])]));
}

function write(store: Store, id: string, condition: string, update: string, values: Row): Promise<boolean> {
  const aliases = `${condition} ${update}`.matchAll(/#(\w+)/g);
  return tookPlace(
    store.client.send(
      new UpdateItemCommand({
        TableName: store.control,
        Key: controlKey('republish-job', id),
        ConditionExpression: condition,
        UpdateExpression: update,
        // Some of the names are reserved words of DynamoDB.
        ExpressionAttributeNames: Object.fromEntries([...aliases].map(([alias, name = '']) => [alias, name])),
        ExpressionAttributeValues: values,
      }),
    ),
  );
}
