import { recordReading } from '../../functions/ledger/orders/order-readings.ts';
import { readOrder } from '../../functions/ledger/orders/orders.ts';
import { readDetails } from '../../functions/porting/order-details.ts';
import { decide } from '../../functions/publish-events/decide.ts';
import { createOrderBook } from '../../infra/local/simulator/orders-api.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { MINUTE, mean, type Operation, open, seen } from './cost-sample.ts';

/** Events that cause a reading of their order; the others are left to the hourly pass. */
const CAUSES = /\.(status_changed|split|deleted)$/;
/** A sync run lists an event within this time, and then reads its order. */
const READ_AFTER = 5 * MINUTE;

/** What the readings of orders take, beside the folds of their events. */
export interface DetailsCost {
  readonly operations: readonly Operation[];
  /** Readings of an order after its events, for each event. */
  readonly readings: number;
  /** What the sweep puts on the bus beside events, for each event. */
  readonly decided: number;
}

/** Lives through the events as they come: each is published, and its order is read if it causes a reading. */
export async function readingDetails(endpoint: string, told: readonly PortingEvent[]): Promise<DetailsCost> {
  const { store, bus, published, each, deliver, publish } = await open(endpoint);
  let now = 0;
  const book = createOrderBook({}, () => now);
  const folded: Operation[] = [];
  const read: Operation[] = [];
  const decided: Operation[] = [];
  let many = 0;
  for (const event of told) {
    book.note(event);
    await deliver(event);
    folded.push(await each('', [event], () => publish([event], seen(event))));
    if (!CAUSES.test(event.event_type)) continue;
    now = seen(event) + READ_AFTER;
    const id = event.porting_order_id;
    // Telnyx does not have an order that was deleted.
    const { details } = readDetails(book.get(id)) ?? { details: 'gone' as const };
    read.push(
      await each('', [id], async () => {
        await readOrder(store, id);
        await recordReading(store, id, { details, isNews: true }, now);
      }),
    );
    const before = published.length;
    const publisher = { store, bus, apiUrl: 'https://abcdefghij.execute-api.us-east-1.amazonaws.com' };
    decided.push(
      await each('', [now], () =>
        decide(
          publisher,
          async () => 1,
          () => now,
          () => false,
        ),
      ),
    );
    many += published.length - before;
  }
  return {
    operations: [
      averageOf('an event published alone, its order having been read', folded),
      averageOf('a reading of an order', read),
      averageOf('what a reading found, decided', decided),
    ],
    readings: read.length / told.length,
    decided: many / told.length,
  };
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
