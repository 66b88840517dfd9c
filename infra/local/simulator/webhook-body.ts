import type { Keys } from './keys.ts';
import { type PortingEvent, typesWithWebhook } from './porting-event.ts';
import { createRandom } from './random.ts';

/** The parts of a webhook that its event lacks. */
export interface WebhookCircumstances {
  /** Where it goes. */
  readonly url: string;
  /** From 1. */
  readonly attempt: number;
  /** `data.id`; the event's id by default. */
  readonly id?: string;
}

type Fields = Readonly<Record<string, unknown>>;

const organizationId = createRandom('organization').uuid();

/** Types whose documented body is flat: no `data`, no `meta`. */
const flatTypes = ['porting_order.messaging_changed', 'porting_order.deleted'];

/**
 * The number of webhooks for an event: one for most types, one for each number moved by a split, none for types that
 * only the API shows.
 */
export const webhookCount = (event: PortingEvent): number => {
  if (!typesWithWebhook.some((type) => type === event.event_type)) return 0;
  const moved = event.payload?.porting_phone_numbers;
  return Array.isArray(moved) ? moved.length : 1;
};

/** The documented webhook payloads differ from the API's: fewer fields, and another form of time. */
const payloadOf = ({ event_type, payload }: PortingEvent): Fields => {
  if (event_type === 'porting_order.status_changed') {
    return { ...payload, updated_at: `${String(payload?.updated_at).slice(0, 19)}+00:00` };
  }
  if (event_type === 'porting_order.split') return { from: payload?.from, to: payload?.to };
  if (event_type === 'porting_order.deleted') {
    const { id, customer_reference, deleted_at } = payload ?? {};
    return { id, customer_reference, deleted_at };
  }
  if (event_type === 'porting_order.messaging_changed') {
    const { messaging_port_completed: _, ...messaging } = payload?.messaging as Fields;
    return { ...payload, messaging };
  }
  return { ...payload };
};

/** The body of the webhook for a complete event, in the envelope documented for its type. */
export const webhookBody = (event: PortingEvent, { url, attempt, id = event.id }: WebhookCircumstances): string => {
  const { event_type } = event;
  const occurred_at = event.created_at ?? event.payload?.created_at;
  const payload = payloadOf(event);
  if (flatTypes.includes(event_type)) {
    const flat = { id, event_type, occurred_at, urls: [url], organization_id: organizationId, format: 'v2', payload };
    return JSON.stringify(flat);
  }
  const data = { event_type, id, occurred_at, payload, record_type: 'event' };
  return JSON.stringify({ data, meta: { attempt, delivered_to: url } });
};

/** The headers of a webhook signed at `at`, milliseconds since 1970. */
export const webhookHeaders = (keys: Keys, body: string, at: number): Readonly<Record<string, string>> => {
  const timestamp = String(Math.floor(at / 1000));
  return {
    'content-type': 'application/json',
    'telnyx-timestamp': timestamp,
    'telnyx-signature-ed25519': keys.sign(timestamp, body),
  };
};
