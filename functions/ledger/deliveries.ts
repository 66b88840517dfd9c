import { GetItemCommand, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { dayOf, isClosed } from '../porting/day.ts';
import { type EventFacts, factsOf, type PortingEvent } from '../porting/event.ts';
import { timestampOf } from '../porting/timestamp.ts';
import { markDoubtful } from './doubtful-days.ts';
import { ANNOUNCE, NEWS, newsValues, shardOf } from './news.ts';
import { createdAtId, RECORD_TYPE } from './row.ts';
import { number, type Row, type Store, text, textIn, tookPlace, unlessRefused } from './store.ts';

/**
 * What a delivery was: `stored` is the event's first sight, `confirmed` the first webhook of an event that the list brought, and
 * `duplicate` one more webhook.
 */
export type DeliveryOutcome = 'stored' | 'confirmed' | 'duplicate';

/** No webhook's body is held, nor is one superfluous: this one is news. */
const BODY_IS_NEWS = 'attribute_not_exists(delivered)';
/** Rows go when their retention ends; a mark must not bring an empty one back. */
const EVENT_IS_HELD = 'attribute_exists(id)';
const NOT_RECOVERED_YET = 'attribute_not_exists(recovered_at)';

/** What every delivery leaves behind. Whoever waited for it need not wait any more. */
const DELIVERED = ['webhook_first_at = if_not_exists(webhook_first_at, :now)', 'webhook_last_at = :now'];
const COUNTED = 'ADD webhook_deliveries :one REMOVE awaiting_webhook, awaiting_since';

/**
 * The first body of an event. What the list said about time, type and order stands, so that an event does not move in the list when
 * it is delivered.
 */
const FIRST_BODY = [
  'record_type = if_not_exists(record_type, :record_type)',
  'event_type = if_not_exists(event_type, :event_type)',
  'created_at_id = if_not_exists(created_at_id, :created_at_id)',
  'delivered = :delivered',
  'final_at = if_not_exists(final_at, :now)',
  ...DELIVERED,
  ...NEWS,
];

/**
 * Writes a delivered event: one request for the first body, two for every other delivery, and one more when the webhook had been given
 * up as missed. An event of a day whose count is kept takes up to two more: a look whether the row is there, and the mark that the
 * count is doubtful.
 *
 * @param event in the record's shape, from a webhook whose signature was verified
 * @param now milliseconds since 1970
 */
export async function recordDelivery(
  store: Store,
  event: PortingEvent,
  now: number,
  signal?: AbortSignal,
): Promise<DeliveryOutcome> {
  const at = timestampOf(now);
  const facts = factsOf(event, at);
  if (!facts) throw new TypeError('A delivered event has an id and a type.');
  const options = signal ? { abortSignal: signal } : {};
  const Key = { id: text(facts.id) };

  if (isClosed(dayOf(facts.createdAt), now)) {
    const look = new GetItemCommand({ TableName: store.events, Key, ProjectionExpression: 'id' });
    const { Item } = await store.client.send(look, options);
    // Before the row, never after: a death between the two would leave a count that is wrong for ever.
    if (!Item) await markDoubtful(store, dayOf(facts.createdAt), now, signal);
  }

  const update = async (input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>): Promise<Row | undefined> => {
    const write = new UpdateItemCommand({ TableName: store.events, Key, ReturnValues: 'ALL_OLD', ...input });
    return unlessRefused(store.client.send(write, options).then(({ Attributes = {} }) => Attributes));
  };

  let before = await update(firstBody(event, facts, at));
  const first = before !== undefined;
  before ??= await update({
    ConditionExpression: EVENT_IS_HELD,
    UpdateExpression: `SET ${DELIVERED.join(', ')} ${COUNTED}`,
    ExpressionAttributeValues: { ':now': text(at), ':one': number(1) },
  });
  // The row went between the two writes: it can go only once.
  if (!before) return recordDelivery(store, event, now, signal);

  if (textIn(before, 'missed_at') !== undefined && textIn(before, 'recovered_at') === undefined) {
    await recordRecovery(store, facts.id, now, signal);
  }
  if (textIn(before, 'webhook_first_at') !== undefined) return 'duplicate';
  return first && textIn(before, 'event_type') === undefined ? 'stored' : 'confirmed';
}

function firstBody(event: PortingEvent, facts: EventFacts, at: string) {
  const set = [...FIRST_BODY];
  if (facts.portingOrderId !== undefined)
    set.push('porting_order_id = if_not_exists(porting_order_id, :porting_order_id)');
  return {
    ConditionExpression: BODY_IS_NEWS,
    UpdateExpression: `SET ${set.join(', ')} ${COUNTED}`,
    ExpressionAttributeValues: {
      ':record_type': text(RECORD_TYPE),
      ':event_type': text(facts.eventType),
      ':created_at_id': text(createdAtId(facts.createdAt, facts.id)),
      ':delivered': text(JSON.stringify(event)),
      ':now': text(at),
      ...newsValues(facts.id),
      ...(facts.portingOrderId !== undefined && { ':porting_order_id': text(facts.portingOrderId) }),
    },
  };
}

/**
 * Writes down that the webhook of a missed notification has come after all. The 200 waits for it: as long as it is not written, Telnyx
 * sends the webhook again.
 */
export async function recordRecovery(store: Store, id: string, now: number, signal?: AbortSignal): Promise<void> {
  const write = new UpdateItemCommand({
    TableName: store.events,
    Key: { id: text(id) },
    ConditionExpression: NOT_RECOVERED_YET,
    UpdateExpression: `SET gap = :recovered, recovered_at = :now, ${ANNOUNCE.join(', ')}`,
    ExpressionAttributeValues: {
      ':recovered': text('recovered'),
      ':now': text(timestampOf(now)),
      ':shard': text(shardOf(id)),
    },
  });
  await tookPlace(store.client.send(write, signal ? { abortSignal: signal } : {}));
}
