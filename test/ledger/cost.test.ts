import { beforeAll, describe, expect, test } from 'vitest';
import { countDays } from '../../functions/ledger/counts/day-counts.ts';
import { type ListFilter, listEvents } from '../../functions/ledger/events/event-list.ts';
import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import { listingRecorder } from '../../functions/ledger/events/record-listing.ts';
import type { Store } from '../../functions/ledger/table/store.ts';
import { counting } from '../counting-client.ts';
import { openStore } from '../open-store.ts';
import { deliveredEvent, eventTypes, listedEvent, listing } from '../porting-events.ts';

const NOW = Date.parse('2026-03-01T12:30:00Z');
const DAY = 24 * 3_600_000;

describe('a webhook costs', () => {
  test('one request on its first delivery, two on a repeated one', async () => {
    const { store, requests, reset } = counting(await openStore());
    await recordDelivery(store, deliveredEvent(listedEvent(1)), NOW);
    expect(requests()).toEqual({ UpdateItem: 1 });
    reset();
    await recordDelivery(store, deliveredEvent(listedEvent(1)), NOW);
    expect(requests()).toEqual({ UpdateItem: 2 });
  });

  test('two more for an event of a closed day, one more if that event is known', async () => {
    const { store, requests, reset } = counting(await openStore());
    await recordDelivery(store, deliveredEvent(listedEvent(1)), NOW + 2 * DAY);
    expect(requests()).toEqual({ GetItem: 1, UpdateItem: 2 });
    reset();
    await recordDelivery(store, deliveredEvent(listedEvent(1)), NOW + 2 * DAY);
    expect(requests()).toEqual({ GetItem: 1, UpdateItem: 2 });
  });
});

describe('a page of the list costs at most 20 requests, whatever its filter', () => {
  const days = 400;
  let store: Store;
  const now = Date.UTC(2026, 2, 1) + days * DAY;

  beforeAll(async () => {
    store = await openStore();
    // A quiet account is the hard case: the 250 events of a page lie on 250 days, those of a rare type on many more.
    const events = Array.from({ length: days * 3 }, (_, number) =>
      listedEvent(number, {
        event_type: number % 100 === 0 ? eventTypes[2] : (eventTypes[number % 2] ?? eventTypes[0]),
        created_at: new Date(Date.UTC(2026, 2, 1) + (number / 3) * DAY).toISOString(),
      }),
    );
    const { record } = listingRecorder(store, () => now);
    for (let at = 0; at < events.length; at += 50) {
      await Promise.all(events.slice(at, at + 50).map((event) => record(listing(event))));
    }
    // By then the listings no longer make their days doubtful.
    await countDays(store, () => now + 180_000, now + 240_000);
  });

  test.each<[string, ListFilter, number]>([
    ['the first page', {}, 1],
    ['a page in the middle', {}, 3],
    ['the last page', {}, 5],
    ['a page past the end', {}, 9],
    ['a common type', { type: eventTypes[1] }, 2],
    ['a rare type', { type: eventTypes[2] }, 1],
    ['a range', { createdFrom: '2026-05-05T05:00:00.000000Z', createdTo: '2027-01-05T05:00:00.000000Z' }, 2],
    ['an order', { portingOrderId: listedEvent(3).porting_order_id ?? '' }, 1],
  ])('%s', async (_, filter, number) => {
    const counted = counting(store);
    const page = await listEvents(counted.store, filter, { number, size: 250 }, 5_500_000);
    expect(page.total).toBeGreaterThan(0);
    const total = Object.values(counted.requests()).reduce((sum, count) => sum + count, 0);
    expect(total).toBeLessThanOrEqual(20);
  });
});
