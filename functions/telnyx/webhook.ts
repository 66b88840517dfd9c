import {
  isName,
  isObject,
  mayBePortIn,
  type PortingEvent,
  portingOrderIdOf,
  withIdsInOneCase,
} from '../porting/event.ts';
import { isDeeperThan, readJson } from '../porting/json.ts';

/**
 * What a correctly signed body contains: an event in the record's shape, which is a port-in one or may be; the type of
 * an event of another product, and nothing else, because a port-out payload holds a PIN (docs/telnyx.md §8); or
 * something that cannot be read as an event.
 */
export type Webhook =
  | { readonly is: 'event'; readonly event: PortingEvent }
  | { readonly is: 'another family'; readonly eventType: string }
  | { readonly is: 'unreadable'; readonly reason: string };

/**
 * JSON nested deeper than this is refused: a port-in event has 5 levels, and JSON.stringify, which is recursive, throws
 * a RangeError at a few thousand.
 */
const DEEPEST = 64;
const TOO_DEEP = `the body is nested deeper than ${DEEPEST} levels`;

/**
 * Reads a webhook's body. Both documented envelopes are accepted: `{data: {…}, meta}`, and the flat one
 * (docs/telnyx.md §3.1).
 *
 * @param body raw bytes whose signature has been verified
 */
export function readWebhook(body: Uint8Array): Webhook {
  let parsed: unknown;
  try {
    // `fatal`: invalid UTF-8 would otherwise silently become U+FFFD. A byte order mark is skipped.
    parsed = readJson(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    return unreadable(error instanceof RangeError ? TOO_DEEP : 'the body is not JSON in UTF-8');
  }
  if (!isObject(parsed)) return unreadable('the body is not a JSON object');

  const envelope = isObject(parsed.data) ? parsed.data : parsed;
  const { id, event_type: eventType } = envelope;
  // Before anything that is kept as unreadable, with its body.
  if (typeof eventType === 'string' && eventType !== '' && !mayBePortIn(eventType)) {
    return { is: 'another family', eventType };
  }
  if (isDeeperThan(DEEPEST, parsed)) return unreadable(TOO_DEEP);
  if (typeof eventType !== 'string' || eventType === '') return unreadable('the event has no event_type');
  if (typeof id !== 'string' || id === '') return unreadable('the event has no id');
  // An id that cannot be stored would get a 503 at every delivery, until Telnyx gives up.
  if (!isName(id)) return unreadable('the id is longer than 200 characters, or not well-formed Unicode');
  if (!isName(eventType)) return unreadable('the event_type is longer than 200 characters, or not well-formed Unicode');
  return { is: 'event', event: withIdsInOneCase(recordOfEnvelope(envelope, id, eventType)) };
}

/** The record that the Events API would show, as far as the webhook has it. Unknown fields of the envelope are kept. */
function recordOfEnvelope(envelope: Readonly<Record<string, unknown>>, id: string, eventType: string): PortingEvent {
  const { occurred_at, payload, record_type, urls, organization_id, format, ...unknown } = envelope;
  const portingOrderId = portingOrderIdOf({ event_type: eventType, payload });
  return {
    ...unknown,
    id,
    event_type: eventType,
    ...(portingOrderId !== undefined && { porting_order_id: portingOrderId }),
    payload_status: 'completed',
    payload: payload ?? null,
    available_notification_methods: ['webhook'],
    record_type: 'porting_event',
    ...(typeof occurred_at === 'string'
      ? { created_at: occurred_at, updated_at: occurred_at }
      : occurred_at !== undefined && { occurred_at }),
  };
}

function unreadable(reason: string): Webhook {
  return { is: 'unreadable', reason };
}
