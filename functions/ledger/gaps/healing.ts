import { GetItemCommand, paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Day } from '../../porting/day.ts';
import { timestampOf } from '../../porting/timestamp.ts';
import type { Gap } from '../events/awaited.ts';
import type { JobOutcome } from '../jobs/job.ts';
import { controlKey, number, type Store, text, tookPlace } from '../table/store.ts';
import { numberIn, type Row, textIn } from '../table/values.ts';

/**
 * Healing, on an event's row: `healed_at` (when its republish was decided upon, once for ever), `healed_by` (the worker),
 * `healing_outcome` (`asked` while the call is under way, and for ever when the worker died in it). A day's share of it is a row of
 * `control`, `healing-day`: `asked`, how many were; `looked_through`, up to which event the missed ones were looked at that day.
 */
export interface HealingDay {
  readonly asked: number;
  /** A sort key of `by_gap`. */
  readonly lookedThrough: string | undefined;
}

/** An event whose webhook was given up. */
export interface MissedEvent {
  readonly id: string;
  readonly eventType: string;
  readonly createdAtId: string;
}

const KEPT_SECONDS = 35 * 24 * 3600;

const STILL_MISSED = 'gap = :missed';
/** Nobody has claimed it. The last part: our own claim, repeated by the SDK. */
const UNCLAIMED = '(attribute_not_exists(healed_at) OR (healed_by = :owner AND healing_outcome = :asked))';
const OURS = 'healed_by = :owner AND healing_outcome = :asked';

/** How far the healing of a day has come. */
export async function readHealingDay(store: Store, day: Day): Promise<HealingDay> {
  const { Item } = await store.client.send(
    new GetItemCommand({ TableName: store.control, Key: controlKey('healing-day', day), ConsistentRead: true }),
  );
  return { asked: numberIn(Item, 'asked') ?? 0, lookedThrough: textIn(Item, 'looked_through') };
}

/** Events whose webhook was given up and has not come since, created after a sort key, oldest first. Healed ones are among them. */
export async function* missedAfter(store: Store, after: string): AsyncGenerator<MissedEvent> {
  const pages = paginateQuery(
    { client: store.client, pageSize: 100 },
    {
      TableName: store.events,
      IndexName: 'by_gap',
      KeyConditionExpression: 'gap = :missed AND created_at_id > :after',
      ExpressionAttributeValues: { ':missed': text('missed' satisfies Gap), ':after': text(after) },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const row of Items) {
      yield {
        id: textIn(row, 'id') ?? '',
        eventType: textIn(row, 'event_type') ?? '',
        createdAtId: textIn(row, 'created_at_id') ?? '',
      };
    }
  }
}

/**
 * Claims a missed event, once for ever.
 *
 * @param owner unique to the worker
 * @returns false when it was claimed before, or its webhook has come
 */
export function claimHealing(store: Store, id: string, owner: string, now: number): Promise<boolean> {
  return writeEvent(
    store,
    id,
    `${STILL_MISSED} AND ${UNCLAIMED}`,
    'SET healed_at = :now, healed_by = :owner, healing_outcome = :asked',
    { ':missed': text('missed' satisfies Gap), ...ours(owner), ':now': text(timestampOf(now)) },
  );
}

/** Writes down how the republish of a claimed event ended. */
export async function tellHealing(store: Store, id: string, owner: string, outcome: JobOutcome): Promise<void> {
  const values = { ...ours(owner), ':outcome': text(outcome) };
  await writeEvent(store, id, OURS, 'SET healing_outcome = :outcome', values);
}

/** Gives a claimed event back that was surely not asked for. */
export async function unclaimHealing(store: Store, id: string, owner: string): Promise<void> {
  await writeEvent(store, id, OURS, 'REMOVE healed_at, healed_by, healing_outcome', ours(owner));
}

/** Takes one out of a day's share. False when it is used up. */
export function takeShare(store: Store, day: Day, perDay: number, now: number): Promise<boolean> {
  return tookPlace(
    store.client.send(
      new UpdateItemCommand({
        TableName: store.control,
        Key: controlKey('healing-day', day),
        ConditionExpression: 'attribute_not_exists(asked) OR asked < :most',
        UpdateExpression: 'SET expires_at = :expires ADD asked :one',
        ExpressionAttributeValues: { ':most': number(perDay), ':one': number(1), ':expires': expiryOf(now) },
      }),
    ),
  );
}

/** Puts one back that was not used. */
export async function giveShareBack(store: Store, day: Day): Promise<void> {
  await store.client.send(
    new UpdateItemCommand({
      TableName: store.control,
      Key: controlKey('healing-day', day),
      UpdateExpression: 'ADD asked :less',
      ExpressionAttributeValues: { ':less': number(-1) },
    }),
  );
}

/** Remembers for the day up to which event the missed ones have been looked at. */
export async function putLookedThrough(store: Store, day: Day, createdAtId: string, now: number): Promise<void> {
  await store.client.send(
    new UpdateItemCommand({
      TableName: store.control,
      Key: controlKey('healing-day', day),
      UpdateExpression: 'SET looked_through = :through, expires_at = :expires',
      ExpressionAttributeValues: { ':through': text(createdAtId), ':expires': expiryOf(now) },
    }),
  );
}

function ours(owner: string): Row {
  return { ':owner': text(owner), ':asked': text('asked') };
}

function expiryOf(now: number) {
  return number(Math.floor(now / 1000) + KEPT_SECONDS);
}

function writeEvent(store: Store, id: string, condition: string, update: string, values: Row): Promise<boolean> {
  return tookPlace(
    store.client.send(
      new UpdateItemCommand({
        TableName: store.events,
        Key: { id: text(id) },
        ConditionExpression: condition,
        UpdateExpression: update,
        ExpressionAttributeValues: values,
      }),
    ),
  );
}
