import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { vi } from 'vitest';
import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import { readHeld } from '../../functions/ledger/events/record-listing.ts';
import { eventIn, type LedgerEvent } from '../../functions/ledger/events/row.ts';
import type { HeldOrder } from '../../functions/ledger/orders/order-row.ts';
import { readOrder } from '../../functions/ledger/orders/orders.ts';
import { readCurrent } from '../../functions/ledger/runs/current.ts';
import { beginRun, endRun, moveCursor } from '../../functions/ledger/runs/sync-state.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import type { Row } from '../../functions/ledger/table/values.ts';
import type { PortingEvent } from '../../functions/porting/event.ts';
import { decide } from '../../functions/publish-events/decide.ts';
import { type Outcome, type Publisher, publishRows } from '../../functions/publish-events/publish.ts';
import { sweep } from '../../functions/publish-events/sweep.ts';
import type { BusFaults } from '../../infra/local/bus.ts';
import type { BusEvent } from '../../infra/local/put-events.ts';
import { openStore } from '../open-store.ts';
import { deliveredEvent, listing, recordListing } from '../porting-events.ts';
import { startRealBus } from '../real-bus.ts';

export const MINUTE = 60_000;
export const NOON = Date.parse('2026-03-20T12:00:00Z');
export const API = 'https://ledger.example';

/** A ledger on a real engine, a bus over real HTTP, the publisher between them, and a clock that a test sets. */
export interface Rig {
  readonly store: OrderStore;
  readonly publisher: Publisher;
  readonly faults: { -readonly [Name in keyof BusFaults]: BusFaults[Name] };
  time: number;
  /** What is on the bus, oldest first. */
  onBus(type?: string): readonly BusEvent[];
  deliver(event: PortingEvent): Promise<unknown>;
  list(event: PortingEvent): Promise<unknown>;
  publish(...ids: readonly string[]): Promise<Outcome>;
  sweep(olderThan?: number): ReturnType<typeof sweep>;
  /** Milliseconds between two scheduled runs. */
  interval: number;
  /** Whether the ledger is current. */
  readonly current: () => Promise<number | undefined>;
  /** Publishes what undecided orders ask for, if the ledger is current. */
  decide(): ReturnType<typeof decide>;
  /** Makes a run that has read the list up to `through` (by default the rig's time), and ended a while ago. */
  synced(through?: number): Promise<void>;
  row(id: string): Promise<Row | undefined>;
  event(id: string): Promise<LedgerEvent | undefined>;
  order(id: string): Promise<HeldOrder>;
  /**
   * Calls `act` once, right before the ledger's first request that contains `part`.
   *
   * @returns whether `act` was called
   */
  justBefore(part: string, act: () => Promise<unknown>): () => boolean;
}

export async function openRig(): Promise<Rig> {
  const store = await openStore();
  const faults: Rig['faults'] = {};
  const { bus, client } = await startRealBus({
    request: (entries) => faults.request?.(entries),
    entry: (entry, index) => faults.entry?.(entry, index),
  });
  const publisher = { store, bus: client, apiUrl: API };
  const send = store.client.send.bind(store.client) as (command: unknown) => Promise<unknown>;
  const now = () => rig.time;
  let runs = 0;
  const read = async (id: string) => {
    const get = new GetItemCommand({ TableName: store.events, Key: { id: { S: id } }, ConsistentRead: true });
    return (await store.client.send(get)).Item;
  };
  const rig: Rig = {
    store,
    publisher,
    faults,
    time: NOON,
    interval: 5 * MINUTE,
    onBus: (type) =>
      bus
        .events()
        .toReversed()
        .filter((event) => type === undefined || event['detail-type'] === type),
    deliver: (event) => recordDelivery(store, deliveredEvent(event), rig.time),
    async list(event) {
      const held = (await readHeld(store, [event.id])).get(event.id);
      return recordListing(store, listing(event), rig.time, held);
    },
    publish: (...ids) => publishRows(ids, publisher, now, 'stream'),
    sweep: (olderThan = 0) => sweep(publisher, olderThan, now, () => false),
    current: () => readCurrent(store, rig.interval, now()),
    decide: () => decide(publisher, rig.current, now, () => false),
    async synced(through = rig.time) {
      runs += 1;
      const lease = await beginRun(store, `run-${runs}`, through);
      if (!lease) throw new Error('another run has the lease');
      await moveCursor(store, lease, through - 5_000);
      await endRun(store, lease, through - 10_000, { status: 'complete', completedAt: through });
    },
    row: read,
    async event(id) {
      const row = await read(id);
      return row && eventIn(row);
    },
    order: (id) => readOrder(store, id),
    justBefore(part, act) {
      let done = false;
      vi.spyOn(store.client, 'send').mockImplementation(async (command: unknown) => {
        if (!done && JSON.stringify((command as { input: object }).input).includes(part)) {
          done = true;
          await act();
        }
        return send(command) as never;
      });
      return () => done;
    },
  };
  return rig;
}
