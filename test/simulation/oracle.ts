import { isDeepStrictEqual } from 'node:util';
import { listEvents } from '../../functions/ledger/events/event-list.ts';
import type { LedgerEvent } from '../../functions/ledger/events/row.ts';
import { namedBy } from '../../functions/ledger/orders/order-names.ts';
import { unpack } from '../../functions/ledger/orders/order-packing.ts';
import { orderIn, stateIn } from '../../functions/ledger/orders/order-row.ts';
import { idIn, type Row, textIn } from '../../functions/ledger/table/values.ts';
import { namesOf } from '../../functions/porting/order-names.ts';
import { shownDetails } from '../../functions/porting/shown-details.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import type { SimulatedBus } from './bus.ts';
import { checkCalls } from './calls.ts';
import type { Engine } from './engine.ts';
import type { Launch } from './functions.ts';
import { type Happening, RECOGNISABLE } from './lives.ts';
import { checkNotifications } from './notifications.ts';
import { checkDetails } from './order-details.ts';
import { differences, ordersIn, plainOrder } from './plain-order.ts';
import type { Plan } from './plan.ts';
import { checkPublished } from './published.ts';
import { API_KEY, type TelnyxAccount } from './telnyx.ts';
import type { Truth, Violation } from './truth.ts';

/** What the oracle looks at when the world is at rest. */
export interface Rest {
  readonly plan: Plan;
  readonly happenings: readonly Happening[];
  readonly telnyx: TelnyxAccount;
  readonly bus: SimulatedBus;
  readonly engine: Engine;
  readonly truth: Truth;
  readonly launch: Launch;
  readonly timeline: { readonly runUntil: (time: number) => Promise<void>; readonly now: () => number };
  /** All signatures that were sent. */
  readonly secrets: readonly string[];
  /** What the functions wrote to standard output. */
  readonly output: readonly string[];
  readonly lines: readonly string[];
}

/** The result of a seed. */
export interface Verdict {
  readonly seed: number;
  readonly counts: Readonly<Record<Count, number>>;
  readonly violations: readonly Violation[];
  /** What happened, one line each. */
  readonly trace: readonly string[];
}

/**
 * `listed` is E, `held` is L and `published` is D. `missed` counts notifications that the ledger reported as missed,
 * `missing` those whose webhook was due and never came.
 */
export const COUNTS = [
  'listed',
  'held',
  'published',
  'lost',
  'unexpected',
  'recovered',
  'duplicated',
  'missed',
  'missing',
  'requests',
] as const;
export type Count = (typeof COUNTS)[number];

/** An event as the ledger must hold it. */
export interface Expected {
  readonly event: PortingEvent;
  readonly happening: Happening;
  /**
   * True when only its webhook brings it: Telnyx never lists it, or lists it under an id that nothing connects to the
   * webhook's.
   */
  readonly byWebhookOnly: boolean;
}

/** Compares what Telnyx lists, what the ledger holds and what was published. */
export async function judge(rest: Rest): Promise<Verdict> {
  const { plan, telnyx, bus, engine, truth, lines } = rest;
  const listed = new Map(telnyx.events().map((event) => [event.id, event]));
  const rows = new Map((await engine.rows('events')).map((row) => [textIn(row, 'id') ?? '', row]));
  const expected = expectedEvents(rest, listed);
  const orders = await engine.rows('orders');
  const held = await readLedger(rest);

  const gone = new Set(plan.retainDays === undefined ? [] : [...truth.hidden.keys()]);
  const lost = [...expected.keys()].filter((id) => !held.has(id) && !gone.has(id));
  const unexpected = [...held.keys()].filter((id) => !expected.has(id) || gone.has(id));
  if (lost.length > 0) truth.violate('I1', 'lost', lost);
  if (unexpected.length > 0) truth.violate('I2', 'unexpected', unexpected);
  for (const [id, { ledger: _, ...record }] of held) {
    const wanted = listed.get(id);
    if (wanted && !isDeepStrictEqual(record, wanted)) truth.violate('record', 'differs from what Telnyx lists', [id]);
  }
  checkOrders(rest, expected, orders);
  checkJoined(rest, listed);
  const duplicated = checkPublished(rest, expected, rows);
  const { missed, missing } = checkNotifications(rest, expected, rows, orders);
  checkCalls(rest);
  const control = await engine.rows('control');
  checkRuns(rest, control);
  checkNames(rest, orders, control);
  checkDetails(rest, orders, control);
  checkSecrets(rest, [...rows.values(), ...orders, ...control]);

  const recovered = [...held.keys()].filter(
    (id) => listed.has(id) && !truth.arrivals.has(expected.get(id)?.happening.webhook?.id ?? ''),
  );
  const counts = {
    listed: listed.size,
    held: held.size,
    published: new Set(bus.published.map(({ detail }) => detail.id)).size,
    lost: lost.length,
    unexpected: unexpected.length,
    recovered: recovered.length,
    duplicated,
    missed,
    missing,
    requests: lines.filter((line) => /(Item|Query|PutEvents) /.test(line)).length,
  };
  return { seed: plan.seed, counts, violations: truth.violations, trace: lines };
}

/** What the ledger must hold, by id. */
function expectedEvents(
  { happenings, truth }: Rest,
  listed: ReadonlyMap<string, PortingEvent>,
): ReadonlyMap<string, Expected> {
  const expected = new Map<string, Expected>();
  for (const happening of happenings) {
    const { webhook } = happening;
    const event = listed.get(happening.event.id);
    if (event) expected.set(event.id, { event, happening, byWebhookOnly: false });
    const isOther = webhook && webhook.id !== happening.event.id;
    // Until ids are known to differ, nothing is joined: such an event is held under both ids.
    const isJoined = isOther && truth.joined.has(webhook.id);
    const unconnected = isOther && !(RECOGNISABLE.includes(happening.event.event_type) && isJoined);
    if (!webhook || !truth.arrivals.has(webhook.id) || (event && !unconnected)) continue;
    expected.set(webhook.id, { event: asDelivered(webhook.event, webhook.id), happening, byWebhookOnly: true });
  }
  return expected;
}

function asDelivered(event: PortingEvent, id: string): PortingEvent {
  const { messaging_port_completed: _, ...messaging } = (event.payload?.messaging ?? {}) as Record<string, unknown>;
  const isMessaging = event.event_type === 'porting_order.messaging_changed';
  const isStatus = event.event_type === 'porting_order.status_changed';
  const isDeletion = event.event_type === 'porting_order.deleted';
  const { updated_at: _updated, ...withoutUpdate } = event.payload ?? {};
  // Webhooks print this instant to the second, and a deletion leaves it out.
  const second = `${String(event.payload?.updated_at).slice(0, 19)}Z`;
  const methods = ['webhook'];
  return {
    ...event,
    id,
    available_notification_methods: methods,
    ...(isMessaging && { payload: { ...event.payload, messaging } }),
    ...(isDeletion && event.payload && { payload: withoutUpdate }),
    ...(isStatus && { payload: { ...event.payload, updated_at: second } }),
  };
}

/** The ledger as its list shows it. Checks the list's own totals on the way. */
async function readLedger({ launch, truth, timeline }: Rest): Promise<ReadonlyMap<string, LedgerEvent>> {
  const held = new Map<string, LedgerEvent>();
  const reading = launch('reader', { timeout: 60_000, patience: 5_000 }, async (store) => {
    const types = new Map<string, number>();
    let read = 0;
    for (let number = 1, pages = 1; number <= pages; number += 1) {
      const { total, events } = await listEvents(store, {}, { number, size: 100 }, Number.POSITIVE_INFINITY);
      pages = Math.ceil(total / 100);
      read += events.length;
      for (const event of events) {
        held.set(event.id, event);
        types.set(event.event_type, (types.get(event.event_type) ?? 0) + 1);
      }
      if (number >= pages && total !== read) truth.violate('list', `says ${total} events and shows ${read}`);
    }
    if (read !== held.size) truth.violate('I3', 'an event is listed twice');
    for (const [type, count] of types) {
      const { total } = await listEvents(store, { type }, { number: 1, size: 1 }, Number.POSITIVE_INFINITY);
      if (total !== count) truth.violate('list', `says ${total} events of ${type} and shows ${count}`);
    }
  });
  await timeline.runUntil(timeline.now() + 60_000);
  const ending = await reading;
  if (ending.how !== 'done') truth.violate('list', `cannot be read: ${JSON.stringify(ending)}`);
  return held;
}

/** Once ids are known to differ, an event that can be recognised is one event. */
function checkJoined({ happenings, truth }: Rest, listed: ReadonlyMap<string, PortingEvent>): void {
  const { differKnownAt: known, arrivals, listings, joined, hidden } = truth;
  if (known === undefined) return;
  const isLater = (at: number | undefined) => at !== undefined && at > known;
  for (const { event, webhook } of happenings) {
    if (!webhook || webhook.id === event.id || !RECOGNISABLE.includes(event.event_type)) continue;
    if (!listed.has(event.id) || hidden.has(event.id) || !isLater(arrivals.get(webhook.id))) continue;
    if (isLater(listings.get(event.id)) && !joined.has(webhook.id))
      truth.violate('joined', 'still two events', [event.id, webhook.id]);
  }
}

function checkOrders({ truth }: Rest, expected: ReadonlyMap<string, Expected>, rows: readonly Row[]): void {
  const events = [...expected.values()].map(({ event }) => event);
  const wanted = ordersIn(events);
  const states = new Map<string, Record<string, unknown>>(rows.map((row) => [idIn(row), { ...stateIn(row) }]));
  for (const id of wanted) {
    const plain = plainOrder(id, events);
    const different = differences(plain, states.get(id) ?? {});
    const told = different.map(
      (name) => `${name} ${JSON.stringify(states.get(id)?.[name])} instead of ${JSON.stringify(plain[name])}`,
    );
    if (different.length > 0) truth.violate('I7', `the order's ${told.join(', ').slice(0, 500)}`, [id]);
  }
  const others = [...states.keys()].filter((id) => !wanted.has(id));
  if (others.length > 0) truth.violate('I7', 'orders that no event mentions', others);
}

/** A row that a crash left behind names an order by what it was called before. */
function checkNames({ truth }: Rest, orders: readonly Row[], control: readonly Row[]): void {
  const rows = control.filter((row) => textIn(row, 'kind') === 'order-name').map((row) => namedBy(idIn(row)));
  const found = new Set(rows.map(({ beginning, orderId }) => `${beginning} ${orderId}`));
  for (const row of orders) {
    const { state, reading } = orderIn(row);
    const names = namesOf({ ...state, details: shownDetails(reading) });
    const missing = names.filter((name) => !found.has(`${name} ${state.id}`));
    if (missing.length > 0) truth.violate('search', `not found as ${missing.join(', ')}`, [state.id]);
  }
}

/** Each requested run ends, and the last nightly run, which meets no fault, is complete. */
function checkRuns({ plan, truth }: Rest, control: readonly Row[]): void {
  const requested = control.filter((row) => textIn(row, 'kind') === 'requested-run');
  const left = requested.filter((row) => /pending|running/.test(textIn(row, 'status') ?? ''));
  if (left.length > 0) truth.violate('runs', 'requested runs have not ended', left.map(idIn));
  const nightly = requested.filter((row) => idIn(row).endsWith('last-7-days'));
  const last = nightly.sort((a, b) => (idIn(a) < idIn(b) ? -1 : 1)).at(-1);
  const isCalm = (textIn(last, 'window_to') ?? '') > timestampOf(plan.calm);
  if (!isCalm || textIn(last, 'status') !== 'complete') truth.violate('runs', 'the last nightly run is not complete');
}

/** I10 and I15. */
function checkSecrets({ secrets, output, bus, truth, telnyx }: Rest, rows: readonly Row[]): void {
  const places = {
    'a log line': output.join(''),
    'a row': JSON.stringify(rows.map((row) => [row, unpack(row.facts?.B)])),
    'the bus': JSON.stringify(bus.published),
  };
  const personal = telnyx.orders.privateTexts();
  for (const [place, text] of Object.entries(places)) {
    const found = [API_KEY, ...secrets].filter((secret) => text.includes(secret));
    if (found.length > 0) truth.violate('I10', `${found.length} secrets in ${place}`);
    const leaked = personal.filter((one) => text.includes(one));
    if (leaked.length > 0) truth.violate('I15', `${leaked.length} private texts in ${place}`, leaked.slice(0, 3));
  }
}
