import { paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dayOf, isClosed } from '../../porting/day.ts';
import type { PortingEvent } from '../../porting/event.ts';
import { sameEventKey } from '../../porting/same-event.ts';
import { timestampOf } from '../../porting/timestamp.ts';
import { markDoubtful } from '../counts/doubtful-days.ts';
import { all, is, together } from '../table/expressions.ts';
import { readRows } from '../table/read-rows.ts';
import { number, type Store, text, tookPlace, unlessRefused } from '../table/store.ts';
import { numberIn, type Row, textIn } from '../table/values.ts';
import { type Update, update } from '../table/verbs.ts';
import { awaited, type Gap, recordRecovery } from './awaited.ts';
import { learnIdsDiffer } from './id-agreement.ts';
import { publish } from './outbox-marks.ts';
import { eventIn } from './row.ts';

const NOT_JOINED_YET = 'attribute_not_exists(joined_from)';
/** Writers of one row are few. */
const MOST_CONFLICTS = 10;
const NEVER_LISTED = 'attribute_not_exists(listed_first_at)';
/** What joining took from the webhook's row to the list's. */
const WEBHOOK = ['webhook_deliveries', 'webhook_first_at', 'webhook_last_at'];
/** What says that a missed notification came after all, and that this was announced. */
const RECOVERY = ['recovered_at', 'recovered_published_at'];

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
  const hide = new UpdateItemCommand({
    TableName: store.events,
    Key: { id: text(webhookId) },
    ConditionExpression: NEVER_LISTED,
    UpdateExpression: 'SET joined_to = :listed REMOVE created_at_id, first_seen_id, gap',
    ExpressionAttributeValues: { ':listed': text(listedId) },
  });
  if (!(await tookPlace(store.client.send(hide)))) {
    await separateTwins(store, { listedId, webhookId }, now);
    return false;
  }
  await learnIdsDiffer(store, now);
  return true;
}

/**
 * Takes two rows apart that were taken for one event: the list has shown the webhook's id, too. Both are news again, for one of them may have
 * been announced in the other's place. Doing it again changes nothing.
 *
 * @throws {Error} when the list's row is written all the time: to be tried again
 */
export async function separateTwins(
  store: Store,
  { listedId, webhookId }: { readonly listedId: string; readonly webhookId: string },
  now: number,
): Promise<void> {
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
    const listed = (await readAll(store, listedId)).get(listedId);
    if (textIn(listed, 'joined_from') !== webhookId) break;
    const deliveries = numberIn(listed, 'webhook_deliveries') ?? 0;
    // What came for the other one was added to its own.
    const own = deliveries - (numberIn(listed, 'twin_deliveries') ?? 0);
    const missed = own <= 0 && textIn(listed, 'missed_at') !== undefined;
    const at = timestampOf(now);
    const gap = missed ? { set: { gap: 'missed' satisfies Gap } } : awaited(listedId, at);
    const separate: Update = {
      when: all(is('joined_from', webhookId), is('webhook_deliveries', deliveries)),
      ...together(publish(listedId, at), own > 0 ? { set: { webhook_deliveries: own } } : gap),
      remove: [
        'joined_from',
        'twin_deliveries',
        'twin_published_at',
        ...(own > 0 ? [] : WEBHOOK),
        ...(missed ? RECOVERY : []),
      ],
    };
    if (await update(store, 'events', { id: listedId }, separate)) break;
    if (conflicts === MOST_CONFLICTS - 1) throw new Error(`The event ${listedId} was written by others all the time.`);
  }
  const show = together(publish(webhookId, timestampOf(now)), { remove: ['joined_to'] });
  await update(store, 'events', { id: webhookId }, { when: is('joined_to', listedId), ...show });
}

/** The two rows as they are now; `undefined` when they are not, or not any more, one event's. */
async function readTwins(store: Store, listedId: string, webhookId: string) {
  const rows = await readAll(store, listedId, webhookId);
  const listed = rows.get(listedId);
  const webhook = rows.get(webhookId);
  return listed && webhook && areTwins(listed, webhook) ? { listed, webhook } : undefined;
}

async function readAll(store: Store, ...ids: readonly string[]): Promise<ReadonlyMap<string, Row>> {
  const rows = new Map<string, Row>();
  for await (const batch of readRows(store, 'events', ids, { consistent: true })) {
    for (const row of batch) rows.set(textIn(row, 'id') ?? '', row);
  }
  return rows;
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
    for await (const rows of readRows(store, 'events', ids, { consistent: true })) {
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
    'twin_deliveries = :deliveries',
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
