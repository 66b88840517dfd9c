import { deliveredIn, listedIn } from '../../functions/ledger/events/bodies.ts';
import type { Row } from '../../functions/ledger/table/values.ts';
import { type PortingEvent as LedgerRecord, recordOf } from '../../functions/porting/event.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import type { Published } from './bus.ts';
import { assignedTo, type Write } from './dynamodb.ts';
import type { Happening } from './lives.ts';
import { plainOrder } from './plain-order.ts';
import type { Plan } from './plan.ts';
import type { Process } from './processes.ts';
import type { Truth } from './truth.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The cursor of a current ledger may be 20 minutes behind, and rows become visible up to 8 minutes late. */
const SURELY_READ = 30 * MINUTE;
/** Most payloads are complete within 4 s. An event whose payload takes longer may first be read without it. */
const PROMPT = 10_000;

/** The attributes that make a body whole. */
const WRITTEN = ['listing', 'delivery', 'event_type', 'porting_order_id', 'created_at_id', 'record_version'];

interface World {
  readonly plan: Plan;
  readonly truth: Truth;
  readonly happenings: readonly Happening[];
  readonly now: () => number;
}

/** Judges each event at the moment it is published: later the ledger knows more. */
export function watchForFalseAlarms({ plan, truth, happenings, now }: World) {
  /** The list's id of an event, by its webhook's id. */
  const listedId = new Map(happenings.flatMap(({ event, webhook }) => (webhook ? [[webhook.id, event.id]] : [])));
  /** What was written of each event, oldest first, by order. */
  const written = new Map<string, { readonly at: number; readonly listed: boolean; readonly event: LedgerRecord }[]>();

  function onWrite({ table, input }: Write): void {
    if (table !== 'events') return;
    const row: Row = { ...input.Key };
    for (const name of WRITTEN) {
      const value = assignedTo(input, name);
      if (value) row[name] = value;
    }
    for (const [listed, event] of [
      [true, listedIn(row)],
      [false, deliveredIn(row)],
    ] as const) {
      if (!event) continue;
      const order = event.porting_order_id ?? '';
      written.set(order, [...(written.get(order) ?? []), { at: now(), listed, event }]);
    }
  }

  /** The order's status according to everything held at an instant. */
  function statusAt(order: string, instant: number) {
    const wasJoined = (id: string) => (truth.joined.get(id) ?? Number.POSITIVE_INFINITY) <= instant;
    const held = (written.get(order) ?? []).filter(({ at }) => at <= instant);
    const events = [
      ...Map.groupBy(held, ({ event: { id } }) => (wasJoined(id) && listedId.get(id)) || id).values(),
    ].flatMap((writes) => {
      const listed = writes.findLast((write) => write.listed)?.event;
      const delivered = writes.find((write) => !write.listed)?.event;
      return (recordOf(listed, delivered) as PortingEvent | undefined) ?? [];
    });
    const { status, status_event_id } = plainOrder(order, events) as {
      status: { value: string } | null;
      status_event_id: string | null;
    };
    return { value: status?.value, eventId: status_event_id };
  }

  /** I11: at some moment since the process began, everything held agreed with the decision. */
  function isHeld(process: Process, order: string, is: (status: ReturnType<typeof statusAt>) => boolean): boolean {
    const since = (written.get(order) ?? []).map(({ at }) => at).filter((at) => at > process.startedAt);
    return [process.startedAt, ...since, now()].some((instant) => is(statusAt(order, instant)));
  }

  /** I11: the event that superseded this one and that Telnyx had listed long before. */
  function surpassedBy(eventId: string, process: Process): Happening | undefined {
    const told = happenings.find(({ event, webhook }) => event.id === eventId || webhook?.id === eventId);
    if (!told) return undefined;
    const arrivedAt = truth.arrivals.get(told.webhook?.id ?? '');
    const isLive = arrivedAt !== undefined && arrivedAt - told.createdAt < HOUR + PROMPT;
    if (isLive) return undefined;
    const isRead = ({ visibleAt, completeAt, createdAt }: Happening) =>
      visibleAt <= process.startedAt - SURELY_READ && completeAt - createdAt <= PROMPT;
    return happenings.find(
      (one) =>
        one.event.porting_order_id === told.event.porting_order_id &&
        /status_changed|deleted/.test(one.event.event_type) &&
        one.createdAt > told.createdAt + PROMPT &&
        isRead(one),
    );
  }

  function onEvent(process: Process, { type, detail, at }: Published): void {
    const order = detail.order as { id: string; acts: string; act_by: string | null; status: { value: string } };
    const ids = [detail.id, order?.id];
    if (type === 'porting_order.action_required') {
      const eventId = String(detail.event_id);
      const isTheOne = ({ value, eventId: told }: ReturnType<typeof statusAt>) =>
        value === 'exception' && (told === eventId || !plan.webhooks.sameIds);
      if (!isHeld(process, order.id, isTheOne)) truth.violate('I11', 'nothing that is held calls for action', ids);
      const later = surpassedBy(eventId, process);
      if (later) truth.violate('I11', `it was superseded at ${new Date(later.createdAt).toISOString()}`, ids);
      if (detail.id !== `${eventId}:action_required`) truth.violate('I13', 'another id', ids);
    }
    if (type === 'porting_order.overdue' && !isHeld(process, order.id, ({ value }) => value === order.status.value))
      truth.violate('I11', 'the order is no longer in this status', ids);
    const isAsking = type === 'porting_order.action_required' || type === 'porting_order.overdue';
    const isOver =
      order?.acts === 'customer' && order.act_by !== null && Date.parse(millis(order.act_by)) <= process.startedAt;
    if (isAsking && isOver) truth.violate('I12', `at ${new Date(at).toISOString()}, ${order.act_by} has passed`, ids);
  }

  return { onWrite, onEvent };
}

function millis(timestamp: string): string {
  return `${timestamp.slice(0, 23)}Z`;
}
