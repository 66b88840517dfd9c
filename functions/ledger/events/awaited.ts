import { paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { RECORD_TYPE } from '../table/event-keys.ts';
import { all, type Change, exists, lacks, once, together } from '../table/expressions.ts';
import { number, type Store, text, tookPlace } from '../table/store.ts';
import { textIn } from '../table/values.ts';
import { update } from '../table/verbs.ts';
import { SHARDS, shardOf, wake } from './outbox-marks.ts';

/**
 * Whether the notification of an event came, on its row:
 * - `awaiting_webhook`, `awaiting_since`: the list brought the event, and its webhook may still come
 * - `gap`: `missed` (its webhook was due and did not come), `recovered` (it came later), `unlisted` (the webhook came, but the list has
 *   never shown the event); with `missed_at`, `recovered_at`, `unlisted_at`
 */
export type Gap = 'missed' | 'recovered' | 'unlisted';

const STILL_AWAITED = all(exists('awaiting_webhook'), lacks('webhook_first_at'));
const NEVER_LISTED = 'attribute_exists(id) AND attribute_not_exists(listed_first_at) AND attribute_not_exists(gap)';

/** An event whose webhook is awaited has both. */
export const AWAITING = ['awaiting_webhook', 'awaiting_since'] as const;

export const NOT_RECOVERED_YET = lacks('recovered_at');

/** The webhook of a missed notification has come after all. */
export function recovered(at: Timestamp): Change {
  return { set: { gap: 'recovered' satisfies Gap, recovered_at: at } };
}

/** The webhook may still come. */
export function awaited(id: string, at: Timestamp): Change {
  return { set: { awaiting_webhook: shardOf(id), awaiting_since: once(at) } };
}

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
  const at = timestampOf(now);
  const change = together(wake(id, at), { set: { gap: 'missed' satisfies Gap, missed_at: at }, remove: AWAITING });
  const missed = await update(store, 'events', { id }, { when: all(STILL_AWAITED, lacks('missed_at')), ...change });
  return missed !== undefined;
}

/** Writes down that the webhook of a missed notification has come after all, under another id: deliveries.ts has the others. */
export async function recordRecovery(store: Store, id: string, now: number): Promise<void> {
  const at = timestampOf(now);
  await update(store, 'events', { id }, { when: NOT_RECOVERED_YET, ...together(recovered(at), wake(id, at)) });
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
