import type { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { countDays, readKeptCounts } from '../../functions/ledger/counts/day-counts.ts';
import { doubtDay } from '../../functions/ledger/counts/doubtful-days.ts';
import { listEvents } from '../../functions/ledger/events/event-list.ts';
import { listingRecorder } from '../../functions/ledger/events/record-listing.ts';
import type { Store } from '../../functions/ledger/table/store.ts';
import { openStore } from '../open-store.ts';
import { listedEvent, listing, recordListing } from '../porting-events.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const noon = Date.parse('2026-03-01T12:00:00Z');

async function insert(store: Store, number: number, at: number): Promise<void> {
  const event = listedEvent(number, { created_at: new Date(at).toISOString() });
  await recordListing(store, listing(event), at);
}

const total = async (store: Store) => (await listEvents(store, {}, { number: 1, size: 1 }, 1e6)).total;

test('a day is counted two hours after its end, not before', async () => {
  const store = await openStore();
  await insert(store, 1, noon);
  const end = Date.parse('2026-03-02T00:00:00Z');
  await countDays(store, () => end + 2 * HOUR - 1, Number.POSITIVE_INFINITY);
  expect((await readKeptCounts(store)).through).toBe('2026-02-28');
  await countDays(store, () => end + 2 * HOUR, Number.POSITIVE_INFINITY);
  const kept = await readKeptCounts(store);
  expect(kept.through).toBe('2026-03-01');
  expect(kept.days.get('2026-03-01')).toEqual({ 'porting_order.status_changed': 1 });
});

test('a day that is counted while a late row is being written is counted again', async () => {
  const store = await openStore();
  await insert(store, 1, noon);
  let now = noon + 48 * HOUR;
  await countDays(store, () => now, Number.POSITIVE_INFINITY);

  // The writer is slow: the day is counted after it has marked the day and before it writes the row.
  const late = listing(listedEvent(2));
  await doubtDay(store, late.facts.createdAt, now);
  await countDays(store, () => now, Number.POSITIVE_INFINITY);
  expect((await readKeptCounts(store)).doubtful).toEqual(new Set(['2026-03-01']));
  await recordListing(store, late, now);
  expect(await total(store)).toBe(2);

  now += 3 * MINUTE;
  await countDays(store, () => now, Number.POSITIVE_INFINITY);
  const kept = await readKeptCounts(store);
  expect(kept.doubtful.size).toBe(0);
  expect(kept.days.get('2026-03-01')).toEqual({ 'porting_order.status_changed': 2 });
});

test('a day that is marked again during its count stays doubtful', async () => {
  const store = await openStore();
  await insert(store, 1, noon);
  const now = noon + 48 * HOUR;
  await countDays(store, () => now, Number.POSITIVE_INFINITY);
  await doubtDay(store, '2026-03-01', now);
  const later = now + 3 * MINUTE;
  const client = Object.create(store.client, {
    send: {
      value: async (command: Parameters<typeof store.client.send>[0], ...rest: never[]) => {
        if (command.constructor.name === 'DeleteItemCommand') {
          await doubtDay(store, '2026-03-01', later);
        }
        return store.client.send(command, ...rest);
      },
    },
  });
  await countDays({ ...store, client }, () => later, Number.POSITIVE_INFINITY);
  expect((await readKeptCounts(store)).doubtful).toEqual(new Set(['2026-03-01']));
});

test('a count that runs out of time resumes where it stopped, and the list is right throughout', async () => {
  const store = await openStore();
  for (let day = 0; day < 10; day += 1) await insert(store, day, noon + day * 24 * HOUR);
  const now = noon + 30 * 24 * HOUR;
  const seen: (string | undefined)[] = [];
  for (let run = 0; run < 12; run += 1) {
    await countDays(store, () => now, now);
    seen.push((await readKeptCounts(store)).through);
    expect(await total(store)).toBe(10);
  }
  expect(seen[0]).toBe('2026-03-01');
  expect(seen[8]).toBe('2026-03-09');
  expect(seen.at(-1)).toBe('2026-03-30');
});

test('a page of listings from one closed day marks the day once, before it writes the rows', async () => {
  const store = await openStore();
  const now = noon + 48 * HOUR;
  const requests: string[] = [];
  const client = Object.create(store.client, {
    send: {
      value: async (command: UpdateItemCommand) => {
        const table = command.input.TableName === store.events ? 'row' : 'mark';
        requests.push(table);
        const answer = await store.client.send(command);
        requests.push(`${table} written`);
        return answer;
      },
    },
  });
  const { insert, record } = listingRecorder({ ...store, client }, () => now);
  const listings = Array.from({ length: 50 }, (_, number) => listing(listedEvent(number)));
  await Promise.all(listings.map((one, number) => (number % 2 === 0 ? insert(one) : record(one))));
  expect(requests.slice(0, 2)).toEqual(['mark', 'mark written']);
  expect(requests.filter((request) => request === 'mark')).toHaveLength(1);
  expect(requests.filter((request) => request === 'row written')).toHaveLength(50);
});

test('if the day cannot be marked, the row is not written, and the next listing marks the day', async () => {
  const store = await openStore();
  const now = noon + 48 * HOUR;
  let isDown = true;
  const client = Object.create(store.client, {
    send: {
      value: async (command: UpdateItemCommand) => {
        if (isDown && command.input.TableName === store.control) throw new Error('down');
        return store.client.send(command);
      },
    },
  });
  const { record } = listingRecorder({ ...store, client }, () => now);
  await expect(Promise.all([1, 2].map((number) => record(listing(listedEvent(number)))))).rejects.toThrow('down');
  expect(await total(store)).toBe(0);
  isDown = false;
  await record(listing(listedEvent(1)));
  await countDays(store, () => now, Number.POSITIVE_INFINITY);
  expect((await readKeptCounts(store)).doubtful).toEqual(new Set(['2026-03-01']));
});
