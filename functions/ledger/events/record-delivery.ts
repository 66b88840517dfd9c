import { dayOf, isClosed } from '../../porting/day.ts';
import { type EventFacts, factsOf, type PortingEvent } from '../../porting/event.ts';
import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { doubtDay } from '../counts/doubtful-days.ts';
import { createdAtId, RECORD_TYPE } from '../table/event-keys.ts';
import { all, any, type Change, type Condition, exists, lacks, once, together } from '../table/expressions.ts';
import type { Store } from '../table/store.ts';
import { textIn } from '../table/values.ts';
import { get, update } from '../table/verbs.ts';
import { AWAITING, NOT_RECOVERED_YET, recovered } from './awaited.ts';
import { deliveryOf } from './bodies.ts';
import { publish, wake } from './outbox-marks.ts';

/**
 * What a delivery was: `stored` is the event's first sight, `confirmed` the first webhook of an event that the list
 * brought, and `duplicate` a further webhook.
 */
export type DeliveryOutcome = 'stored' | 'confirmed' | 'duplicate';

/** The row has no webhook's body, and no record of the list that replaces one. */
const BODY_IS_NEWS = all(lacks('delivery'), lacks('delivered'));
/** Rows go when their retention ends; a late webhook must not bring an empty one back. */
const EVENT_IS_HELD = exists('id');
/** The webhook had been given up, and this is the first to come. */
const WAS_MISSED = all(exists('missed_at'), NOT_RECOVERED_YET);
const WAS_NOT_MISSED = any(lacks('missed_at'), exists('recovered_at'));

/**
 * Writes a delivered event: one request for the first body, two for every other delivery, and three or four when the
 * webhook had been given up as missed. Only the row knows which case it is, so each case is a conditional write, which
 * leaves nothing to do after a crash. An event of a day with a stored count takes up to two more requests: a look for
 * the row, and the mark that makes the count doubtful.
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
  if (!facts) throw new TypeError('A delivered event must have an id and a type.');
  const key = { id: facts.id };

  if (isClosed(dayOf(facts.createdAt), now)) {
    const held = await get(store, 'events', key, { attributes: ['id'], signal });
    if (!held) await doubtDay(store, facts.createdAt, now, signal);
  }

  for (const missed of [false, true]) {
    const writeWhen = (when: Condition, ...changes: readonly Change[]) =>
      update(store, 'events', key, {
        when: all(when, missed ? WAS_MISSED : WAS_NOT_MISSED),
        ...together(delivered(at), missed ? recovered(at) : {}, ...changes),
        returns: 'ALL_OLD',
        signal,
      });
    const first = await writeWhen(BODY_IS_NEWS, firstBody(event, facts, at));
    const before =
      first ?? (await writeWhen(EVENT_IS_HELD, { set: { webhook_last_at: at } }, missed ? wake(facts.id, at) : {}));
    if (!before) continue;
    if (textIn(before, 'webhook_first_at') !== undefined) return 'duplicate';
    return first && textIn(before, 'event_type') === undefined ? 'stored' : 'confirmed';
  }
  // The row went, or was given up, between two writes: each can happen only once.
  return recordDelivery(store, event, now, signal);
}

/** What every delivery leaves behind. The webhook is no longer awaited. */
function delivered(at: Timestamp): Change {
  return {
    set: { webhook_first_at: once(at) },
    add: { webhook_deliveries: 1 },
    remove: AWAITING,
  };
}

/**
 * The first body of an event. The time, type and order of the list stay, so that an event does not move in the list
 * when it is delivered.
 */
function firstBody(event: PortingEvent, facts: EventFacts, at: Timestamp): Change {
  const { id, eventType, portingOrderId, createdAt } = facts;
  return together(publish(id, at), {
    set: {
      record_type: once(RECORD_TYPE),
      event_type: once(eventType),
      porting_order_id: portingOrderId === undefined ? undefined : once(portingOrderId),
      created_at_id: once(createdAtId(createdAt, id)),
      first_seen_id: once(createdAtId(at, id)),
      delivery: deliveryOf(event, facts),
      final_at: once(at),
    },
  });
}
