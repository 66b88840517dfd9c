import { PutItemCommand, paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { timestampOf } from '../../porting/timestamp.ts';
import { type ControlKind, controlKey, number, type Store, text, tookPlace } from '../table/store.ts';
import { type Row, textIn } from '../table/values.ts';
import type { HeldJob, JobOutcome } from './job.ts';

/**
 * An item of a job: `waiting` before it is asked for, `asked` while the call is under way. An item that stands at `asked` when another
 * worker comes was being asked for when the one before died: it is `unknown`, and never asked for again.
 */
export type ItemOutcome = 'waiting' | 'asked' | JobOutcome;

/** An item as the API shows it. */
export interface JobItem {
  readonly event_id: string;
  readonly outcome: ItemOutcome;
  /** When it came to that; null while nothing has been done about it. */
  readonly at: string | null;
}

/** 1,000 ids of 36 characters are 39 KB: far from DynamoDB's 400 KB, and one query reads 10,000. */
const CHUNK = 1_000;

const chunksOf = (job: string): ControlKind => `republish-chunk/${job}`;
const itemsOf = (job: string): ControlKind => `republish-item/${job}`;
const chunkKey = (frozenBy: string, index: number) => `${frozenBy}#${String(index).padStart(3, '0')}`;
const itemKey = (position: number) => String(position).padStart(6, '0');

/**
 * Freezes a selection. Requests that make the same job at the same time have chunks of their own; which ones hold stands on the job's
 * row.
 *
 * @param expiresAt seconds since 1970
 */
export async function putChunks(
  store: Store,
  { id, ids, requestId }: { readonly id: string; readonly ids: readonly string[]; readonly requestId: string },
  expiresAt: number,
): Promise<void> {
  const chunks = Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, index) => ({
    ...controlKey(chunksOf(id), chunkKey(requestId, index)),
    ids: text(JSON.stringify(ids.slice(index * CHUNK, (index + 1) * CHUNK))),
    expires_at: number(expiresAt),
  }));
  await Promise.all(chunks.map((Item) => store.client.send(new PutItemCommand({ TableName: store.control, Item }))));
}

/** The event ids at the positions from one up to before another, in the order in which they are asked for. */
export async function readSelection(
  store: Store,
  { job, frozenBy }: HeldJob,
  from = 0,
  before = job.total,
): Promise<readonly string[]> {
  if (from >= before) return [];
  const first = Math.floor(from / CHUNK);
  const last = Math.floor((before - 1) / CHUNK);
  const ids: string[] = [];
  for await (const row of rowsBetween(store, chunksOf(job.id), chunkKey(frozenBy, first), chunkKey(frozenBy, last))) {
    ids.push(...(JSON.parse(textIn(row, 'ids') ?? '[]') as string[]));
  }
  return ids.slice(from - first * CHUNK, before - first * CHUNK);
}

/** How the items stand that have been asked for, by position, from one up to before another. */
export async function readOutcomes(
  store: Store,
  job: string,
  from: number,
  before: number,
): Promise<ReadonlyMap<number, { readonly outcome: ItemOutcome; readonly at: string }>> {
  const outcomes = new Map<number, { outcome: ItemOutcome; at: string }>();
  for await (const row of rowsBetween(store, itemsOf(job), itemKey(from), itemKey(before))) {
    outcomes.set(Number.parseInt(textIn(row, 'id') ?? '', 10), {
      outcome: textIn(row, 'outcome') as ItemOutcome,
      at: textIn(row, 'at') ?? '',
    });
  }
  return outcomes;
}

/** A page of a job's items, in order. `from` counts from 0. */
export async function listItems(store: Store, held: HeldJob, from: number, size: number): Promise<readonly JobItem[]> {
  const before = Math.min(from + size, held.job.total);
  const [ids, outcomes] = await Promise.all([
    readSelection(store, held, from, before),
    readOutcomes(store, held.job.id, from, before),
  ]);
  return ids.map((event_id, index) => ({ event_id, outcome: 'waiting', at: null, ...outcomes.get(from + index) }));
}

/** Nobody has asked for it, or Telnyx is known not to have taken it. The last part: our own claim, repeated by the SDK. */
const FREE = 'attribute_not_exists(id) OR outcome = :waiting OR (outcome = :asked AND asked_by = :owner)';
/** Nobody has told how it ended. The last part: our own word, repeated by the SDK. */
const UNTOLD = 'outcome = :asked OR outcome = :outcome';

/** The row of one item. */
export interface Item {
  readonly job: string;
  readonly position: number;
  readonly eventId: string;
}

/**
 * Claims an item, before the call, for ever.
 *
 * @param owner unique to the worker
 * @param expiresAt seconds since 1970
 * @returns false when it was asked for before, by whomever: then it must not be asked for
 */
export async function claimItem(
  store: Store,
  item: Item,
  owner: string,
  expiresAt: number,
  now: number,
): Promise<boolean> {
  const put = new PutItemCommand({
    TableName: store.control,
    Item: {
      ...keyOf(item),
      outcome: text('asked' satisfies ItemOutcome),
      at: text(timestampOf(now)),
      asked_by: text(owner),
      expires_at: number(expiresAt),
    },
    ConditionExpression: FREE,
    ExpressionAttributeValues: {
      ':waiting': text('waiting' satisfies ItemOutcome),
      ':asked': text('asked' satisfies ItemOutcome),
      ':owner': text(owner),
    },
  });
  return tookPlace(store.client.send(put));
}

/**
 * Writes down how an item ended. `waiting` gives one back that was surely not sent.
 *
 * @returns false when it has been told before, otherwise
 */
export async function tellOutcome(
  store: Store,
  item: Item,
  outcome: JobOutcome | 'waiting',
  now: number,
): Promise<boolean> {
  const update = new UpdateItemCommand({
    TableName: store.control,
    Key: keyOf(item),
    ConditionExpression: UNTOLD,
    UpdateExpression: 'SET outcome = :outcome, #at = :now',
    ExpressionAttributeNames: { '#at': 'at' },
    ExpressionAttributeValues: {
      ':asked': text('asked' satisfies ItemOutcome),
      ':outcome': text(outcome),
      ':now': text(timestampOf(now)),
    },
  });
  return tookPlace(store.client.send(update));
}

function keyOf({ job, position, eventId }: Item): Row {
  return controlKey(itemsOf(job), `${itemKey(position)}#${eventId}`);
}

/** Rows of a kind, by id; both bounds are included. What was written before is seen. */
async function* rowsBetween(store: Store, kind: ControlKind, from: string, to: string): AsyncGenerator<Row> {
  const pages = paginateQuery(
    { client: store.client },
    {
      TableName: store.control,
      KeyConditionExpression: 'kind = :kind AND id BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':kind': text(kind), ':from': text(from), ':to': text(to) },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) yield* Items;
}
