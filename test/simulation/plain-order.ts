import { isDeepStrictEqual } from 'node:util';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { fromMicroseconds, toMicroseconds } from '../../infra/local/simulator/timestamp.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The members of an order's state that {@link plainOrder} gives, as far as the simulation reads them one by one. */
export interface PlainOrder extends Fields {
  readonly status: { readonly value: string; readonly details: unknown } | null;
  readonly status_since: string | null;
  readonly status_event_id: string | null;
  readonly last_comment: { readonly at: string; readonly by: string; readonly event_id: string } | null;
}

/** When an event was created, as the list spells it. */
export function createdAtOf(event: PortingEvent): string {
  return instant(event.created_at ?? event.payload?.created_at) ?? '';
}

const NEAR = 60_000;

/** When an event happened: the payload's own second where it has one within a minute of the event's date. */
function timeOf(event: PortingEvent): string {
  const { event_type: type, payload } = event;
  const own =
    (type === 'porting_order.status_changed' && instant(payload?.updated_at)) ||
    (type === 'porting_order.deleted' && instant(payload?.deleted_at)) ||
    (type === 'porting_order.new_comment' && instant(object(payload?.comment).inserted_at));
  const created = createdAtOf(event);
  const milliseconds = (at: string) => Date.parse(`${at.slice(0, 23)}Z`);
  const isNear = own && Math.abs(milliseconds(own) - milliseconds(created)) <= NEAR;
  return isNear ? `${own.slice(0, 19)}.000000Z` : created;
}

function instant(text: unknown): string | undefined {
  const microseconds = typeof text === 'string' ? toMicroseconds(text) : undefined;
  return microseconds === undefined ? undefined : fromMicroseconds(microseconds);
}

const object = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const end = (event: PortingEvent, name: 'from' | 'to') => object(event.payload?.[name]).id as string | undefined;

/** The key that events sort by, as text. A missing part is a blank, which sorts before every digit. */
function placeOf(event: PortingEvent): string {
  const isDelivered = event.available_notification_methods?.join() === 'webhook';
  const payloadAt = instant(event.payload?.updated_at);
  const updatedAt = isDelivered ? undefined : (instant(event.updated_at) ?? payloadAt);
  return [timeOf(event), createdAtOf(event), payloadAt ?? ' ', updatedAt ?? ' ', event.id].join('#');
}

/** The orders that the events mention. */
export function ordersIn(events: readonly PortingEvent[]): ReadonlySet<string> {
  return new Set(
    events.flatMap((event) => [
      event.porting_order_id,
      ...(event.event_type === 'porting_order.split' ? [end(event, 'to') ?? ''] : []),
    ]),
  );
}

/**
 * The state of an order after its events, one after the other, without the ledger's own fold: the simplest code that
 * does what docs/events.md says. Leaves out members that follow from the status alone.
 */
export function plainOrder(id: string, all: readonly PortingEvent[]): PlainOrder {
  const events = all
    .filter(
      (event) =>
        event.porting_order_id === id || (event.event_type === 'porting_order.split' && end(event, 'to') === id),
    )
    .toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const state: { -readonly [Name in keyof PlainOrder]: PlainOrder[Name] } = {
    status: null,
    status_since: null,
    status_event_id: null,
    support_key: null,
    customer_reference: null,
    messaging: null,
    last_comment: null,
    deleted_at: null,
    first_event: null,
    last_event: null,
  };
  const byType: Record<string, number> = {};
  const into = new Set<string>();
  const from = new Set<string>();
  const tellStatus = (event: PortingEvent, value: string, details: unknown): void => {
    if (state.status?.value !== value) state.status_since = timeOf(event);
    state.status = { value, details };
    state.status_event_id = event.id;
  };

  for (const event of events) {
    const { event_type: type, payload } = event;
    const at = timeOf(event);
    state.changed_at = at;
    if (type === 'porting_order.split') {
      if (end(event, 'from') === id) into.add(end(event, 'to') ?? '');
      else from.add(end(event, 'from') ?? '');
    }
    if (event.porting_order_id !== id) continue;
    byType[type] = (byType[type] ?? 0) + 1;
    const mark = { id: event.id, event_type: type, at };
    state.first_event ??= mark;
    state.last_event = mark;
    state.support_key = payload?.support_key ?? state.support_key;
    state.customer_reference = payload?.customer_reference ?? state.customer_reference;
    if (type === 'porting_order.status_changed' && payload)
      tellStatus(event, String(object(payload.status).value), object(payload.status).details);
    if (type === 'porting_order.deleted') tellStatus(event, 'deleted', []);
    if (type === 'porting_order.deleted') state.deleted_at = instant(payload?.deleted_at) ?? null;
    if (type === 'porting_order.messaging_changed') state.messaging = payload?.messaging ?? state.messaging;
    if (type === 'porting_order.new_comment')
      state.last_comment = { at, by: String(object(payload?.comment).user_type), event_id: event.id };
  }
  const total = Object.values(byType).reduce((sum, count) => sum + count, 0);
  return {
    ...state,
    id,
    split_from: [...from].sort(),
    split_into: [...into].sort(),
    events: { total, by_type: byType },
  };
}

/** The names of the members in which a state differs from the plain fold. */
export function differences(plain: Fields, state: Fields): readonly string[] {
  return Object.keys(plain).filter((name) => !isDeepStrictEqual(plain[name], state[name]));
}
