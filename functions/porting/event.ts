import { isNested } from './json.ts';
import { uuidOf } from './patterns.ts';
import { recordTime, type Timestamp } from './timestamp.ts';

/**
 * A port-in event as the Events API shows it (docs/telnyx.md §1.1). No field but `id` and `event_type` can be relied
 * upon, and unknown types, statuses and fields are kept as they came.
 */
export interface PortingEvent {
  readonly id: string;
  readonly event_type: string;
  readonly porting_order_id?: string | null;
  readonly payload_status?: string;
  /** An object in all that Telnyx documents, null until it is generated. Whatever else Telnyx sends is kept. */
  readonly payload?: unknown;
  readonly available_notification_methods?: readonly string[];
  readonly record_type?: string;
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** What every port-in event type begins with. */
export const PORTING_ORDER_FAMILY = 'porting_order.';

/**
 * The most bytes of JSON that a record may have. A row holds 400 KB, keys and marks included, and no record of this
 * size has been seen; but one that cannot be written must neither be sent again without end nor keep the cursor from
 * passing it.
 */
export const LARGEST_RECORD = 380_000;

/** Types that Telnyx never sends by webhook, and whose payload is always null (docs/telnyx.md §1.2). */
const WITHOUT_WEBHOOK: ReadonlySet<string> = new Set([
  'porting_order.loa_updated',
  'porting_order.sharing_token_expired',
]);

/** True when a type may arrive by webhook: every one that we do not know to be without. */
export function mayArriveByWebhook(eventType: string): boolean {
  return !WITHOUT_WEBHOOK.has(eventType);
}

/** What the ledger needs to know about an event beside the event itself. */
export interface EventFacts {
  readonly id: string;
  readonly eventType: string;
  readonly portingOrderId: string | undefined;
  readonly createdAt: Timestamp;
  /** True once the payload has been generated, or when the type never has one and Telnyx calls it completed. */
  readonly complete: boolean;
  readonly hasPayload: boolean;
  /** True when nothing more is to come: the event is complete, or its type never has a payload. */
  readonly final: boolean;
  /**
   * Grows as Telnyx completes or changes its record: first by completeness, then by `updated_at`. Text order is the
   * order of versions, so "never back" is one comparison in a condition.
   */
  readonly version: string;
}

/**
 * Reads what the ledger needs from an event's record.
 *
 * @param seenAt stands in for `created_at` when the record holds none that can be read
 * @returns `undefined` when the record has no id or type, and so is no event
 */
export function factsOf(record: unknown, seenAt: Timestamp): EventFacts | undefined {
  if (!isObject(record) || !isName(record.id) || !isName(record.event_type)) return undefined;
  const payload = membersOf(record.payload);
  const complete = hasPayload(record) || record.payload_status !== 'created';
  // The newest spec nests the two dates of a porting_order.deleted record inside its payload; earlier ones have them on top.
  const createdAt = recordTime(record.created_at) ?? recordTime(payload.created_at) ?? seenAt;
  const updatedAt = recordTime(record.updated_at) ?? recordTime(payload.updated_at) ?? '';
  return {
    id: record.id,
    eventType: record.event_type,
    portingOrderId: isName(record.porting_order_id) ? record.porting_order_id : portingOrderIdOf(payload),
    createdAt,
    complete,
    hasPayload: hasPayload(record),
    final: complete || WITHOUT_WEBHOOK.has(record.event_type),
    version: `${complete ? 1 : 0}#${updatedAt}`,
  };
}

/** True when a record's payload is there, whatever it is. */
export function hasPayload({ payload }: { readonly payload?: unknown }): boolean {
  return payload !== undefined && payload !== null;
}

/** The members of an object of JSON; none of anything else. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

/** The porting order that a payload is about: comments name it, a split comes from it, every other payload is the order's own. */
export function portingOrderIdOf(payload: unknown): string | undefined {
  const { porting_order_id, id: own, from } = membersOf(payload);
  const candidates = [porting_order_id, own, membersOf(from).id];
  const id = candidates.find(isName);
  return id === undefined ? undefined : inOneCase(id);
}

/** A UUID in small letters, and any other id as it is: 2F and 2f are one event, by whichever way it came. */
export function inOneCase(id: string): string {
  return uuidOf(id) ?? id;
}

/**
 * A record with its own two ids in one case, as the ledger keeps it and shows it; everything else is as it came. Every
 * record passes here, listed or delivered, before anything is read from it. Ids inside its payload are read in one case
 * where they are read.
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
 * One record out of what the list said and what the webhook said. The list's record is Telnyx's own and wins; as long
 * as its payload has not been generated, the webhook's stands in. The outcome does not depend on which of the two came
 * first.
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

/** The status that a record tells, such as `exception`; `undefined` when it is not about a status. */
export function portingStatusOf(event: PortingEvent): string | undefined {
  const { value } = membersOf(membersOf(event.payload).status);
  return typeof value === 'string' ? value.slice(0, 60) : undefined;
}

/** An object of JSON: neither null, nor an array, nor a number that is kept as its text. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return isNested(value) && !Array.isArray(value);
}

/**
 * A text that can be a key in the ledger. DynamoDB takes 1,024 bytes in a sort key, where the id stands behind a
 * timestamp: 200 characters fit, of up to 4 bytes each, and the longest id seen is a UUID of 36. A lone surrogate has
 * no UTF-8.
 */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 200 && value.isWellFormed();
}
