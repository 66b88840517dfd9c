import { setTimeout as sleep } from 'node:timers/promises';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { countDays } from '../../functions/ledger/day-counts.ts';
import { recordDelivery } from '../../functions/ledger/deliveries.ts';
import { getEvent, type ListFilter, listEvents } from '../../functions/ledger/list.ts';
import { type ListedEvent, readHeld, recordListing } from '../../functions/ledger/listings.ts';
import { recordAttempt, recordOutcome } from '../../functions/ledger/republishes.ts';
import type { Row, Store } from '../../functions/ledger/store.ts';
import { factsOf } from '../../functions/porting/event.ts';
import { once } from '../../functions/republish-event/once.ts';
import { runSync } from '../../functions/sync-events/run.ts';
import { readWebhook } from '../../functions/telnyx/webhook.ts';
import { withoutPayload } from '../../infra/local/simulator/lives.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { webhookBody, webhookCount } from '../../infra/local/simulator/webhooks.ts';
import { tables } from '../../infra/service.ts';
import { openStoreAt } from '../open-store-at.ts';
import { meter, type Units } from './metered-client.ts';
import { eventsOf, seed } from './seed.ts';

const DAY = 24 * 3_600_000;
const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 20, 12);
/** Events that each operation is done with: of every type, as an account has them. */
const SAMPLE = 200;
const LARGEST_ANSWER = 5_500_000;

/** What one operation takes of DynamoDB: the mean over the sample. */
export interface Operation extends Units {
  readonly what: string;
}

/** Measures every operation of the cost table in docs/data.md, on ledgers of their own. */
export async function operations(endpoint: string): Promise<readonly Operation[]> {
  return [
    ...(await writing(endpoint)),
    ...(await reading(endpoint, '1,000 in a year', 1_000, 365.5)),
    ...(await reading(endpoint, '100,000 in a year', 100_000, 365.5)),
    ...(await reading(endpoint, '100,000 in 36.5 days', 100_000, 36.5)),
  ];
}

async function open(endpoint: string) {
  const store = await openStoreAt(endpoint);
  const taken = meter(store.client);
  async function each<Item>(what: string, items: readonly Item[], task: (item: Item) => Promise<unknown>) {
    taken();
    for (const item of items) await task(item);
    return { what, ...mean(taken(), items.length) };
  }
  return { store, each };
}

function mean({ requests, read, write, indexes }: Units, many: number): Units {
  const parts = Object.entries(indexes).map(([name, units]) => [name, units / many]);
  return { requests: requests / many, read: read / many, write: write / many, indexes: Object.fromEntries(parts) };
}

async function writing(endpoint: string): Promise<readonly Operation[]> {
  const { store, each } = await open(endpoint);
  const events = [...eventsOf({ events: 3 * SAMPLE, days: 100, now: NOW })].filter((event) => webhookCount(event) > 0);
  const [told, listed, late] = [events.slice(0, SAMPLE), events.slice(SAMPLE, 2 * SAMPLE), events.slice(-SAMPLE / 4)];
  const deliver = (event: PortingEvent, off = 0) => recordDelivery(store, delivered(event, off), seen(event));
  const list = (event: PortingEvent) => recordListing(store, listing(event), seen(event) + MINUTE);
  const ids = (of: readonly PortingEvent[]) => of.map(({ id }) => id);
  return [
    await each('a webhook, first', told, (event) => deliver(event)),
    await each('a webhook, again', told, (event) => deliver(event)),
    await each('a listed event whose webhook came first', told, list),
    await each('a webhook, again, after the list', told, (event) => deliver(event)),
    await each('a new event by sync (the write)', listed, (event) => list(withoutPayload(event))),
    await each('a listed event whose payload has been completed', listed, list),
    await each('a webhook, first, after the list', listed, (event) => deliver(event)),
    await each('a webhook, first, of a day that is over', late, (event) =>
      recordDelivery(store, delivered(event), seen(event) + 3 * DAY),
    ),
    await moved(endpoint, told),
    perEvent(
      await each('an event that the sync looks up (known or not)', [told, listed], (of) => readHeld(store, ids(of))),
    ),
    await each('a republish', ids(told), (id) => republish(store, id)),
    await each('a republish with an Idempotency-Key', ids(told), (id) => republishOnce(store, id)),
    await each('a republish with that key again', ids(told), (id) => republishOnce(store, id)),
    await quietRun(endpoint),
  ];
}

function perEvent({ what, ...units }: Operation): Operation {
  return { what, ...mean(units, SAMPLE) };
}

/** Telnyx's `created_at` lies some seconds off the webhook's `occurred_at`: then all three index entries are replaced. */
async function moved(endpoint: string, events: readonly PortingEvent[]): Promise<Operation> {
  const { store, each } = await open(endpoint);
  for (const event of events) await recordDelivery(store, delivered(event, 3_000), seen(event));
  return each('the same, when Telnyx dates the two differently', events, (event) =>
    recordListing(store, listing(event), seen(event) + MINUTE),
  );
}

async function quietRun(endpoint: string): Promise<Operation> {
  const { store, each } = await open(endpoint);
  let now = NOW;
  const nothing = { records: [], totalPages: 0, totalResults: 0, holdSeconds: undefined };
  const api = async () => ({ list: async () => nothing, republish: async () => {} });
  const run = (number: number) =>
    runSync(undefined, {
      store,
      bus: { put: async () => new Map() },
      api,
      clock: { now: () => now, sleep },
      requestsPerSecond: Number.POSITIVE_INFINITY,
      runId: `2026-11-20T12:00:00.000Z-${number}`,
      endsAt: now + 300_000,
    });
  await run(0);
  return each('a sync run with nothing new', [1, 2, 3, 4], (number) => {
    now += 5 * MINUTE;
    return run(number);
  });
}

async function reading(endpoint: string, ledger: string, events: number, days: number): Promise<readonly Operation[]> {
  const { store, each } = await open(endpoint);
  const account = { events, days, now: NOW };
  await seed(store, account);
  const noons = Array.from({ length: Math.ceil(days) + 1 }, (_, index) => NOW - (Math.ceil(days) - index) * DAY);
  const counted = await each('', [0], async () => {
    for (const noon of noons) await countDays(store, () => noon, Number.POSITIVE_INFINITY);
  });
  const pages: Operation[] = [];
  for (const [name, filter] of [
    ['all events', {}],
    ['one type', { type: 'porting_order.status_changed' }],
  ] as [string, ListFilter][]) {
    for (const size of [20, 250]) {
      const { total } = await listEvents(store, filter, { number: 1, size: 1 }, LARGEST_ANSWER);
      const last = Math.max(1, Math.floor(total / size));
      for (const [place, number] of [
        ['first', 1],
        ['middle', Math.ceil(last / 2)],
        ['last', last],
      ] as const) {
        const what = `${ledger}: ${name}, ${place} page of ${size}`;
        pages.push(await each(what, [number], () => listEvents(store, filter, { number, size }, LARGEST_ANSWER)));
      }
    }
  }
  const [{ id = '', porting_order_id: portingOrderId = '' } = {}] = eventsOf(account);
  const page = { number: 1, size: 20 };
  return [
    ...pages,
    await each(`${ledger}: an order's timeline`, [portingOrderId], () =>
      listEvents(store, { portingOrderId }, page, LARGEST_ANSWER),
    ),
    await each(`${ledger}: one event`, [id], () => getEvent(store, id)),
    { ...counted, what: `${ledger}: counting a day, once`, ...mean(counted, noons.length) },
  ];
}

/** Mean bytes of an event that webhook and list have told: its row, and its entries in the indexes, without what DynamoDB adds. */
export interface RowSize {
  readonly row: number;
  readonly entries: number;
}

export async function rowSize(endpoint: string): Promise<RowSize> {
  const { store } = await open(endpoint);
  for (const event of eventsOf({ events: SAMPLE, days: 100, now: NOW })) {
    if (webhookCount(event) > 0) await recordDelivery(store, delivered(event), seen(event));
    await recordListing(store, listing(event), seen(event) + MINUTE);
  }
  const size = { row: 0, entries: 0 };
  for await (const { Items = [] } of paginateScan({ client: store.client }, { TableName: store.events })) {
    for (const row of Items) {
      size.row += bytesOf(row) / SAMPLE;
      for (const { partitionKey, sortKey, include } of Object.values(tables.events.indexes)) {
        const entry = ['id', partitionKey, sortKey, ...include].map((name) => [name, row[name] ?? {}]);
        size.entries += bytesOf(Object.fromEntries(entry)) / SAMPLE;
      }
    }
  }
  return size;
}

/** Names count too; a short number takes two or three bytes. */
function bytesOf(row: Row): number {
  return Object.entries(row).reduce((sum, [name, { S = '123' }]) => sum + name.length + Buffer.byteLength(S), 0);
}

/** Two seconds after the event. */
function seen({ created_at, payload }: PortingEvent): number {
  return Date.parse(created_at ?? String(payload?.created_at)) + 2_000;
}

function delivered(event: PortingEvent, off = 0) {
  const created_at = new Date(seen(event) - 2_000 + off).toISOString();
  const body = webhookBody(off ? { ...event, created_at } : event, { url: 'https://example.com/', attempt: 1 });
  const webhook = readWebhook(Buffer.from(body));
  if (webhook.is !== 'event') throw new Error(`The simulator's webhook is no event: ${body}`);
  return webhook.event;
}

function listing(event: PortingEvent): ListedEvent {
  const facts = factsOf(event, new Date(NOW).toISOString());
  if (!facts) throw new Error('The simulator made a record that is no event.');
  return { facts, json: JSON.stringify(event) };
}

async function republish(store: Store, id: string) {
  const attempt = await recordAttempt(store, id, 'operate 0123abcd', NOW);
  await recordOutcome(store, attempt, 'sent');
  return { statusCode: 204 };
}

let requests = 0;
function republishOnce(store: Store, id: string) {
  requests += 1;
  const longestRequest = 30_000;
  const options = {
    store,
    key: `key of ${id}`,
    subject: id,
    requestId: `${requests}`,
    longestRequest,
    remaining: () => 29_000,
  };
  return once(options, () => republish(store, id));
}
