import type { PortingEvent } from './porting-event.ts';
import type { Random } from './random.ts';
import { fromMicroseconds } from './timestamp.ts';
import type { CommentAuthor, ExceptionDetail } from './vocabulary.ts';

/** The parts of a porting order that its events show. `null` is what Telnyx sends against its specification. */
export interface Order {
  readonly id: string;
  readonly customer_reference: string | null;
  readonly support_key: string | null;
  /** Its own URL for webhooks; when undefined, payloads lack the member. */
  readonly webhook_url: string | null | undefined;
}

/** An event without its two instants: creation and completion of its payload, in microseconds since 1970. */
export type Draft = (createdAt: number, completedAt: number) => PortingEvent;

type Payload = (createdAt: number) => Readonly<Record<string, unknown>> | null;

const seconds = (instant: number): string => `${fromMicroseconds(instant).slice(0, 19)}Z`;

const draft = (random: Random, type: string, order: Order, payload: Payload): Draft => {
  const id = random.uuid();
  const silent = type === 'loa_updated' || type === 'sharing_token_expired';
  return (createdAt, completedAt) => ({
    id,
    event_type: `porting_order.${type}`,
    porting_order_id: order.id,
    payload_status: 'completed',
    payload: payload(createdAt),
    available_notification_methods: silent ? ['email'] : ['email', 'webhook'],
    record_type: 'porting_event',
    created_at: fromMicroseconds(createdAt),
    updated_at: fromMicroseconds(completedAt),
  });
};

/** The event as it is listed until its payload is generated: `created`, and unchanged since. */
export const withoutPayload = (event: PortingEvent): PortingEvent => {
  const created_at = String(event.created_at ?? event.payload?.created_at);
  const record_type = 'porting_event';
  return { ...event, payload_status: 'created', payload: null, record_type, created_at, updated_at: created_at };
};

export const statusChanged = (
  random: Random,
  order: Order,
  value: string,
  details: readonly ExceptionDetail[] = [],
): Draft =>
  draft(random, 'status_changed', order, (createdAt) => ({
    id: order.id,
    customer_reference: order.customer_reference,
    status: { value, details },
    support_key: order.support_key,
    updated_at: fromMicroseconds(createdAt),
    ...(order.webhook_url !== undefined && { webhook_url: order.webhook_url }),
  }));

export const newComment = (
  random: Random,
  order: Order,
  user_type: CommentAuthor,
  user_id: string | null,
  body: string,
): Draft => {
  const id = random.uuid();
  return draft(random, 'new_comment', order, (createdAt) => ({
    porting_order_id: order.id,
    support_key: order.support_key,
    comment: { id, body, inserted_at: seconds(createdAt), user_id, user_type },
  }));
};

export const split = (random: Random, from: Order, to: Order, phoneNumbers: readonly string[]): Draft =>
  draft(random, 'split', from, () => ({
    from: { id: from.id },
    to: { id: to.id },
    porting_phone_numbers: phoneNumbers.map((id) => ({ id })),
  }));

export const messagingChanged = (random: Random, order: Order, messaging_port_status: string): Draft =>
  draft(random, 'messaging_changed', order, () => ({
    id: order.id,
    customer_reference: order.customer_reference,
    support_key: order.support_key,
    messaging: {
      enable_messaging: true,
      messaging_capable: true,
      messaging_port_completed: messaging_port_status === 'ported',
      messaging_port_status,
    },
  }));

/** With `nested`, timestamps and record type are inside the complete payload, as in the newest specification. */
export const deleted = (random: Random, order: Order, nested: boolean): Draft => {
  const { id, customer_reference } = order;
  const flat = draft(random, 'deleted', order, (createdAt) => ({
    id,
    customer_reference,
    deleted_at: fromMicroseconds(createdAt),
  }));
  if (!nested) return flat;
  return (createdAt, completedAt) => {
    const { record_type, created_at, updated_at, ...event } = flat(createdAt, completedAt);
    return { ...event, payload: { ...event.payload, record_type, created_at, updated_at } };
  };
};

export const loaUpdated = (random: Random, order: Order): Draft => draft(random, 'loa_updated', order, () => null);

export const sharingTokenExpired = (random: Random, order: Order): Draft =>
  draft(random, 'sharing_token_expired', order, () => null);
