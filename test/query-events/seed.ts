import { markMissed, markUnlisted } from '../../functions/ledger/events/awaited.ts';
import { claimHealing, recordHealing } from '../../functions/ledger/gaps/healing.ts';
import type { HeldFact } from '../../functions/ledger/orders/order-packing.ts';
import { changeOrder } from '../../functions/ledger/orders/orders.ts';
import { markOverdue } from '../../functions/ledger/orders/orders-by-status.ts';
import { newRun, putRun, type SyncRun } from '../../functions/ledger/runs/sync-runs.ts';
import type { OrderStore, Store } from '../../functions/ledger/table/store.ts';
import type { PortingEvent } from '../../functions/porting/event.ts';
import type { OrderState } from '../../functions/porting/order.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { listedEvent, uuid } from '../porting-events.ts';
import { delivered, listed } from './reader.ts';

/** What one event says about an order. */
export interface Told {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly status?: string;
  readonly reference?: string;
  readonly supportKey?: string;
}

let facts = 0;

/** Folds events into an order, as the publisher does. */
export async function tell(store: OrderStore, id: string, ...told: readonly Told[]): Promise<OrderState> {
  const fresh = told.map(({ at, status, reference, supportKey }): HeldFact => {
    facts += 1;
    return {
      id: uuid(9_000_000 + facts),
      at: timestampOf(at),
      type: status === undefined ? 'porting_order.new_comment' : 'porting_order.status_changed',
      v: `1#${timestampOf(at)}`,
      listed: true,
      webhook: true,
      ...(status !== undefined && { status: { value: status, details: [] } }),
      ...(reference !== undefined && { reference }),
      ...(supportKey !== undefined && { supportKey }),
    };
  });
  const { state } = await changeOrder(store, id, Date.now(), (held) => [...held, ...fresh]);
  return state;
}

/** Records that an order is overdue in its present status, as the nightly run does. */
export async function overdue(store: OrderStore, { id, status_since }: OrderState, now: number): Promise<void> {
  await markOverdue(store, id, status_since ?? '', now);
}

/** Makes a missed event. */
export async function missed(store: Store, event: PortingEvent, at: number): Promise<void> {
  await listed(store, event, at);
  if (!(await markMissed(store, event.id, at))) throw new Error('its webhook is not awaited');
}

/** Makes a recovered event: its webhook arrives after the event was missed. */
export async function recovered(store: Store, event: PortingEvent, at: number): Promise<void> {
  await missed(store, event, at);
  await delivered(store, event, at + 1_000);
}

/** Makes an unlisted event. */
export async function unlisted(store: Store, event: PortingEvent, at: number): Promise<void> {
  await delivered(store, event, at);
  if (!(await markUnlisted(store, event.id, at))) throw new Error('it is listed');
}

/** Makes a missed event that healing has republished. */
export async function healed(store: Store, event: PortingEvent, at: number): Promise<void> {
  await missed(store, event, at);
  await claimHealing(store, event.id, 'a worker', at);
  await recordHealing(store, event.id, 'a worker', 'sent');
}

/** Makes a sync run that began at `startedAt`. */
export async function ran(store: Store, startedAt: number, fields: Partial<SyncRun> = {}): Promise<SyncRun> {
  const run: SyncRun = {
    ...newRun({
      id: `${new Date(startedAt).toISOString()}-00000000`,
      trigger: 'schedule',
      window: { from: startedAt - 1_200_000, to: startedAt - 5_000 },
      status: 'complete',
      startedAt,
    }),
    through: startedAt - 600_000,
    pages: 2,
    seen: 17,
    inserted: 3,
    confirmed: 1,
    ...fields,
  };
  await putRun(store, run, startedAt + 1_000);
  return run;
}

/** An event of a minute of a day. */
export function eventAt(number: number, createdAt: number, fields: Partial<PortingEvent> = {}): PortingEvent {
  return listedEvent(number, { created_at: timestampOf(createdAt), ...(fields as object) });
}
