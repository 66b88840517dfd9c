import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { typesWithoutWebhook, typesWithWebhook } from '../../infra/local/simulator/porting-event.ts';
import { listedEvent } from '../porting-events.ts';
import { idsOf, newestFirst, type SyncedAccount, startSyncedAccount } from './synced-account.ts';

/** Telnyx's own SDK pages over slightly more events than the largest page holds, while none arrives. */
let account: SyncedAccount;
let events: readonly PortingEvent[];

beforeAll(async () => {
  account = await startSyncedAccount(25, ofEveryType);
  events = newestFirst(account.simulator.events());
});

afterAll(() => account?.close());

const types = [...typesWithWebhook, ...typesWithoutWebhook];
/** Orders have events of some types only once. These are all of one instant. */
const ofEveryType = types.flatMap((event_type, index) =>
  Array.from({ length: 6 }, (_, number) => listedEvent(10 * index + number, { event_type })),
);

type EventType = (typeof typesWithWebhook)[number] | (typeof typesWithoutWebhook)[number];
interface Filter {
  readonly type?: EventType;
  readonly porting_order_id?: string;
  readonly created_at?: { readonly gte?: string; readonly lte?: string };
}

async function paged(filter: Filter, size?: number) {
  const found = [];
  const query = { filter, ...(size !== undefined && { 'page[size]': size }) };
  for await (const event of account.sdk().porting.events.list(query)) found.push(event);
  return found;
}

const createdAt = (event: PortingEvent) => event.created_at ?? String(event.payload?.created_at);

function matching({ type, porting_order_id, created_at: { gte = '', lte = '~' } = {} }: Filter) {
  return events.filter(
    (event) =>
      (type === undefined || event.event_type === type) &&
      (porting_order_id === undefined || event.porting_order_id === porting_order_id) &&
      createdAt(event) >= gte &&
      createdAt(event) <= lte,
  );
}

test.each([20, 250, undefined])('all of them, in pages of %s: each once, newest first', async (size) => {
  expect(events.length).toBeGreaterThan(250);
  expect(idsOf(await paged({}, size))).toEqual(idsOf(events));
});

test('how many there are, and how many pages', async () => {
  const { meta } = await account.sdk().porting.events.list({ 'page[number]': 2, 'page[size]': 20 });
  const total_pages = Math.ceil(events.length / 20);
  expect(meta).toEqual({ page_number: 2, page_size: 20, total_pages, total_results: events.length });
});

test('a page of one: the first 40 of all pages', async () => {
  const found: (string | undefined)[] = [];
  for await (const { id } of account.sdk().porting.events.list({ 'page[size]': 1 })) {
    if (found.push(id) === 40) break;
  }
  expect(found).toEqual(idsOf(events.slice(0, 40)));
});

test.each(types)('only %s, in pages of a third', async (type) => {
  const expected = matching({ type });
  expect(expected.length).toBeGreaterThan(5);
  expect(idsOf(await paged({ type }, Math.ceil(expected.length / 3)))).toEqual(idsOf(expected));
});

describe('every combination of the four filters', () => {
  const combinations = Array.from({ length: 16 }, (_, bits) => [1, 2, 4, 8].map((bit) => (bits & bit) !== 0));

  test.each(combinations)('type %s, order %s, from %s, to %s', async (byType, byOrder, from, to) => {
    const type: EventType = 'porting_order.status_changed';
    // The order with most events of the type, so that each filter both selects and excludes something.
    const counts = Map.groupBy(matching({ type }), ({ porting_order_id }) => porting_order_id);
    const [order = ''] = [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
    // Two instants at which an event of the order happened: the bounds are inclusive.
    const times = matching({ porting_order_id: order, type }).map(createdAt);
    const filter: Filter = {
      ...(byType && { type }),
      ...(byOrder && { porting_order_id: order }),
      created_at: { ...(from && { gte: times.at(-2) ?? '' }), ...(to && { lte: times[1] ?? '' }) },
    };
    const expected = matching(filter);
    expect(expected.length).toBeGreaterThan(2);
    const size = Math.max(2, Math.ceil(expected.length / 5));
    expect(idsOf(await paged(filter, Math.min(size, 250)))).toEqual(idsOf(expected));
  });
});

test('a filter that selects nothing: no event, one request', async () => {
  expect(await paged({ created_at: { lte: '2001-01-01T00:00:00Z' } })).toEqual([]);
});

test('every record is as Telnyx lists it, with one more member', async () => {
  const found = (await paged({}, 250)) as unknown as (PortingEvent & { ledger: unknown })[];
  for (const [index, { ledger, ...record }] of found.entries()) {
    expect(record).toStrictEqual(events[index]);
    expect(ledger).toMatchObject({ first_seen_by: 'list', webhook_deliveries: 0, republish_count: 0 });
  }
});
