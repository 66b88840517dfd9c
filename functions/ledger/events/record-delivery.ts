import { GetItemCommand, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { dayOf, isClosed } from '../../porting/day.ts';
import { type EventFacts, factsOf, type PortingEvent } from '../../porting/event.ts';
import { timestampOf } from '../../porting/timestamp.ts';
import { markDoubtful } from '../counts/doubtful-days.ts';
import { createdAtId, RECORD_TYPE } from '../table/event-keys.ts';
import { number, type Store, text, unlessRefused } from '../table/store.ts';
import { type Row, textIn } from '../table/values.ts';
import { type Gap, NOT_RECOVERED_YET, RECOVERED } from './awaited.ts';
import { ANNOUNCE, NEWS, newsValues, shardOf } from './outbox-marks.ts';
import { FIRST_SEEN } from './row.ts';

/**
 * What a delivery was: `stored` is the event's first sight, `confirmed` the first webhook of an event that the list brought, and
 * `duplicate` one more webhook.
 */
export type DeliveryOutcome = 'stored' | 'confirmed' | 'duplicate';

/** No webhook's body is held, nor is one superfluous: this one is news. */
const BODY_IS_NEWS = 'attribute_not_exists(delivered)';
/** Rows go when their retention ends; a mark must not bring an empty one back. */
const EVENT_IS_HELD = 'attribute_exists(id)';
/** The webhook had been given up, and this is the first one that comes. */
const WAS_MISSED = `attribute_exists(missed_at) AND ${NOT_RECOVERED_YET}`;
const WAS_NOT_MISSED = '(attribute_not_exists(missed_at) OR attribute_exists(recovered_at))';

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
  FIRST_SEEN,
  ...DELIVERED,
  ...NEWS,
];

/**
 * Writes a delivered event: one request for the first body, two for every other delivery, and three or four when the webhook had been given
 * up as missed. Whichever it is, is known only to the row, so each is a condition of its own, and each is one write: a death after it
 * leaves nothing to be done. An event of a day whose count is kept takes up to two more: a look whether the row is there, and the mark
 * that the count is doubtful.
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

  for (const missed of [false, true]) {
    const first = await update(firstBody(event, facts, at, missed));
    const before = first ?? (await update(furtherBody(facts, at, missed)));
    if (!before) continue;
    if (textIn(before, 'webhook_first_at') !== undefined) return 'duplicate';
    return first && textIn(before, 'event_type') === undefined ? 'stored' : 'confirmed';
  }
  // The row went, or was given up, between two writes: each can happen only once.
  return recordDelivery(store, event, now, signal);
}

function firstBody(event: PortingEvent, facts: EventFacts, at: string, missed: boolean) {
  const set = [...FIRST_BODY, ...(missed ? RECOVERED : [])];
  if (facts.portingOrderId !== undefined)
    set.push('porting_order_id = if_not_exists(porting_order_id, :porting_order_id)');
  return {
    ConditionExpression: `${BODY_IS_NEWS} AND ${missed ? WAS_MISSED : WAS_NOT_MISSED}`,
    UpdateExpression: `SET ${set.join(', ')} ${COUNTED}`,
    ExpressionAttributeValues: {
      ':record_type': text(RECORD_TYPE),
      ':event_type': text(facts.eventType),
      ':created_at_id': text(createdAtId(facts.createdAt, facts.id)),
      ':first_seen_id': text(createdAtId(at, facts.id)),
      ':delivered': text(JSON.stringify(event)),
      ':now': text(at),
      ...newsValues(facts.id),
      ...(missed && { ':recovered': text('recovered' satisfies Gap) }),
      ...(facts.portingOrderId !== undefined && { ':porting_order_id': text(facts.portingOrderId) }),
    },
  };
}

function furtherBody({ id }: EventFacts, at: string, missed: boolean) {
  const set = [...DELIVERED, ...(missed ? [...RECOVERED, ...ANNOUNCE] : [])];
  return {
    ConditionExpression: `${EVENT_IS_HELD} AND ${missed ? WAS_MISSED : WAS_NOT_MISSED}`,
    UpdateExpression: `SET ${set.join(', ')} ${COUNTED}`,
    ExpressionAttributeValues: {
      ':now': text(at),
      ':one': number(1),
      ...(missed && { ':recovered': text('recovered' satisfies Gap), ':shard': text(shardOf(id)) }),
    },
  };
}
