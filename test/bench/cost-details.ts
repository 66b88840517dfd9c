import { recordReading } from '../../functions/ledger/orders/order-readings.ts';
import { readOrder } from '../../functions/ledger/orders/orders.ts';
import { readSync } from '../../functions/ledger/runs/sync-state.ts';
import { readDetails } from '../../functions/porting/order-details.ts';
import { decide } from '../../functions/publish-events/decide.ts';
import { mayChangeDetails } from '../../functions/sync-events/changed-orders.ts';
import { orderReader } from '../../functions/sync-events/order-reader.ts';
import { passOverOrders } from '../../functions/sync-events/pass-over-orders.ts';
import type { OrdersApi } from '../../functions/telnyx/orders-api.ts';
import { pace } from '../../functions/telnyx/pace.ts';
import { createOrderBook } from '../../infra/local/simulator/orders-api.ts';
import { DAY, type Ledger, MINUTE, mean, NOW, type Operation, open, SAMPLE, sampleOf, seen } from './cost-sample.ts';

/** A sync run lists an event within this time, and then reads its order. */
const READ_AFTER = 5 * MINUTE;

/** What the readings of orders take. */
export interface DetailsCost {
  readonly operations: readonly Operation[];
  /** Readings of an order after its events, for each event. */
  readonly readings: number;
  /** What the sweep puts on the bus beside events, for each event. */
  readonly decided: number;
  /** How often that is, for each event. */
  readonly decisions: number;
  /** The number of open orders that the measured pass compared. */
  readonly passedOver: number;
}

/** Lives through events as they come: each is published, and its order is read if the event may have changed it. */
export async function readingDetails(endpoint: string): Promise<DetailsCost> {
  const { store, bus, published, each, deliver, publish } = await open(endpoint);
  const publisher = { store, bus, apiUrl: 'https://abcdefghij.execute-api.us-east-1.amazonaws.com' };
  const events = sampleOf(3 * SAMPLE);
  let now = 0;
  const book = createOrderBook({}, () => now);
  const folded: Operation[] = [];
  const read: Operation[] = [];
  const decided: Operation[] = [];
  let many = 0;
  const decideNow = () =>
    decide(
      publisher,
      async () => 1,
      () => now,
      () => false,
    );
  for (const event of events) {
    const id = event.porting_order_id;
    book.note(event);
    await deliver(event);
    folded.push(await each('', [event], () => publish([event], seen(event))));
    if (!mayChangeDetails(event)) continue;
    now = seen(event) + READ_AFTER;
    // Telnyx does not have an order that was deleted.
    const { details } = readDetails(book.get(id)) ?? { details: 'gone' as const };
    read.push(
      await each('', [id], async () => {
        // Each reading looks first whether another run has begun.
        await readSync(store, now);
        await readOrder(store, id);
        await recordReading(store, id, { details, isNews: true }, now);
      }),
    );
    const before = published.length;
    const decision = await each('', [now], decideNow);
    // A sweep that finds nothing undecided is a part of every sweep.
    if (published.length > before) decided.push(decision);
    many += published.length - before;
  }
  return {
    operations: [
      averageOf('an event published alone', folded),
      averageOf('a reading of an order', read),
      averageOf('what readings found, decided', decided),
      ...(await passes(endpoint)),
    ],
    readings: read.length / events.length,
    decided: many / events.length,
    decisions: decided.length / events.length,
    passedOver: SAMPLE,
  };
}

/** The second pass over open orders. None has changed since the first. */
async function passes(endpoint: string): Promise<readonly Operation[]> {
  const empty = await open(endpoint);
  const none = await empty.each('a pass over no open order', [NOW], () => pass(empty, []));
  const ledger = await open(endpoint);
  const events = openedBy(SAMPLE);
  const book = createOrderBook({}, () => NOW);
  for (const event of events) {
    book.note(event);
    await ledger.list(event);
  }
  await ledger.publish(events);
  const records = events.map(({ porting_order_id }) => book.get(porting_order_id));
  await pass(ledger, records);
  return [none, await ledger.each('a pass over open orders', [NOW], () => pass(ledger, records))];
}

/** The first event of many orders: each is then open. */
function openedBy(many: number) {
  const firsts = new Map(
    sampleOf(12 * many)
      .toReversed()
      .map((event) => [event.porting_order_id, event]),
  );
  const events = [...firsts.values()].slice(0, many);
  if (events.length < many) throw new Error(`The sample has ${events.length} orders, not ${many}.`);
  return events;
}

async function pass({ store }: Ledger, records: readonly unknown[]): Promise<void> {
  const page = { records, totalPages: 1, totalResults: records.length, holdSeconds: undefined };
  const telnyx: OrdersApi = {
    list: async () => page,
    show: () => {
      throw new Error('No order has changed.');
    },
  };
  const clock = { now: () => NOW, sleep: async () => {} };
  const { runs } = await readSync(store, NOW);
  const reader = orderReader({
    store,
    api: async () => telnyx,
    clock,
    calls: pace(Number.POSITIVE_INFINITY, () => NOW + MINUTE, clock),
    until: NOW + MINUTE,
    endsAt: NOW + 5 * MINUTE,
    lastRun: runs,
    wasRefused: false,
  });
  await passOverOrders(store, reader, NOW, DAY);
}

function averageOf(what: string, each: readonly Operation[]): Operation {
  const sum = { requests: 0, read: 0, write: 0, indexes: {} as Record<string, number> };
  for (const { requests, read, write, indexes } of each) {
    sum.requests += requests;
    sum.read += read;
    sum.write += write;
    for (const [name, units] of Object.entries(indexes)) sum.indexes[name] = (sum.indexes[name] ?? 0) + units;
  }
  return { what, ...mean(sum, each.length) };
}
