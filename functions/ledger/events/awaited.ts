import { paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { RECORD_TYPE } from '../table/event-keys.ts';
import { number, type Store, text, tookPlace } from '../table/store.ts';
import { textIn } from '../table/values.ts';
import { ANNOUNCE, SHARDS, shardOf } from './outbox-marks.ts';

/**
 * Whether the notification of an event came, on its row:
 * - `awaiting_webhook`, `awaiting_since`: the list brought the event, and its webhook may still come
 * - `gap`: `missed` (its webhook was due and did not come), `recovered` (it came later), `unlisted` (the webhook came, but the list has
 *   never shown the event); with `missed_at`, `recovered_at`, `unlisted_at`
 */
export type Gap = 'missed' | 'recovered' | 'unlisted';

const STILL_AWAITED = 'attribute_exists(awaiting_webhook) AND attribute_not_exists(webhook_first_at)';
const NEVER_LISTED = 'attribute_exists(id) AND attribute_not_exists(listed_first_at) AND attribute_not_exists(gap)';

export const NOT_RECOVERED_YET = 'attribute_not_exists(recovered_at)';

/** The webhook of a missed notification has come after all. */
export const RECOVERED = ['gap = :recovered', 'recovered_at = :now'];

/** The webhook may still come. Needs `:shard` and `:now`. */
export const AWAITED = ['awaiting_webhook = :shard', 'awaiting_since = if_not_exists(awaiting_since, :now)'];

/** Ids of events that have been waiting for their webhook since an instant, longest first, a page at a time. */
export async function* awaitedSince(store: Store, until: number): AsyncGenerator<readonly string[]> {
  for (const shard of SHARDS) {
    const pages = paginateQuery(
      { client: store.client, pageSize: 100 },
      {
        TableName: store.events,
        IndexName: 'awaiting_webhook',
        KeyConditionExpression: 'awaiting_webhook = :shard AND awaiting_since <= :until',
        ExpressionAttributeValues: { ':shard': text(shard), ':until': text(timestampOf(until)) },
      },
    );
    for await (const { Items = [] } of pages) {
      if (Items.length > 0) yield Items.map((row) => textIn(row, 'id') ?? '');
    }
  }
}

/** Gives a webhook up as missed. False when it has come meanwhile. */
export async function markMissed(store: Store, id: string, now: number): Promise<boolean> {
  return tookPlace(
    store.client.send(
      new UpdateItemCommand({
        TableName: store.events,
        Key: { id: text(id) },
        ConditionExpression: `${STILL_AWAITED} AND attribute_not_exists(missed_at)`,
        UpdateExpression: `SET gap = :missed, missed_at = :now, ${ANNOUNCE.join(', ')} REMOVE awaiting_webhook, awaiting_since`,
        ExpressionAttributeValues: {
          ':missed': text('missed' satisfies Gap),
          ':now': text(timestampOf(now)),
          ':shard': text(shardOf(id)),
        },
      }),
    ),
  );
}

/** Writes down that the webhook of a missed notification has come after all, under another id: deliveries.ts has the others. */
export async function recordRecovery(store: Store, id: string, now: number): Promise<void> {
  const write = new UpdateItemCommand({
    TableName: store.events,
    Key: { id: text(id) },
    ConditionExpression: NOT_RECOVERED_YET,
    UpdateExpression: `SET ${[...RECOVERED, ...ANNOUNCE].join(', ')}`,
    ExpressionAttributeValues: {
      ':recovered': text('recovered' satisfies Gap),
      ':now': text(timestampOf(now)),
      ':shard': text(shardOf(id)),
    },
  });
  await tookPlace(store.client.send(write));
}

/** Waits for a webhook no more: none was due, as the event was at that revision. A payload that comes at this moment may say otherwise. */
export async function stopAwaiting(store: Store, id: string, revision: number): Promise<void> {
  await tookPlace(
    store.client.send(
      new UpdateItemCommand({
        TableName: store.events,
        Key: { id: text(id) },
        ConditionExpression: 'attribute_exists(awaiting_webhook) AND revision = :revision',
        UpdateExpression: 'REMOVE awaiting_webhook, awaiting_since',
        ExpressionAttributeValues: { ':revision': number(revision) },
      }),
    ),
  );
}

/** Ids of events of a span of `created_at` that the list has never shown, a page at a time. */
export async function* neverListed(store: Store, from: Timestamp, to: Timestamp): AsyncGenerator<readonly string[]> {
  const pages = paginateQuery(
    { client: store.client },
    {
      TableName: store.events,
      IndexName: 'by_time',
      KeyConditionExpression: 'record_type = :record_type AND created_at_id BETWEEN :from AND :to',
      ProjectionExpression: 'id, listed_first_at',
      ExpressionAttributeValues: { ':record_type': text(RECORD_TYPE), ':from': text(from), ':to': text(to) },
    },
  );
  for await (const { Items = [] } of pages) {
    const ids = Items.filter((row) => row.listed_first_at === undefined).map((row) => textIn(row, 'id') ?? '');
    if (ids.length > 0) yield ids;
  }
}

/** Writes down that the list has never shown an event that its webhook brought. False when it has, or when that is known. */
export async function markUnlisted(store: Store, id: string, now: number): Promise<boolean> {
  return tookPlace(
    store.client.send(
      new UpdateItemCommand({
        TableName: store.events,
        Key: { id: text(id) },
        ConditionExpression: NEVER_LISTED,
        UpdateExpression: 'SET gap = :unlisted, unlisted_at = :now',
        ExpressionAttributeValues: { ':unlisted': text('unlisted' satisfies Gap), ':now': text(timestampOf(now)) },
      }),
    ),
  );
}
