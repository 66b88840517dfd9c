import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { uuid } from '../porting-events.ts';
import { idsOf, newEvent, newestFirst, type SyncedAccount, startSyncedAccount } from './synced-account.ts';

/**
 * Paging by number over a list that grows. This holds while no event moves within the list:
 * - every page is the list's page at the moment of the request;
 * - an event that was there at the start is never skipped, and the order is kept;
 * - n events that arrive before what has been read make the next page begin with the last n again, so some are seen
 *   twice;
 * - a reader that sets `filter[created_at][lte]` to the present sees each event once, unless an older one arrives late.
 *
 * An event moves at most once, by seconds, when the list's `created_at` replaces its webhook's `occurred_at`.
 */
let account: SyncedAccount;

beforeAll(async () => {
  account = await startSyncedAccount(12);
});

afterAll(() => account?.close());

const size = 10;

/** Webhooks that arrive beside the reader, one after the other. */
function arrivals(next: () => PortingEvent) {
  let stored = 0;
  let all = Promise.resolve();
  return {
    /** Sends three more and waits for the first: the others are stored while the reader continues. */
    async some() {
      const [first] = Array.from({ length: 3 }, () => {
        all = all.then(() => account.deliver(next()));
        return all.then(() => {
          stored += 1;
        });
      });
      await first;
    },
    /** The number of webhooks, once all are stored. */
    async end() {
      await all;
      return stored;
    },
  };
}

/** What the ledger says it holds: read page by page while nothing arrives. */
async function held(): Promise<readonly PortingEvent[]> {
  const events: unknown[] = [];
  for await (const event of account.sdk().porting.events.list({ 'page[size]': 250 })) events.push(event);
  return events as PortingEvent[];
}

test('between two pages: each page is current, and none of the first events is skipped', async () => {
  const first = await held();
  let list = first;
  const seen: (string | undefined)[] = [];
  let number = 0;
  const page = await account.sdk().porting.events.list({ 'page[size]': size });
  for await (const { data } of page.iterPages()) {
    expect(idsOf(data)).toEqual(idsOf(list.slice(number * size, (number + 1) * size)));
    seen.push(...idsOf(data).filter((id) => id !== undefined));
    number += 1;

    // Some are of the present, and some late: among those that have been read, and among those that have not.
    const late = [(number * size) / 2, number * size + size / 2]
      .filter(() => number % 3 === 0)
      .flatMap((index) => (list[index]?.created_at ? [newEvent({ created_at: list[index].created_at })] : []));
    const arriving = [...Array.from({ length: (number * 7) % 5 }, () => newEvent()), ...late];
    for (const event of arriving) await account.deliver(event);
    list = newestFirst([...list, ...arriving]);
  }
  expect(number).toBeGreaterThan(first.length / size);
  const known = new Set(idsOf(first));
  const firstSights = [...new Set(seen)].filter((id) => known.has(id));
  expect(firstSights).toEqual(idsOf(first));
  expect(seen.length).toBeGreaterThan(new Set(seen).size);
});

test('all the time: none is skipped, and at most as many are seen twice as have arrived', async () => {
  const first = await held();
  // What happens to the last page while events arrive is in last-page.test.ts.
  const late = idsOf(first.slice(-2 * size));
  const arriving = arrivals(() => newEvent());
  const seen: (string | undefined)[] = [];
  for await (const { id } of account.sdk().porting.events.list({ 'page[size]': size })) {
    seen.push(id);
    if (seen.length % size > 0) continue;
    if (late.includes(id)) await arriving.end();
    else await arriving.some();
  }
  const known = new Set(idsOf(first));
  expect([...new Set(seen)].filter((id) => known.has(id))).toEqual(idsOf(first));
  const twice = seen.length - new Set(seen).size;
  expect(twice).toBeGreaterThan(0);
  expect(twice).toBeLessThanOrEqual(await arriving.end());
});

test('up to the present, all the time: every event exactly once', async () => {
  const first = await held();
  const lte = new Date().toISOString();
  const arriving = arrivals(() => newEvent({ created_at: new Date(Date.now() + 1_000).toISOString() }));
  const seen: (string | undefined)[] = [];
  const query = { filter: { created_at: { lte } }, 'page[size]': size };
  for await (const { id } of account.sdk().porting.events.list(query)) {
    seen.push(id);
    if (seen.length % size === 0) await arriving.some();
  }
  expect(seen).toEqual(idsOf(first));
  expect(await arriving.end()).toBeGreaterThanOrEqual(first.length / size);
});

test('a known exception: an event that moves past the reader makes it skip one', async () => {
  const order = { porting_order_id: uuid(77), payload: { id: uuid(77) } };
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
  const [moving, still, oldest] = [60, 70, 90].map((age) => newEvent({ ...order, created_at: ago(age) }));
  if (!moving || !still || !oldest) throw new Error('three events');
  for (const event of [moving, still, oldest]) await account.deliver(event);

  const query = { filter: { porting_order_id: order.porting_order_id }, 'page[size]': 1 };
  const seen: (string | undefined)[] = [];
  for await (const { id } of account.sdk().porting.events.list(query)) {
    seen.push(id);
    if (seen.length > 1) continue;
    account.simulator.api.put({ ...moving, created_at: ago(80) });
    await account.sync({ days: 1 });
  }
  expect(seen).toEqual(idsOf([moving, moving, oldest]));
});
