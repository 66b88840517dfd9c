import fc from 'fast-check';
import {
  type Held,
  type ListedEvent,
  type ListingOutcome,
  listingRecorder,
} from '../functions/ledger/events/record-listing.ts';
import type { Store } from '../functions/ledger/table/store.ts';
import { factsOf, type PortingEvent as LedgerRecord } from '../functions/porting/event.ts';
import type { PortingEvent } from '../infra/local/simulator/porting-event.ts';

/** A UUID made of a number, to make the events in a failing test readable. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** A completed status change as the Events API lists it. */
export function listedEvent(number: number, fields: Partial<PortingEvent> = {}): PortingEvent {
  const createdAt = fields.created_at ?? '2026-03-01T12:00:00.000000Z';
  return {
    id: uuid(number),
    event_type: 'porting_order.status_changed',
    porting_order_id: uuid(1_000_000 + (number % 7)),
    payload_status: 'completed',
    payload: { id: uuid(1_000_000 + (number % 7)), status: { value: 'submitted', details: [] } },
    available_notification_methods: ['email', 'webhook'],
    record_type: 'porting_event',
    created_at: createdAt,
    updated_at: createdAt,
    ...fields,
  };
}

/** The same event before its payload was generated. */
export function withoutPayload(event: PortingEvent): PortingEvent {
  return { ...event, payload: null, payload_status: 'created', updated_at: event.created_at ?? '' };
}

/** The event as its webhook contains it, in the record's shape. */
export function deliveredEvent(event: LedgerRecord): LedgerRecord {
  const { updated_at, available_notification_methods, ...rest } = event;
  return { ...rest, available_notification_methods: ['webhook'], updated_at: event.created_at ?? '' };
}

/** What the sync passes to the ledger. */
export function listing(event: LedgerRecord): ListedEvent {
  const facts = factsOf(event, '2026-01-01T00:00:00.000000Z');
  if (!facts) throw new Error('not an event');
  return { facts, record: event };
}

/**
 * Records one listing as the sync does.
 *
 * @param now milliseconds since 1970
 * @param held the row as it was read before
 */
export function recordListing(store: Store, listed: ListedEvent, now: number, held?: Held): Promise<ListingOutcome> {
  return listingRecorder(store, () => now).record(listed, held);
}

export const eventTypes = [
  'porting_order.status_changed',
  'porting_order.new_comment',
  'porting_order.something_new',
] as const;

/** Instants of a few days, so that many events share a day and some share an instant. */
export function instants(days: number): fc.Arbitrary<string> {
  return fc
    .record({ day: fc.integer({ min: 0, max: days - 1 }), hour: fc.integer({ min: 0, max: 23 }) })
    .map(({ day, hour }) => `${new Date(Date.UTC(2026, 2, 1 + day, hour)).toISOString().slice(0, 19)}.000001Z`);
}
