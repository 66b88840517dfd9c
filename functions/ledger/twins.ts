import { paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dayOf, isClosed } from '../porting/day.ts';
import type { PortingEvent } from '../porting/event.ts';
import { sameEventKey } from '../porting/same-event.ts';
import { markDoubtful } from './doubtful-days.ts';
import { recordRecovery } from './gaps.ts';
import { learnIdsDiffer } from './learned.ts';
import { readRows } from './read-rows.ts';
import { eventIn } from './row.ts';
import { number, numberIn, type Row, type Store, text, textIn, unlessRefused } from './store.ts';

const NOT_JOINED_YET = 'attribute_not_exists(joined_from)';

/**
 * Joins two rows that are one event: the list gave it one id and the webhook another. The list's row stays, since show and republish
 * know its id, and is told of the webhook; the webhook's row leaves every index of the list and points to it. Joining again changes
 * nothing, so a death in the middle is mended by the next try.
 *
 * @returns false when the rows are not, or not any more, one from each source
 */
export async function joinTwins(
  store: Store,
  { listedId, webhookId }: { readonly listedId: string; readonly webhookId: string },
  now: number,
): Promise<boolean> {
  const twins = await readTwins(store, listedId, webhookId);
  if (!twins) return false;
  const { listed, webhook } = twins;

  const createdAtId = textIn(webhook, 'created_at_id');
  if (createdAtId !== undefined && isClosed(dayOf(createdAtId), now))
    await markDoubtful(store, dayOf(createdAtId), now);
  let held = textIn(listed, 'joined_from') === undefined ? await tell(store, listedId, webhook) : listed;
  // Refused: it was joined meanwhile, to this webhook (by somebody else, or by us, and the answer was lost) or to another one.
  held ??= (await readTwins(store, listedId, webhookId))?.listed;
  if (!held) return false;
  if (textIn(held, 'missed_at') !== undefined) await recordRecovery(store, listedId, now);
  await store.client.send(
    new UpdateItemCommand({
      TableName: store.events,
      Key: { id: text(webhookId) },
      UpdateExpression: 'SET joined_to = :listed REMOVE created_at_id, gap',
      ExpressionAttributeValues: { ':listed': text(listedId) },
    }),
  );
  await learnIdsDiffer(store, now);
  return true;
}

/** The two rows as they are now; `undefined` when they are not, or not any more, one event's. */
async function readTwins(store: Store, listedId: string, webhookId: string) {
  const rows = new Map<string, Row>();
  for await (const batch of readRows(store, [listedId, webhookId], { consistent: true })) {
    for (const row of batch) rows.set(textIn(row, 'id') ?? '', row);
  }
  const listed = rows.get(listedId);
  const webhook = rows.get(webhookId);
  return listed && webhook && areTwins(listed, webhook) ? { listed, webhook } : undefined;
}

/**
 * True when the webhook of a listed event has come under another id, and its row waits to be joined: the two are joined when their order is
 * folded, which is a moment after the later one of them was written, or completed.
 *
 * @param orderId the order that both are events of
 */
export async function awaitsJoining(store: Store, listed: PortingEvent, orderId: string): Promise<boolean> {
  const key = sameEventKey(listed);
  if (key === undefined) return false;
  const pages = paginateQuery(
    { client: store.client },
    {
      TableName: store.events,
      IndexName: 'by_order',
      KeyConditionExpression: 'porting_order_id = :order',
      FilterExpression: 'event_type = :type',
      ProjectionExpression: 'id',
      ExpressionAttributeValues: { ':order': text(orderId), ':type': text(listed.event_type) },
    },
  );
  for await (const { Items = [] } of pages) {
    const ids = Items.map((row) => textIn(row, 'id') ?? '').filter((id) => id !== listed.id);
    for await (const rows of readRows(store, ids, { consistent: true })) {
      if (rows.some((row) => isFromWebhookOnly(row) && sameEventKeyIn(row) === key)) return true;
    }
  }
  return false;
}

function sameEventKeyIn(row: Row): string | undefined {
  const event = eventIn(row);
  return event && sameEventKey(event);
}

/** Rows that have been joined are out of the index: this one is not. */
function isFromWebhookOnly(row: Row): boolean {
  return row.webhook_first_at !== undefined && row.listed_first_at === undefined;
}

function areTwins(listed: Row, webhook: Row): boolean {
  const joined = textIn(listed, 'joined_from');
  const listedOnly = listed.listed_first_at !== undefined && listed.webhook_first_at === undefined;
  return isFromWebhookOnly(webhook) && (joined === undefined ? listedOnly : joined === textIn(webhook, 'id'));
}

/** Tells the list's row of the webhook. Gives the row as it was before, or `undefined` when it has been told of one. */
function tell(store: Store, listedId: string, webhook: Row): Promise<Row | undefined> {
  const publishedAt = textIn(webhook, 'published_at');
  const set = [
    'joined_from = :webhook',
    'webhook_first_at = if_not_exists(webhook_first_at, :first)',
    'webhook_last_at = :last',
    // It was announced under the webhook's id: nobody needs it a second time.
    ...(publishedAt === undefined ? [] : ['twin_published_at = :published']),
  ];
  const write = new UpdateItemCommand({
    TableName: store.events,
    Key: { id: text(listedId) },
    ConditionExpression: NOT_JOINED_YET,
    ReturnValues: 'ALL_OLD',
    UpdateExpression: `SET ${set.join(', ')} ADD webhook_deliveries :deliveries REMOVE awaiting_webhook, awaiting_since`,
    ExpressionAttributeValues: {
      ':webhook': webhook.id as Row[string],
      ':first': text(textIn(webhook, 'webhook_first_at') ?? ''),
      ':last': text(textIn(webhook, 'webhook_last_at') ?? ''),
      ':deliveries': number(numberIn(webhook, 'webhook_deliveries') ?? 1),
      ...(publishedAt !== undefined && { ':published': text(publishedAt) }),
    },
  });
  return unlessRefused(store.client.send(write).then(({ Attributes = {} }) => Attributes));
}
