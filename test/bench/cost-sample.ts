import type { BusEvent } from '../../functions/bus/entries.ts';
import { readUnpublished } from '../../functions/ledger/events/outbox.ts';
import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import { type Held, type ListedEvent, readHeld } from '../../functions/ledger/events/record-listing.ts';
import { factsOf } from '../../functions/porting/event.ts';
import { publishRows } from '../../functions/publish-events/publish.ts';
import { readWebhook } from '../../functions/telnyx/webhook.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { webhookBody, webhookCount } from '../../infra/local/simulator/webhooks.ts';
import { openStoreAt } from '../open-store-at.ts';
import { recordListing } from '../porting-events.ts';
import { meter, type Units } from './metered-client.ts';
import { eventsOf } from './seed.ts';

export const DAY = 24 * 3_600_000;
export const MINUTE = 60_000;
export const NOW = Date.UTC(2026, 10, 20, 12);
/** The events of each measured operation: of every type, as an account has them. */
export const SAMPLE = 200;

/** How far Telnyx's `created_at` is from the webhook's `occurred_at`, in milliseconds. */
export const OFF = 3_000;

/** What one operation takes of DynamoDB: the mean over the sample. */
export interface Operation extends Units {
  readonly what: string;
}

/** An empty ledger whose requests are metered. Events put on its bus are kept. */
export async function open(endpoint: string) {
  const store = await openStoreAt(endpoint);
  const taken = meter(store.client);
  const published: BusEvent[] = [];
  const bus = {
    async put(busEvents: readonly BusEvent[]) {
      published.push(...busEvents);
      return new Map<BusEvent, string>();
    },
  };
  const publisher = { store, bus, apiUrl: 'https://abcdefghij.execute-api.us-east-1.amazonaws.com' };

  async function each<Item>(what: string, items: readonly Item[], task: (item: Item) => Promise<unknown>) {
    taken();
    for (const item of items) await task(item);
    return { what, ...mean(taken(), items.length) };
  }

  return {
    store,
    bus,
    published,
    each,
    deliver: (event: PortingEvent, off = 0) => recordDelivery(store, delivered(event, off), seen(event)),
    /** @param held what the sync has looked up before; without it the event is new */
    list: (event: PortingEvent, held?: ReadonlyMap<string, Held>) =>
      recordListing(store, listing(event), seen(event) + MINUTE, held?.get(event.id)),
    held: (events: readonly PortingEvent[]) => readHeld(store, ids(events)),
    /** Those with work for the publisher: Lambda's filter holds the others back. */
    async marked(events: readonly PortingEvent[]) {
      const marked = new Set((await readUnpublished(store, ids(events))).rows.map(({ id }) => id));
      return events.filter(({ id }) => marked.has(id));
    },
    /** At one instant for all of them, so the ledger notes only once that a type of webhook arrives. */
    publish: (events: readonly PortingEvent[], now = NOW) => publishRows(ids(events), publisher, () => now, 'stream'),
  };
}

export type Ledger = Awaited<ReturnType<typeof open>>;

export function mean({ requests, read, write, indexes }: Units, many: number): Units {
  const parts = Object.entries(indexes).map(([name, units]) => [name, units / many]);
  return { requests: requests / many, read: read / many, write: write / many, indexes: Object.fromEntries(parts) };
}

/** The cost of an operation on several events, for each of them. */
export function perEvent({ what, ...units }: Operation, many: number): Operation {
  return { what, ...mean(units, many) };
}

export const ids = (events: readonly PortingEvent[]) => events.map(({ id }) => id);

/** Events that come by webhook, one order after another, each from its first event to its last. */
export function sampleOf(many: number): readonly PortingEvent[] {
  const events = [...eventsOf({ events: 2 * many, days: 100, now: NOW })];
  const orders = Map.groupBy(events, ({ porting_order_id }) => porting_order_id);
  const told = [...orders.values()]
    .flatMap((order) => order.sort((one, other) => seen(one) - seen(other)))
    .filter((event) => webhookCount(event) > 0);
  if (told.length < many) throw new Error(`The account has ${told.length} such events, not ${many}.`);
  return told.slice(0, many);
}

/** Two seconds after the event. */
export function seen({ created_at, payload }: PortingEvent): number {
  return Date.parse(created_at ?? String(payload?.created_at)) + 2_000;
}

/** The content of an event's webhook, with its date this many milliseconds off. */
export function delivered(event: PortingEvent, off = 0) {
  const created_at = new Date(seen(event) - 2_000 + off).toISOString();
  const body = webhookBody(off ? { ...event, created_at } : event, { url: 'https://example.com/', attempt: 1 });
  const webhook = readWebhook(Buffer.from(body));
  if (webhook.is !== 'event') throw new Error(`The simulator's webhook is no event: ${body}`);
  return webhook.event;
}

function listing(event: PortingEvent): ListedEvent {
  const facts = factsOf(event, new Date(NOW).toISOString());
  if (!facts) throw new Error('The simulator made a record that is no event.');
  return { facts, record: event };
}
