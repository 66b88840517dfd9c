import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Window } from '../../porting/window.ts';
import { controlKey, number, type Store, text, tookPlace } from '../table/store.ts';
import { numberIn, type Row, textIn } from '../table/values.ts';
import { putCancelled, putPendingRun, type RunCounts, runIn, type ShownRun } from './sync-runs.ts';

/** A run over a range that somebody asked for, with what is left of it. Instants in milliseconds since 1970. */
export interface RequestedRun {
  /** Also the id of the run's own row. Begins with the instant at which it was asked for. */
  readonly id: string;
  readonly whole: Window;
  readonly rest: Window;
  /** When its first piece began. */
  readonly startedAt: number | undefined;
  /** What the pieces before have counted. */
  readonly counts: RunCounts;
  /** Tries that have failed. */
  readonly failures: number;
  /** When its last piece was cut off. */
  readonly cutOffAt: number | undefined;
  /** True when nobody wants it any more. */
  readonly cancelled: boolean;
}

const KEPT_SECONDS = 90 * 24 * 3600;
export const NO_COUNTS: RunCounts = { pages: 0, seen: 0, inserted: 0, confirmed: 0, upgraded: 0 };

/**
 * Puts a run into the queue, and its row, which shows it, beside it. The queue comes first: a row that is shown and never run would be
 * worse than the other way round.
 *
 * @returns the run as it stands, and whether it was put there now: one with this id that is there already stays as it is
 */
export async function requestRun(
  store: Store,
  id: string,
  whole: Window,
  now: number,
): Promise<{ readonly run: ShownRun; readonly isNew: boolean }> {
  const known = await readRun(store, id);
  if (known) return { run: known, isNew: false };
  const beginning = { startedAt: undefined, counts: NO_COUNTS, failures: 0, cutOffAt: undefined, cancelled: false };
  const put = new PutItemCommand({
    TableName: store.control,
    Item: rowOf({ id, whole, rest: whole, ...beginning }, now),
    ConditionExpression: 'attribute_not_exists(id)',
  });
  await tookPlace(store.client.send(put));
  const pending = { id, startedAt: undefined, trigger: 'requested', window: whole, status: 'pending' } as const;
  await putPendingRun(store, { ...pending, ...NO_COUNTS, through: whole.from, error: undefined }, now);
  return { run: (await readRun(store, id)) as ShownRun, isNew: true };
}

/**
 * Cancels a run that is in the queue: its row says so at once, and whoever works on it stops at the next part. What it has stored stays.
 * The mark stays in the queue until the worker has seen it, for the worker may write the run's row a last time.
 *
 * @returns false when it is not in the queue: it has ended, or nobody asked for it
 */
export async function cancelRun(store: Store, id: string, now: number): Promise<boolean> {
  const mark = new UpdateItemCommand({
    TableName: store.control,
    Key: controlKey('requested-run', id),
    ConditionExpression: 'attribute_exists(id)',
    UpdateExpression: 'SET cancelled = :true',
    ExpressionAttributeValues: { ':true': { BOOL: true } },
  });
  if (!(await tookPlace(store.client.send(mark)))) return false;
  await putCancelled(store, id, now);
  return true;
}

/** True as long as a run is in the queue and has not been cancelled. */
export async function isWanted(store: Store, id: string): Promise<boolean> {
  const Key = controlKey('requested-run', id);
  const get = new GetItemCommand({ TableName: store.control, Key, ConsistentRead: true });
  const { Item } = await store.client.send(get);
  return Item !== undefined && !requestedIn(Item).cancelled;
}

/** A run's own row, as it is shown. */
async function readRun(store: Store, id: string): Promise<ShownRun | undefined> {
  const get = new GetItemCommand({ TableName: store.control, Key: controlKey('sync-run', id), ConsistentRead: true });
  const { Item } = await store.client.send(get);
  return Item && runIn(Item);
}

/** The run that has been in the queue for longest. */
export async function oldestRequested(store: Store): Promise<RequestedRun | undefined> {
  const { Items: [row] = [] } = await store.client.send(
    new QueryCommand({
      TableName: store.control,
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': text('requested-run') },
      ConsistentRead: true,
      Limit: 1,
    }),
  );
  return row && requestedIn(row);
}

/** Keeps what is left of a run in the queue. Nothing, when somebody else has finished or cancelled it meanwhile. */
export async function keepRest(store: Store, requested: RequestedRun, now: number): Promise<void> {
  const put = new PutItemCommand({
    TableName: store.control,
    Item: rowOf(requested, now),
    ConditionExpression: 'attribute_exists(id) AND attribute_not_exists(cancelled)',
  });
  await tookPlace(store.client.send(put));
}

/** Takes a cancelled run out of the queue, when nobody works on it. */
export async function settleCancelled(store: Store, id: string, now: number): Promise<void> {
  await putCancelled(store, id, now);
  await takeOut(store, id);
}

/** Takes a run that has ended out of the queue. */
export async function takeOut(store: Store, id: string): Promise<void> {
  await store.client.send(new DeleteItemCommand({ TableName: store.control, Key: controlKey('requested-run', id) }));
}

function rowOf(
  { id, whole, rest, startedAt, counts, failures, cutOffAt }: Omit<RequestedRun, 'cancelled'>,
  now: number,
): Row {
  return {
    ...controlKey('requested-run', id),
    whole_from: number(whole.from),
    whole_to: number(whole.to),
    rest_from: number(rest.from),
    rest_to: number(rest.to),
    ...(startedAt !== undefined && { started_at: number(startedAt) }),
    counts: text(JSON.stringify(counts)),
    failures: number(failures),
    ...(cutOffAt !== undefined && { cut_off_at: number(cutOffAt) }),
    expires_at: number(Math.floor(now / 1000) + KEPT_SECONDS),
  };
}

function requestedIn(row: Row): RequestedRun {
  const window = (part: 'whole' | 'rest') => ({
    from: numberIn(row, `${part}_from`) ?? 0,
    to: numberIn(row, `${part}_to`) ?? 0,
  });
  return {
    id: textIn(row, 'id') ?? '',
    whole: window('whole'),
    rest: window('rest'),
    startedAt: numberIn(row, 'started_at'),
    counts: JSON.parse(textIn(row, 'counts') ?? JSON.stringify(NO_COUNTS)),
    failures: numberIn(row, 'failures') ?? 0,
    cutOffAt: numberIn(row, 'cut_off_at'),
    cancelled: row.cancelled !== undefined,
  };
}
