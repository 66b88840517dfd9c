import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countDays } from '../../functions/ledger/counts/day-counts.ts';
import { type ListFilter, listEvents, PageTooLarge } from '../../functions/ledger/events/event-list.ts';
import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import { readHeld } from '../../functions/ledger/events/record-listing.ts';
import type { Store } from '../../functions/ledger/table/store.ts';
import type { PortingEvent } from '../../functions/porting/event.ts';
import { openStore } from '../open-store.ts';
import { deliveredEvent, eventTypes, instants, listedEvent, listing, recordListing, uuid } from '../porting-events.ts';

const DAY = 24 * 3_600_000;
const LARGEST = 5_500_000;

/** What the list must show, found by sorting and slicing all events in memory. */
function expectedPage(events: readonly PortingEvent[], filter: ListFilter, number: number, size: number) {
  const key = (event: PortingEvent) => `${event.created_at}#${event.id}`;
  const matching = events
    .filter((event) => filter.type === undefined || event.event_type === filter.type)
    .filter((event) => filter.portingOrderId === undefined || event.porting_order_id === filter.portingOrderId)
    .filter((event) => filter.createdFrom === undefined || (event.created_at ?? '') >= filter.createdFrom)
    .filter((event) => filter.createdTo === undefined || (event.created_at ?? '') <= filter.createdTo)
    .sort((a, b) => (key(a) < key(b) ? 1 : -1));
  return { total: matching.length, ids: matching.slice((number - 1) * size, number * size).map((event) => event.id) };
}

async function pageOf(store: Store, filter: ListFilter, number: number, size: number) {
  const { total, events } = await listEvents(store, filter, { number, size }, LARGEST);
  return { total, ids: events.map((event) => event.id) };
}

/** Records a listing as the sync does: it reads the row, then writes it. */
async function list(store: Store, event: PortingEvent, now: number): Promise<void> {
  const held = await readHeld(store, [event.id]);
  await recordListing(store, listing(event), now, held.get(event.id));
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('event' as const),
      at: instants(6),
      type: fc.constantFrom(...eventTypes),
      by: fc.constantFrom('webhook', 'list', 'webhook, then listed elsewhere'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('count' as const) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('wait' as const), hours: fc.integer({ min: 0, max: 40 }) }) },
);

const request = fc.record(
  {
    type: fc.constantFrom(...eventTypes),
    portingOrderId: fc.integer({ min: 0, max: 6 }).map((order) => uuid(1_000_000 + order)),
    createdFrom: instants(6),
    createdTo: instants(6),
  },
  { requiredKeys: [] },
);

describe('the list', () => {
  test('equals sorting and slicing all events, whatever is counted, late or doubtful', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.array(fc.tuple(request, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 })), {
          minLength: 6,
          maxLength: 6,
        }),
        async (steps, requests) => {
          const store = await openStore();
          const events: PortingEvent[] = [];
          let now = Date.UTC(2026, 2, 2);
          for (const [number, step] of steps.entries()) {
            if (step.is === 'wait') now += step.hours * 3_600_000;
            if (step.is === 'count') await countDays(store, () => now, now + 60_000);
            if (step.is !== 'event') continue;
            const event = listedEvent(number, { event_type: step.type, created_at: step.at });
            events.push(event);
            const elsewhere = new Date(Date.parse(step.at) + DAY).toISOString();
            if (step.by === 'webhook') await recordDelivery(store, deliveredEvent(event), now);
            if (step.by === 'webhook, then listed elsewhere') {
              await recordDelivery(store, deliveredEvent({ ...event, created_at: elsewhere }), now);
            }
            if (step.by !== 'webhook') await list(store, event, now);
          }
          for (const [filter, number, size] of [[{}, 1, 5] as const, ...requests]) {
            const page = await pageOf(store, filter, number, size);
            expect(page).toEqual(expectedPage(events, filter, number, size));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('events of one instant are in the order of their ids', async () => {
    const store = await openStore();
    for (const number of [2, 3, 1]) await recordListing(store, listing(listedEvent(number)), Date.UTC(2026, 2, 1, 13));
    expect((await pageOf(store, {}, 1, 20)).ids).toEqual([uuid(3), uuid(2), uuid(1)]);
  });

  test('of one porting order is the same for every sequence of arrivals, duplicates and sources', async () => {
    const order = uuid(5_000_000);
    const instant = '2026-03-01T12:00:00.000000Z';
    const types = ['porting_order.status_changed', 'porting_order.split', 'porting_order.of_the_future'];
    const life = [1, 2, 3, 4, 5].map((number) =>
      listedEvent(number, {
        porting_order_id: order,
        event_type: types[number % 3] ?? '',
        payload: { id: order, status: { value: number === 3 ? 'unheard-of' : 'submitted', details: [] } },
        // Two of them at the same instant.
        created_at: number < 3 ? instant : `2026-03-01T12:0${number}:00.000000Z`,
      }),
    );
    const arrivals = fc.shuffledSubarray([...life, ...life, ...life], { minLength: 10, maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(
        arrivals,
        fc.array(fc.boolean(), { minLength: 15, maxLength: 15 }),
        async (events, byWebhook) => {
          const store = await openStore();
          const now = Date.UTC(2026, 2, 1, 13);
          const all = [...events, ...life];
          for (const [index, event] of all.entries()) {
            if (byWebhook[index]) await recordDelivery(store, deliveredEvent(event), now);
            else await recordListing(store, listing(event), now);
          }
          for (const event of life) await recordListing(store, listing(event), now);
          const { total, events: timeline } = await listEvents(
            store,
            { portingOrderId: order },
            { number: 1, size: 20 },
            LARGEST,
          );
          expect(total).toBe(5);
          expect(timeline.map(({ ledger, ...record }) => record)).toEqual(life.toReversed());
        },
      ),
      { numRuns: 25 },
    );
  });

  test('a page that is too large is refused before all of it is read', async () => {
    const store = await openStore();
    for (let number = 0; number < 8; number += 1) {
      const event = listedEvent(number, { payload: { comment: { body: 'x'.repeat(200_000) } } });
      await recordListing(store, listing(event), Date.UTC(2026, 2, 1, 13));
    }
    await expect(listEvents(store, {}, { number: 1, size: 8 }, 1_000_000)).rejects.toThrow(PageTooLarge);
    expect((await listEvents(store, {}, { number: 1, size: 4 }, 1_000_000)).events).toHaveLength(4);
  });

  test('a range that ends before it begins is empty', async () => {
    const store = await openStore();
    const filter = { createdFrom: '2026-03-02T00:00:00.000000Z', createdTo: '2026-03-01T00:00:00.000000Z' };
    expect(await pageOf(store, filter, 1, 20)).toEqual({ total: 0, ids: [] });
  });
});
