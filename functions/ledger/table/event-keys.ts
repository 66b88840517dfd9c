import { all, type Condition, is } from './expressions.ts';
import type { KeyRange } from './key-range.ts';

/** The partition key of the indexes by time: every porting event has this record type. */
export const RECORD_TYPE = 'porting_event';

/** Bounds outside all sort keys of an index. */
export const BEGINNING = '0';
export const END = '~';

/** A sort key of the indexes: time, then id, so that events with the same instant have a fixed order. */
export function createdAtId(createdAt: string, id: string): string {
  return `${createdAt}#${id}`;
}

/** The upper bound of sort keys up to and including an instant: event ids follow the instant in the key. */
export function through(instant: string | undefined): string | undefined {
  return instant === undefined ? undefined : `${instant}#${END}`;
}

/** The indexes of the table `events`, as in infra/service.ts: partition key and sort key. */
const INDEXES = {
  by_time: ['record_type', 'created_at_id'],
  by_order: ['porting_order_id', 'created_at_id'],
  by_first_seen: ['record_type', 'first_seen_id'],
  by_gap: ['gap', 'created_at_id'],
  unpublished: ['unpublished', 'unpublished_since'],
  awaiting_webhook: ['awaiting_webhook', 'awaiting_since'],
} as const;

export type EventIndex = keyof typeof INDEXES;

type Part = Omit<KeyRange<'events'>, 'table' | 'index' | 'partition' | 'sortKey' | 'consistent'>;

/** A range of an index of the table `events`: the events in the partition `value`. */
export function eventRange(index: EventIndex, value: string, part: Part = {}): KeyRange<'events'> {
  const [attribute, sortKey] = INDEXES[index];
  return { table: 'events', index, partition: { attribute, value }, sortKey, ...part };
}

/** The condition that an event has the given type and order; `undefined` when neither is given. */
export function isEventOf(type: string | undefined, portingOrderId: string | undefined): Condition | undefined {
  if (type === undefined && portingOrderId === undefined) return undefined;
  return all(
    type === undefined ? undefined : is('event_type', type),
    portingOrderId === undefined ? undefined : is('porting_order_id', portingOrderId),
  );
}

/** Which events a range should hold. */
interface EventFilter {
  readonly type?: string;
  readonly portingOrderId?: string;
  /** Only missed events: those whose webhook did not come in time and has not come since. */
  readonly missed?: true;
}

/** The smallest range that has the events of a filter, and the condition that leaves out others. */
export function smallestRange({ type, portingOrderId, missed }: EventFilter, part: Part): KeyRange<'events'> {
  if (missed) return eventRange('by_gap', 'missed', { ...part, where: isEventOf(type, portingOrderId) });
  if (portingOrderId !== undefined) {
    // DynamoDB refuses a filter on the partition key itself.
    return eventRange('by_order', portingOrderId, { ...part, where: isEventOf(type, undefined) });
  }
  return eventRange('by_time', RECORD_TYPE, { ...part, where: isEventOf(type, undefined) });
}
