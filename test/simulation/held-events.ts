import { deliveredIn, listedIn } from '../../functions/ledger/events/bodies.ts';
import type { Row } from '../../functions/ledger/table/values.ts';
import { type PortingEvent as LedgerRecord, recordOf } from '../../functions/porting/event.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { assignedTo, type Write } from './dynamodb.ts';
import type { Happening } from './lives.ts';
import { type PlainOrder, plainOrder } from './plain-order.ts';
import type { Process } from './processes.ts';
import type { Truth } from './truth.ts';

/** The attributes that make a body whole. */
const WRITTEN = ['listing', 'delivery', 'event_type', 'porting_order_id', 'created_at_id', 'record_version'];

interface World {
  readonly truth: Truth;
  readonly happenings: readonly Happening[];
  readonly now: () => number;
}

/** What the ledger holds of each order's events, at any instant until now. */
export function watchHeldEvents({ truth, happenings, now }: World) {
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

  /** The order by everything that was held at an instant. */
  function orderAt(order: string, instant: number): PlainOrder {
    const wasJoined = (id: string) => (truth.joined.get(id) ?? Number.POSITIVE_INFINITY) <= instant;
    const held = (written.get(order) ?? []).filter(({ at }) => at <= instant);
    const events = [
      ...Map.groupBy(held, ({ event: { id } }) => (wasJoined(id) && listedId.get(id)) || id).values(),
    ].flatMap((writes) => {
      const listed = writes.findLast((write) => write.listed)?.event;
      const delivered = writes.find((write) => !write.listed)?.event;
      return (recordOf(listed, delivered) as PortingEvent | undefined) ?? [];
    });
    return plainOrder(order, events);
  }

  /** True if, at some moment since the process began, the order was so by everything held. */
  function wasSo(process: Process, order: string, isSo: (state: PlainOrder) => boolean): boolean {
    const since = (written.get(order) ?? []).map(({ at }) => at).filter((at) => at > process.startedAt);
    return [process.startedAt, ...since, now()].some((instant) => isSo(orderAt(order, instant)));
  }

  return { onWrite, wasSo };
}
