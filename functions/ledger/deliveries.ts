import { createHash } from 'node:crypto';
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dayOf, isClosed } from '../porting/day.ts';
import { factsOf, type PortingEvent } from '../porting/event.ts';
import { timestampOf } from '../porting/timestamp.ts';
import { markDoubtful } from './doubtful-days.ts';
import { createdAtId, RECORD_TYPE } from './row.ts';
import { controlKey, number, numberIn, type Store, text } from './store.ts';

/**
 * What a delivery was: `stored` is the event's first sight, `confirmed` the first webhook of an event that the list brought, and
 * `duplicate` one more webhook.
 */
export type DeliveryOutcome = 'stored' | 'confirmed' | 'duplicate';

/**
 * Every part is true whatever the row held before: a webhook may find no row, one from the list, or its own from an earlier try. What
 * the first source said about time, type and order stands, so that an event does not move in the list when it is delivered again.
 */
const SET_ON_DELIVERY = [
  'record_type = if_not_exists(record_type, :record_type)',
  'event_type = if_not_exists(event_type, :event_type)',
  'created_at_id = if_not_exists(created_at_id, :created_at_id)',
  'delivered = if_not_exists(delivered, :delivered)',
  'webhook_first_at = if_not_exists(webhook_first_at, :now)',
  'webhook_last_at = :now',
];

/**
 * Writes a delivered event: one request, which needs no condition because no part of it can undo anything. An event of a day whose
 * count is kept takes up to two more: a look whether the row is there, and the mark that the count is doubtful.
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
  const key = { id: text(facts.id) };

  if (isClosed(dayOf(facts.createdAt), now)) {
    const look = new GetItemCommand({ TableName: store.events, Key: key, ProjectionExpression: 'id' });
    const { Item } = await store.client.send(look, options);
    // Before the row, never after: a death between the two would leave a count that is wrong for ever.
    if (!Item) await markDoubtful(store, dayOf(facts.createdAt), now, signal);
  }

  const hasOrder = facts.portingOrderId !== undefined;
  const set = hasOrder
    ? [...SET_ON_DELIVERY, 'porting_order_id = if_not_exists(porting_order_id, :porting_order_id)']
    : SET_ON_DELIVERY;
  const { Attributes: before } = await store.client.send(
    new UpdateItemCommand({
      TableName: store.events,
      Key: key,
      UpdateExpression: `SET ${set.join(', ')} ADD webhook_deliveries :one`,
      ExpressionAttributeValues: {
        ':record_type': text(RECORD_TYPE),
        ':event_type': text(facts.eventType),
        ':created_at_id': text(createdAtId(facts.createdAt, facts.id)),
        ':delivered': text(JSON.stringify(event)),
        ':now': text(at),
        ':one': number(1),
        ...(hasOrder && { ':porting_order_id': text(facts.portingOrderId as string) }),
      },
      ReturnValues: 'UPDATED_OLD',
    }),
    options,
  );
  if (!before?.event_type) return 'stored';
  return numberIn(before, 'webhook_deliveries') ? 'duplicate' : 'confirmed';
}

const REJECTED_KEPT_SECONDS = 30 * 24 * 3600;

/**
 * Keeps a signed body that cannot be read as an event, for 30 days. One row for each different body, whatever the number of its
 * deliveries: repeated ones cannot fill the table.
 *
 * @param body the raw bytes, at most 256 KB
 */
export async function keepRejected(
  store: Store,
  body: Uint8Array,
  reason: string,
  now: number,
  signal?: AbortSignal,
): Promise<void> {
  const digest = createHash('sha256').update(body).digest('hex');
  await store.client.send(
    new UpdateItemCommand({
      TableName: store.control,
      Key: controlKey('rejected-delivery', digest),
      UpdateExpression:
        'SET reason = :reason, body = :body, first_at = if_not_exists(first_at, :now), last_at = :now, expires_at = :expires ADD deliveries :one',
      ExpressionAttributeValues: {
        ':reason': text(reason),
        ':body': { B: body },
        ':now': text(timestampOf(now)),
        ':expires': number(Math.floor(now / 1000) + REJECTED_KEPT_SECONDS),
        ':one': number(1),
      },
    }),
    signal ? { abortSignal: signal } : {},
  );
}
