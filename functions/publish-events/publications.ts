import type { BusEvent } from '../bus/entries.ts';
import type { Unpublished } from '../ledger/events/outbox.ts';
import type { Derived, KnownOrder } from '../porting/derived.ts';
import type { OrderState } from '../porting/order.ts';
import { shownDetails } from '../porting/shown-details.ts';
import { millisecondsOf } from '../porting/timestamp.ts';

/**
 * Telnyx generates a payload within seconds. After this time an event is published without it, because its consumers
 * wait.
 */
const WAITS_FOR_PAYLOAD = 15 * 60_000;

/**
 * What an order's row has to publish, for the bus.
 *
 * @param isLive true when it is published at once, for a live webhook
 */
export function derivedEvents(
  { state: order, reading }: KnownOrder,
  derived: readonly Derived[],
  isLive: boolean,
): readonly BusEvent[] {
  const about = { live: isLive, order, details: shownDetails(reading) };
  return derived.map((one) => {
    if ('foc' in one) {
      const { from, to } = one.foc;
      const id = `${order.id}:foc:${one.number}:${to ?? 'none'}`;
      return { type: one.type, detail: { id, revision: 1, from, to, ...about } };
    }
    const { type, eventId: event_id } = one;
    const id = `${event_id}:${type.slice('porting_order.'.length)}`;
    const deadline = 'actBy' in one && { act_by: one.actBy };
    return { type, detail: { id, revision: 1, event_id, ...deadline, ...about } };
  });
}

/** What to publish about a row. */
export interface ToPublish {
  readonly busEvents: readonly BusEvent[];
  /** True when the event waits for its payload; the row stays marked. */
  readonly waits: boolean;
  readonly event: boolean;
  readonly missed: boolean;
  readonly recovered: boolean;
}

/**
 * What to publish about a row. Every attempt uses the same ids, so that consumers recognise duplicates.
 *
 * @param order the order's state after the event; null for an event without an order
 * @param apiUrl where the ledger shows its events
 * @param now milliseconds since 1970
 */
export function toPublish(row: Unpublished, order: OrderState | null, apiUrl: string, now: number): ToPublish {
  const { id, event, ledger } = row;
  if (row.joinedTo !== undefined) {
    return { busEvents: [], waits: false, event: false, missed: false, recovered: false };
  }
  const isNews = row.news !== undefined && !row.publishedAsOther;
  const seenAt = ledger.first_seen_at === null ? 0 : millisecondsOf(ledger.first_seen_at);
  const waits = isNews && !row.final && now - seenAt < WAITS_FOR_PAYLOAD;
  const show = `${apiUrl}/v2/porting/events/${encodeURIComponent(id)}`;
  const about = { event: { ...event }, order, show };
  const busEvents: BusEvent[] = [];
  if (isNews && !waits) {
    const { first_seen_by, first_seen_at } = ledger;
    const revision = ledger.revision;
    busEvents.push({ type: event.event_type, detail: { id, revision, first_seen_by, first_seen_at, ...about } });
  }
  if (row.missedToPublish) {
    const detail = { id: `${id}:missed`, revision: 1, missed_at: ledger.missed_at, ...about };
    busEvents.push({ type: 'notification.missed', detail });
  }
  if (row.recoveredToPublish) {
    const { missed_at, recovered_at } = ledger;
    const detail = { id: `${id}:recovered`, revision: 1, missed_at, recovered_at, ...about };
    busEvents.push({ type: 'notification.recovered', detail });
  }
  return {
    busEvents,
    waits,
    event: isNews && !waits,
    missed: row.missedToPublish,
    recovered: row.recoveredToPublish,
  };
}
