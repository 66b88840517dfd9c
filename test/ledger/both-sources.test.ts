import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { getEvent, listEvents } from '../../functions/ledger/events/event-list.ts';
import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import type { Store } from '../../functions/ledger/table/store.ts';
import { openStore } from '../open-store.ts';
import { deliveredEvent, listedEvent, listing, recordListing, withoutPayload } from '../porting-events.ts';

const event = listedEvent(1);
const completed = { ...event, updated_at: '2026-03-01T12:00:03.260000Z' };
const NOW = Date.parse('2026-03-01T12:30:00Z');

/** Every way in which one event can arrive. */
const arrivals = {
  webhook: (store: Store, at: number) => recordDelivery(store, deliveredEvent(event), at),
  'listed without payload': (store: Store, at: number) => recordListing(store, listing(withoutPayload(event)), at),
  'listed with payload': (store: Store, at: number) => recordListing(store, listing(completed), at),
};
type Arrival = keyof typeof arrivals;
const anyArrivals = fc.array(fc.constantFrom<Arrival>('webhook', 'listed without payload', 'listed with payload'), {
  minLength: 1,
  maxLength: 7,
});

describe('one event from two sources', () => {
  test('in any order, any number of times: the ledger keeps the best record, and both sources', async () => {
    const store = await openStore();
    await fc.assert(
      fc.asyncProperty(anyArrivals, fc.uuid(), async (order, id) => {
        const at = (index: number) => NOW + index * 1000;
        const own = {
          webhook: deliveredEvent({ ...event, id }),
          created: withoutPayload({ ...event, id }),
          completed: { ...completed, id },
        };
        for (const [index, arrival] of order.entries()) {
          if (arrival === 'webhook') await recordDelivery(store, own.webhook, at(index));
          else
            await recordListing(
              store,
              listing(arrival === 'listed with payload' ? own.completed : own.created),
              at(index),
            );
        }
        const shown = await getEvent(store, id);
        const { ledger, ...record } = shown ?? {};

        const webhooks = order.filter((arrival) => arrival === 'webhook').length;
        const firstListed = order.findIndex((arrival) => arrival !== 'webhook');
        if (order.includes('listed with payload')) expect(record).toEqual(own.completed);
        else if (firstListed < 0) expect(record).toEqual(own.webhook);
        else if (webhooks > 0)
          expect(record).toEqual({ ...own.created, payload: event.payload, payload_status: 'completed' });
        else expect(record).toEqual(own.created);
        expect(ledger?.webhook_deliveries).toBe(webhooks);
        expect(ledger?.listed_at).toBe(
          firstListed < 0 ? null : new Date(at(firstListed)).toISOString().replace('Z', '000Z'),
        );
        expect(ledger?.first_seen_by).toBe(order[0] === 'webhook' ? 'webhook' : 'list');
        expect(ledger?.first_seen_at).toBe(new Date(NOW).toISOString().replace('Z', '000Z'));
      }),
      { numRuns: 60 },
    );
  });

  test('concurrently, in every interleaving of their requests: one row, both sources, the payload kept', async () => {
    const store = await openStore();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.uuid(), async (scheduler, id) => {
        // Each request to DynamoDB waits for the scheduler, which decides their order.
        const client = Object.create(store.client, {
          send: {
            value: (command: Parameters<typeof store.client.send>[0], ...rest: never[]) =>
              scheduler
                .schedule(Promise.resolve(command.constructor.name))
                .then(() => store.client.send(command, ...rest)),
          },
        });
        const scheduled = { ...store, client };
        const all = [
          recordDelivery(scheduled, deliveredEvent({ ...event, id }), NOW),
          recordDelivery(scheduled, deliveredEvent({ ...event, id }), NOW),
          recordListing(scheduled, listing(withoutPayload({ ...event, id })), NOW),
          recordListing(scheduled, listing({ ...completed, id }), NOW),
        ];
        await scheduler.waitFor(Promise.all(all));
        const { ledger, ...record } = (await getEvent(store, id)) ?? {};
        expect(record).toEqual({ ...completed, id });
        expect(ledger).toMatchObject({ webhook_deliveries: 2, listed_at: '2026-03-01T12:30:00.000000Z' });
      }),
      { numRuns: 40 },
    );
  });

  test('each write reports what it found', async () => {
    const store = await openStore();
    expect(await arrivals['listed without payload'](store, NOW)).toBe('inserted');
    expect(await arrivals['listed without payload'](store, NOW)).toBe('known');
    expect(await arrivals.webhook(store, NOW)).toBe('confirmed');
    expect(await arrivals.webhook(store, NOW)).toBe('duplicate');
    expect(await arrivals['listed with payload'](store, NOW)).toBe('upgraded');
    expect(await arrivals['listed without payload'](store, NOW)).toBe('known');

    const other = listedEvent(2);
    expect(await recordDelivery(store, deliveredEvent(other), NOW)).toBe('stored');
    expect(await recordListing(store, listing(other), NOW)).toBe('confirmed');
  });

  test("the list shows one event, at the listing's created_at", async () => {
    const store = await openStore();
    await recordDelivery(store, { ...deliveredEvent(event), created_at: '2026-03-01T12:00:07Z' }, NOW);
    await recordListing(store, listing(completed), NOW);
    const before = { createdTo: '2026-03-01T12:00:06.000000Z' };
    const page = await listEvents(store, before, { number: 1, size: 20 }, 1e6);
    expect(page.total).toBe(1);
    expect(page.events[0]?.created_at).toBe(completed.created_at);
  });

  test('a row from another version of the function keeps the attributes that this version does not know', async () => {
    const store = await openStore();
    await arrivals.webhook(store, NOW);
    await store.client.send(
      new UpdateItemCommand({
        TableName: store.events,
        Key: { id: { S: event.id } },
        UpdateExpression: 'SET of_a_later_version = :x',
        ExpressionAttributeValues: { ':x': { S: 'kept' } },
        ReturnValues: 'ALL_NEW',
      }),
    );
    await arrivals['listed with payload'](store, NOW);
    await arrivals.webhook(store, NOW);
    const { Item } = await store.client.send(
      new GetItemCommand({ TableName: store.events, Key: { id: { S: event.id } } }),
    );
    expect(Item?.of_a_later_version).toEqual({ S: 'kept' });
  });
});
