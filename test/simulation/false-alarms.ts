import type { Published } from './bus.ts';
import { watchHeldEvents } from './held-events.ts';
import type { Happening } from './lives.ts';
import { type PlainOrder, plainOrder } from './plain-order.ts';
import type { Plan } from './plan.ts';
import type { Process } from './processes.ts';
import type { Truth } from './truth.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The cursor of a current ledger may be 20 minutes behind, and rows become visible up to 8 minutes late. */
const SURELY_READ = 30 * MINUTE;
/** Most payloads are complete within 4 s. An event whose payload takes longer may first be read without it. */
const PROMPT = 10_000;

/** What the ledger adds to Telnyx's events: once each. */
export const DERIVED: readonly string[] = [
  'action_required',
  'comment_from_telnyx',
  'draft_expiring',
  'foc_set',
  'foc_changed',
  'overdue',
].map((kind) => `porting_order.${kind}`);

const ENDED = ['ported', 'cancelled', 'deleted'];

/** The event for which an order waits for the customer, by the type that says so; docs/events.md in plain code. */
const WAITS_FOR: Readonly<Record<string, (order: PlainOrder) => string | null | undefined>> = {
  'porting_order.action_required': ({ status, status_event_id }) =>
    status?.value === 'exception' ? status_event_id : null,
  'porting_order.draft_expiring': ({ status, status_event_id }) => (status?.value === 'draft' ? status_event_id : null),
  'porting_order.comment_from_telnyx': ({ status, status_since, last_comment: last }) =>
    last?.by === 'admin' && !ENDED.includes(status?.value ?? '') && (status_since ?? '') <= last.at
      ? last.event_id
      : null,
};

interface World {
  readonly plan: Plan;
  readonly truth: Truth;
  readonly happenings: readonly Happening[];
  readonly now: () => number;
}

/** Judges each event at the moment it is published: later the ledger knows more. */
export function watchForFalseAlarms({ plan, truth, happenings, now }: World) {
  const held = watchHeldEvents({ truth, happenings, now });
  /** Who published each id, the last time. */
  const publishers = new Map<string, Process>();
  /** The ids under which something was published about an event, by its id in the list. */
  const idsOf = new Map<string, Set<string>>();

  function happeningOf(eventId: string): Happening | undefined {
    return happenings.find(({ event, webhook }) => event.id === eventId || webhook?.id === eventId);
  }

  /** I11: what Telnyx had listed long before says that the order does not wait for this event. */
  function isSuperseded(type: string, eventId: string, process: Process): boolean {
    const told = happeningOf(eventId);
    if (!told) return false;
    const arrivedAt = truth.arrivals.get(told.webhook?.id ?? '');
    const isLive = arrivedAt !== undefined && arrivedAt - told.createdAt < HOUR + PROMPT;
    if (isLive) return false;
    const isLater = ({ createdAt }: Happening) => createdAt > told.createdAt + PROMPT;
    const isRead = ({ visibleAt, completeAt, createdAt }: Happening) =>
      visibleAt <= process.startedAt - SURELY_READ && completeAt - createdAt <= PROMPT;
    const order = told.event.porting_order_id;
    const waitsAfter = (isKnown: (one: Happening) => boolean) => {
      const known = happenings.filter(
        (one) =>
          one.event.porting_order_id === order && (one === told || (isLater(one) && isRead(one)) || isKnown(one)),
      );
      const events = known.map(({ event }) => event);
      return WAITS_FOR[type]?.(plainOrder(order, events)) === told.event.id;
    };
    const isBefore = ({ createdAt }: Happening) => createdAt < told.createdAt;
    // Of what happened before it, some may not be known yet.
    return !waitsAfter(isBefore) && !waitsAfter((one) => isBefore(one) && isRead(one));
  }

  function checkAsking(process: Process, { type, detail, at }: Published): void {
    const waitsFor = WAITS_FOR[type];
    if (!waitsFor) return;
    const order = detail.order as PublishedOrder;
    const eventId = String(detail.event_id);
    const ids = [detail.id, order.id];
    const kind = type.slice('porting_order.'.length);
    const isTheOne = (state: PlainOrder) => {
      const waited = waitsFor(state);
      return waited !== null && (waited === eventId || !plan.webhooks.sameIds);
    };
    if (!held.wasSo(process, order.id, isTheOne))
      truth.violate('I11', `${kind}: by all that is held, it is not so`, ids);
    if (isSuperseded(type, eventId, process)) truth.violate('I11', `${kind}: was superseded long before`, ids);
    const { act_by, last_comment: last } = order;
    if (kind === 'draft_expiring' && act_by !== null && at < instantOf(act_by) - 5 * DAY)
      truth.violate('I11', `${kind}: ${act_by} is more than five days away`, ids);
    if (kind === 'comment_from_telnyx' && last && process.startedAt > instantOf(last.at) + 7 * DAY)
      truth.violate('I11', `${kind}: it is older than a week`, ids);
    if (detail.id !== `${eventId}:${kind}`) truth.violate('I13', 'another id', ids);
    const { event, webhook } = happeningOf(eventId) ?? {};
    const thing = `${event?.id}:${kind}`;
    const known = (idsOf.get(thing) ?? new Set()).add(detail.id);
    idsOf.set(thing, known);
    const isJoined = (truth.joined.get(webhook?.id ?? '') ?? Number.POSITIVE_INFINITY) < process.startedAt;
    if (known.size > 1 && isJoined) truth.violate('I13', 'published under two ids', [...known]);
  }

  /** I13: an id is published again only after a failure, or by a process that began before the first one ended. */
  function checkRepeated(process: Process, { type, detail }: Published): void {
    if (!DERIVED.includes(type)) return;
    const earlier = publishers.get(detail.id);
    publishers.set(detail.id, process);
    if (!earlier || earlier === process || earlier.failures > 0 || process.startedAt < earlier.endedAt) return;
    truth.violate('I13', `published again although ${earlier.name} met no fault`, [detail.id]);
  }

  return {
    onWrite: held.onWrite,
    onEvent(process: Process, published: Published): void {
      checkAsking(process, published);
      checkRepeated(process, published);
      const { type, detail, at } = published;
      const order = detail.order as PublishedOrder;
      const ids = [detail.id, order?.id];
      const isOverdue = type === 'porting_order.overdue';
      if (isOverdue && !held.wasSo(process, order.id, ({ status }) => status?.value === order.status.value))
        truth.violate('I11', 'overdue: the order is no longer in this status', ids);
      const isDue = isOverdue || /\.(action_required|draft_expiring)$/.test(type);
      if (isDue && order.acts === 'customer' && order.act_by !== null && instantOf(order.act_by) <= process.startedAt)
        truth.violate('I12', `${type} at ${new Date(at).toISOString()}: ${order.act_by} has passed`, ids);
    },
  };
}

interface PublishedOrder {
  readonly id: string;
  readonly acts: string;
  readonly act_by: string | null;
  readonly status: { readonly value: string };
  readonly last_comment: { readonly at: string } | null;
}

function instantOf(timestamp: string): number {
  return Date.parse(`${timestamp.slice(0, 23)}Z`);
}
