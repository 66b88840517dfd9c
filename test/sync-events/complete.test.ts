import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { listEvents } from '../../functions/ledger/events/event-list.ts';
import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import { SETTLE } from '../../functions/porting/window.ts';
import { createRandom } from '../../infra/local/simulator/random.ts';
import { withoutPayload } from '../../infra/local/simulator/records.ts';
import { counting } from '../counting-client.ts';
import { lives } from '../lives.ts';
import { deliveredEvent, listedEvent, uuid } from '../porting-events.ts';
import { MINUTE, NOON, openRig, PAGE, type Rig } from './rig.ts';

// The order of the list makes no difference to the engine: with an external engine, one order is enough.
const orders = process.env.DYNAMODB_ENDPOINT ? (['newest'] as const) : (['newest', 'oldest', 'shuffled'] as const);

function fill(rig: Rig, many: number, at: (number: number) => number): void {
  for (let number = 0; number < many; number += 1) {
    rig.telnyx.put(listedEvent(number, { created_at: new Date(at(number)).toISOString() }));
  }
}

describe.each(orders)('a list that is %s first', (order) => {
  test('is stored completely, and the next run makes one list request and writes no event', async () => {
    const rig = await openRig({ order });
    const lived = lives({ seed: 7, from: NOON - 40 * 24 * 60 * MINUTE, orders: 28, days: 14 });
    for (const { event, visibleAt } of lived) if (visibleAt < NOON) rig.telnyx.put(event);
    const events = rig.telnyx.events().length;
    expect(events).toBeGreaterThan(25 * PAGE);

    const first = await rig.run();
    expect(first).toMatchObject({ status: 'complete', seen: events, inserted: events });
    await rig.expectComplete();
    expect((await rig.state()).completeThrough).toBe(NOON - SETTLE);

    // The run after it counts the closed days.
    rig.time += 5 * MINUTE;
    await rig.run();
    rig.time += 5 * MINUTE;
    const before = rig.telnyx.requests.length;
    const counted = counting(rig.store);
    const third = await rig.run(undefined, { store: counted.store });
    expect(third).toMatchObject({ status: 'complete', inserted: 0, confirmed: 0, upgraded: 0 });
    expect(rig.telnyx.requests.length - before).toBe(1);
    // Take the lease, run's row (twice), cursor, release the lease; and no event.
    expect(counted.requests()).toMatchObject({ UpdateItem: 3, PutItem: 2 });
  });

  test('events of one instant across a page boundary are all stored', async () => {
    const rig = await openRig({ order });
    fill(rig, 2.5 * PAGE, () => NOON - 60 * MINUTE);
    expect(await rig.run()).toMatchObject({ status: 'complete', seen: 2.5 * PAGE });
    await rig.expectComplete();
  });

  test('events of one instant, which cannot be halved, are all stored even if they fill too many pages', async () => {
    const rig = await openRig({ order });
    fill(rig, 8.5 * PAGE, () => NOON - 60 * MINUTE);
    expect(await rig.run()).toMatchObject({ status: 'complete', inserted: 8.5 * PAGE });
    await rig.expectComplete();
  });

  test('rows inserted between two pages are all stored, each once', async () => {
    const rig = await openRig({ order });
    fill(rig, 2.8 * PAGE, (number) => NOON - 60 * MINUTE - number * 1000);
    let late = 0;
    rig.telnyx.intercept = ({ query }) => {
      if (query['page[number]'] === '2' && late < 6) {
        for (let more = 0; more < 3; more += 1, late += 1) {
          rig.telnyx.put(listedEvent(10_000 + late, { created_at: new Date(NOON - 65 * MINUTE + late).toISOString() }));
        }
      }
      return undefined;
    };
    expect(await rig.run()).toMatchObject({ status: 'complete', inserted: 2.8 * PAGE + 6, seen: 2.8 * PAGE + 6 });
    await rig.expectComplete();
  });

  test('rows that vanish between two pages do not cause another row to be skipped', async () => {
    const rig = await openRig({ order });
    fill(rig, 2.8 * PAGE, (number) => NOON - 60 * MINUTE - number * 1000);
    let vanished = 0;
    rig.telnyx.intercept = ({ query }) => {
      if (query['page[number]'] === '2' && vanished < 10) {
        vanished += 1;
        for (const event of [rig.telnyx.events()[0], rig.telnyx.events().at(-1)])
          if (event) rig.telnyx.remove(event.id);
      }
      return undefined;
    };
    expect(await rig.run()).toMatchObject({ status: 'complete' });
    const held = await rig.records();
    for (const event of rig.telnyx.events()) expect(held.has(event.id)).toBe(true);
  });
});

test('a list that changes its order at each request is still stored completely', async () => {
  const rig = await openRig();
  const random = createRandom('another order');
  fill(rig, 2.4 * PAGE, (number) => NOON - 60 * MINUTE - number * 1000);
  rig.telnyx.intercept = ({ query }) => {
    const from = Date.parse(query['filter[created_at][gte]'] ?? '');
    const to = Date.parse(query['filter[created_at][lte]'] ?? '');
    const within = rig.telnyx
      .events()
      .filter(({ created_at = '' }) => Date.parse(created_at) >= from && Date.parse(created_at) <= to);
    const shuffled = within
      .map((event) => [random.next(), event] as const)
      .sort(([a], [b]) => a - b)
      .map(([, event]) => event);
    const page = Number(query['page[number]']);
    const total = within.length;
    const meta = { page_number: page, page_size: PAGE, total_pages: Math.ceil(total / PAGE), total_results: total };
    return { status: 200, body: { data: shuffled.slice((page - 1) * PAGE, page * PAGE), meta } };
  };
  expect(await rig.run()).toMatchObject({ status: 'complete', inserted: 2.4 * PAGE });
  await rig.expectComplete();
});

describe('a payload that is completed later', () => {
  const event = listedEvent(1, { created_at: new Date(NOON - MINUTE).toISOString() });

  test('after 3 s is upgraded once by the next run, and never downgraded', async () => {
    const rig = await openRig();
    rig.telnyx.put(withoutPayload(event));
    expect(await rig.run()).toMatchObject({ inserted: 1, upgraded: 0 });
    await rig.expectComplete();
    rig.telnyx.put({ ...event, updated_at: new Date(NOON - MINUTE + 3260).toISOString() });
    rig.time += 5 * MINUTE;
    expect(await rig.run()).toMatchObject({ inserted: 0, upgraded: 1 });
    await rig.expectComplete();
    rig.time += 5 * MINUTE;
    expect(await rig.run()).toMatchObject({ inserted: 0, upgraded: 0 });

    const completed = rig.telnyx.get(event.id);
    rig.telnyx.put(withoutPayload(event));
    rig.time += MINUTE;
    expect(await rig.run()).toMatchObject({ upgraded: 0 });
    expect((await rig.records()).get(event.id)).toEqual(completed);
  });

  test('after 20 minutes is upgraded by the nightly run', async () => {
    const rig = await openRig();
    rig.telnyx.put(withoutPayload(event));
    for (let run = 0; run < 5; run += 1, rig.time += 5 * MINUTE) await rig.run();
    rig.telnyx.put({ ...event, updated_at: new Date(rig.time).toISOString() });
    expect(await rig.run()).toMatchObject({ upgraded: 0 });
    const week = { from: rig.time - 7 * 24 * 60 * MINUTE, to: rig.time - SETTLE };
    expect(await rig.run(week)).toMatchObject({ status: 'complete', upgraded: 1 });
    await rig.expectComplete();
  });
});

describe.each([
  ['Telnyx is 10 minutes ahead', 10],
  ['Telnyx is 10 minutes behind', -10],
])('%s', (_, skew) => {
  test('rows that become visible up to 8 minutes late are all stored within an interval and the overlap', async () => {
    const rig = await openRig();
    const late = skew < 0 ? 4 : 8;
    for (let number = 0; number < 120; number += 1) {
      const trueAt = NOON + number * 30_000;
      const event = listedEvent(number, { created_at: new Date(trueAt + skew * MINUTE).toISOString() });
      rig.telnyx.put(event, { visibleAt: trueAt + (number % (late + 1)) * MINUTE });
    }
    for (let run = 0; run < 20; run += 1) {
      rig.time = NOON + run * 5 * MINUTE;
      expect(await rig.run()).toMatchObject({ status: 'complete' });
    }
    expect(rig.telnyx.events()).toHaveLength(120);
    await rig.expectComplete();
  });
});

describe('a listed record that cannot become a row is kept as rejected, and does not hold up the others', () => {
  const good = listedEvent(1, { created_at: new Date(NOON - MINUTE).toISOString() });
  const large = listedEvent(2, { payload: { comment: { body: 'x'.repeat(600_000) } } });

  test.each([
    ['not an event', { surprise: true }, 'a listed record has no id or no event_type'],
    ['larger than a row', large, `the listed event ${large.id} has 600`],
  ])('%s', async (_, bad, reason) => {
    const rig = await openRig();
    rig.telnyx.intercept = () => ({
      status: 200,
      body: { data: [bad, good], meta: { page_number: 1, page_size: PAGE, total_pages: 1, total_results: 2 } },
    });
    expect(await rig.run()).toMatchObject({ status: 'complete', seen: 2, inserted: 1 });
    expect(await rig.run()).toMatchObject({ status: 'complete', seen: 2, inserted: 0 });
    expect([...(await rig.records()).keys()]).toEqual([good.id]);
    const { Items = [] } = await rig.store.client.send(
      new QueryCommand({
        TableName: rig.store.control,
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': { S: 'rejected-record' } },
      }),
    );
    expect(Items).toHaveLength(1);
    expect(Items[0]?.reason?.S).toContain(reason);
  });
});

test('upper-case ids in the list match lower-case ids of a webhook: one row, with lower-case ids', async () => {
  const rig = await openRig();
  const event = listedEvent(0xabc, {
    created_at: new Date(NOON - 60 * MINUTE).toISOString(),
    porting_order_id: uuid(0xdef),
  });
  await recordDelivery(rig.store, deliveredEvent(event), NOON - 60 * MINUTE);
  rig.telnyx.put({ ...event, id: event.id.toUpperCase(), porting_order_id: uuid(0xdef).toUpperCase() });
  expect(await rig.run()).toMatchObject({ seen: 1, inserted: 0, confirmed: 1 });
  expect([...(await rig.records()).values()]).toEqual([event]);
  const { events } = await listEvents(rig.store, { portingOrderId: uuid(0xdef) }, { number: 1, size: 20 }, 1e6);
  expect(events.map(({ id }) => id)).toEqual([event.id]);
});
