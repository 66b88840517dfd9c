import type { BusEvent } from '../../functions/bus/entries.ts';
import type { HeldOrder } from '../../functions/ledger/orders/order-row.ts';
import { readOrder } from '../../functions/ledger/orders/orders.ts';
import { readCurrent } from '../../functions/ledger/runs/current.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import { decide } from '../../functions/publish-events/decide.ts';
import { sweep } from '../../functions/publish-events/sweep.ts';
import { runRequested } from '../../functions/sync-events/requested.ts';
import type { SyncResult } from '../../functions/sync-events/result.ts';
import type { SyncOptions } from '../../functions/sync-events/run.ts';
import { ordersApi } from '../../functions/telnyx/orders-api.ts';
import type { ApiRequest, EventsApiOptions, PortingEvent } from '../../infra/local/simulator/events-api.ts';
import { listedEvent, uuid } from '../porting-events.ts';
import { MINUTE, openRig, type Rig, TIMEOUT } from './rig.ts';

export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const INTERVAL = 5 * MINUTE;

/** An order's id. */
export const order = (number: number): string => uuid(0xa0000 + number);

/** A {@link Rig} with Telnyx's porting orders, whose sync reads them, and with a publisher that folds. */
export interface OrderRig extends Rig {
  /** The events on the bus, oldest first. */
  readonly onBus: readonly BusEvent[];
  /** Puts a status change into Telnyx's list, now or some minutes before. */
  status(number: number, value: string, minutesAgo?: number): PortingEvent;
  /** Gives an order a status without any event. */
  silently(number: number, value: string): void;
  /** Calls the function for its schedule, as Lambda does: the scheduled run, then the orders. */
  call(changes?: Partial<SyncOptions>): Promise<readonly SyncResult[]>;
  /** Calls it each 5 minutes over a time, with a publisher that does its work in between. */
  live(milliseconds: number): Promise<void>;
  /** Folds and publishes what waits. */
  publish(): Promise<void>;
  held(number: number): Promise<HeldOrder>;
  /** How many times each path of porting orders was asked for, since the last look. */
  asked(): Readonly<Record<string, number>>;
  orders(api?: string): NonNullable<SyncOptions['orders']>;
}

export async function openOrderRig(options: Partial<EventsApiOptions> = {}): Promise<OrderRig> {
  const rig = (await openRig(options)) as OrderRig;
  const { store, telnyx } = rig;
  const onBus: BusEvent[] = [];
  const bus = {
    put: async (events: readonly BusEvent[]) => {
      onBus.push(...events);
      return new Map();
    },
  };
  const now = () => rig.time;
  let events = 0;
  let seen = 0;
  const eventOf = (number: number, value: string, minutesAgo: number) => {
    events += 1;
    const created_at = new Date(rig.time - minutesAgo * MINUTE).toISOString();
    const payload = { id: order(number), status: { value, details: [] }, updated_at: created_at };
    return listedEvent(events, { porting_order_id: order(number), payload, created_at, updated_at: created_at });
  };
  return Object.assign(rig, {
    onBus,
    status(number: number, value: string, minutesAgo = 0) {
      const event = eventOf(number, value, minutesAgo);
      telnyx.put(event);
      return event;
    },
    silently(number: number, value: string) {
      const event = eventOf(number, value, 0);
      telnyx.put(event);
      telnyx.remove(event.id);
    },
    orders: (url = telnyx.url) => ({
      store,
      api: async () => ordersApi({ apiKey: 'KEYtest', baseUrl: url, timeout: TIMEOUT }),
      interval: INTERVAL,
    }),
    call(changes: Partial<SyncOptions> = {}) {
      const clock = {
        now,
        sleep: async (milliseconds: number) => {
          rig.time += milliseconds;
        },
      };
      const what = { store, bus, api: async () => rig.client, clock, requestsPerSecond: 2, orders: rig.orders() };
      return runRequested({ ...what, endsAt: rig.time + 900_000, ...changes }, { scheduledFirst: true });
    },
    async publish() {
      const publisher = { store, bus, apiUrl: 'https://ledger.example' };
      await sweep(publisher, 0, now, () => false);
      rig.time += 10_000;
      await decide(
        publisher,
        () => readCurrent(store, INTERVAL, rig.time),
        now,
        () => false,
      );
    },
    async live(milliseconds: number) {
      for (const until = rig.time + milliseconds; rig.time < until; ) {
        const startedAt = rig.time;
        await rig.call();
        await rig.publish();
        rig.time = startedAt + INTERVAL;
      }
    },
    held: (number: number) => readOrder(store, order(number)),
    asked() {
      const asked = telnyx.requests.slice(seen).filter(({ path }) => path.startsWith('/v2/porting_orders'));
      seen = telnyx.requests.length;
      const counts: Record<string, number> = {};
      for (const request of asked) counts[nameOf(request)] = (counts[nameOf(request)] ?? 0) + 1;
      return counts;
    },
  });
}

/** `list`, or the number of the order that was asked for. */
export function nameOf({ path }: ApiRequest): string {
  const id = path.split('/')[3];
  return id === undefined ? 'list' : String(Number.parseInt(id.slice(-12), 16) - 0xa0000);
}

/** The writes to a ledger from now on, by command and table. */
export function countWrites(store: OrderStore): { readonly store: OrderStore; readonly writes: readonly string[] } {
  const writes: string[] = [];
  const client = Object.create(store.client, {
    send: {
      value: (command: Parameters<typeof store.client.send>[0], ...rest: never[]) => {
        const { TableName, Item, Key } = command.input as { TableName: string } & Record<
          string,
          { kind?: { S: string } }
        >;
        const name = command.constructor.name.replace(/(Item)?Command/, '');
        if (!/Get|Query/.test(name)) {
          const table = TableName === store.orders ? 'orders' : TableName === store.events ? 'events' : 'control';
          writes.push(`${name} ${(Item ?? Key)?.kind?.S ?? table}`);
        }
        return store.client.send(command, ...rest);
      },
    },
  });
  return { store: { ...store, client }, writes };
}
