import { isNested } from './json.ts';
import { uuidOf } from './patterns.ts';
import { recordTime, type Timestamp } from './timestamp.ts';

/**
 * A port-in event as the Events API shows it (docs/telnyx.md §1.1). Only `id` and `event_type` are certain to be there.
 * Unknown types, statuses and fields are kept as they came.
 */
export interface PortingEvent {
  readonly id: string;
  readonly event_type: string;
  readonly porting_order_id?: string | null;
  readonly payload_status?: string;
  /** An object in all of Telnyx's documents, null until it is generated. Anything else that Telnyx sends is kept. */
  readonly payload?: unknown;
  readonly available_notification_methods?: readonly string[];
  readonly record_type?: string;
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** The prefix of every known port-in event type. */
export const PORTING_ORDER_FAMILY = 'porting_order.';

/**
 * False for an event type that is certainly another product's, such as `portout.status_changed` or `message.received`.
 * The schema was reshaped three times: a new port-in type may have another prefix, and must not be lost for its name.
 */
export function mayBePortIn(eventType: string): boolean {
  return /^porting/i.test(eventType);
}

/**
 * The most bytes of JSON that a record may have. A row holds 400 KB, keys and marks included. No record of this size
 * has been seen; but a record that cannot be written must neither be resent without end nor stop the cursor.
 */
export const LARGEST_RECORD = 380_000;

/** Types that Telnyx never sends by webhook, with a payload that is always null (docs/telnyx.md §1.2). */
const WITHOUT_WEBHOOK: ReadonlySet<string> = new Set([
  'porting_order.loa_updated',
  'porting_order.sharing_token_expired',
]);

/** Types that Telnyx documents. It may have others. */
export const KNOWN_TYPES: readonly string[] = [
  'porting_order.status_changed',
  'porting_order.new_comment',
  'porting_order.split',
  'porting_order.messaging_changed',
  'porting_order.deleted',
  ...WITHOUT_WEBHOOK,
];

/** True when a type may arrive by webhook: every type but those that we know to have none. */
export function mayArriveByWebhook(eventType: string): boolean {
  return !WITHOUT_WEBHOOK.has(eventType);
}

/** What the ledger needs to know about an event, apart from the event itself. */
export interface EventFacts {
  readonly id: string;
  readonly eventType: string;
  readonly portingOrderId: string | undefined;
  readonly createdAt: Timestamp;
  /** True once the payload has been generated, or when the type never has one and Telnyx calls the event completed. */
  readonly complete: boolean;
  readonly hasPayload: boolean;
  /** True when nothing more will come: the event is complete, or its type never has a payload. */
  readonly final: boolean;
  /**
   * Grows as Telnyx completes or changes its record: first by completeness, then by `updated_at`. Text order is version
   * order, so a condition prevents a step back with one comparison.
   */
  readonly version: string;
}

/**
 * Reads what the ledger needs from an event's record.
 *
 * @param seenAt stands in for `created_at` when the record has none that can be read
 * @returns `undefined` when the record has no id or type, and so is not an event
 */
export function factsOf(record: unknown, seenAt: Timestamp): EventFacts | undefined {
  if (!isObject(record) || !isName(record.id) || !isName(record.event_type)) return undefined;
  const payload = membersOf(record.payload);
  const complete = hasPayload(record) || record.payload_status !== 'created';
  // The newest specification nests both dates of a porting_order.deleted record in its payload; earlier ones do not.
  const createdAt = recordTime(record.created_at) ?? recordTime(payload.created_at) ?? seenAt;
  const updatedAt = recordTime(record.updated_at) ?? recordTime(payload.updated_at) ?? '';
  return {
    id: record.id,
    eventType: record.event_type,
    portingOrderId: isName(record.porting_order_id) ? record.porting_order_id : portingOrderIdOf(record),
    createdAt,
    complete,
    hasPayload: hasPayload(record),
    final: complete || WITHOUT_WEBHOOK.has(record.event_type),
    version: `${complete ? 1 : 0}#${updatedAt}`,
  };
}

/** True when a record has a payload of any kind. */
export function hasPayload({ payload }: { readonly payload?: unknown }): boolean {
  return payload !== undefined && payload !== null;
}

/** The members of a JSON object; none for any other value. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

/**
 * The porting order in an event's payload: a comment names it, a split comes from it, any other payload is the order's
 * own. In a type with another prefix than `porting_order.`, the payload may be something else's: there only a name
 * counts.
 */
export function portingOrderIdOf(event: {
  readonly event_type?: unknown;
  readonly payload?: unknown;
}): string | undefined {
  const { porting_order_id, id: own, from } = membersOf(event.payload);
  const { event_type: type } = event;
  const isOrders = typeof type !== 'string' || type.startsWith(PORTING_ORDER_FAMILY);
  const candidates = isOrders ? [porting_order_id, own, membersOf(from).id] : [porting_order_id];
  const id = candidates.find(isName);
  return id === undefined ? undefined : inOneCase(id);
}

/** A UUID in lower case; any other id unchanged. 2F and 2f are one event, whether listed or delivered. */
export function inOneCase(id: string): string {
  return uuidOf(id) ?? id;
}

/**
 * A record with its own two ids in lower case, as the ledger keeps and shows it; everything else is unchanged. Every
 * record, listed or delivered, passes here before anything is read from it. Ids inside its payload are converted where
 * they are read.
 */
export function withIdsInOneCase<Whatever>(record: Whatever): Whatever {
  if (!isObject(record)) return record;
  const { id, porting_order_id: order } = record;
  return {
    ...record,
    ...(typeof id === 'string' && { id: inOneCase(id) }),
    ...(typeof order === 'string' && { porting_order_id: inOneCase(order) }),
  };
}

/**
 * Combines the list's record and the webhook's into one. The list's record is Telnyx's own and wins; until its payload
 * is generated, the webhook's payload stands in. The result does not depend on which came first.
 *
 * @param listed the newest record that the Events API has shown, if any
 * @param delivered the webhook in the record's shape, if one came
 */
export function recordOf(
  listed: PortingEvent | undefined,
  delivered: PortingEvent | undefined,
): PortingEvent | undefined {
  if (!listed || !delivered) return listed ?? delivered;
  if (hasPayload(listed) || !hasPayload(delivered)) return listed;
  return { ...listed, payload: delivered.payload, payload_status: 'completed' };
}

/** The status that a record names, such as `exception`; `undefined` when it names none. */
export function portingStatusOf(event: PortingEvent): string | undefined {
  const { value } = membersOf(membersOf(event.payload).status);
  return typeof value === 'string' ? value.slice(0, 60) : undefined;
}

/** A JSON object: not null, an array, or a number that is kept as its text. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return isNested(value) && !Array.isArray(value);
}

/**
 * A text that can be a key in the ledger. DynamoDB takes 1,024 bytes in a sort key, where the id follows a timestamp.
 * That fits 200 characters of up to 4 bytes; the longest id seen is a UUID of 36. A lone surrogate has no UTF-8.
 */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 200 && value.isWellFormed();
}
