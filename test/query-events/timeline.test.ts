import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PortingEvent } from '../../functions/porting/event.ts';
import { type FaultyEngine, startFaultyEngine } from '../faulty-engine.ts';
import type { Answer } from '../handlers.ts';
import { listedEvent, uuid } from '../porting-events.ts';
import { target, walk } from './pages.ts';
import { delivered, eventsIn, listed, listTarget, type Reader, startReader } from './reader.ts';
import { tell } from './seed.ts';

const [ORDER, OTHER] = [uuid(1_000_001), uuid(1_000_002)];
const NOON = Date.parse('2026-03-20T12:00:00Z');
const pathOf = (order: string) => `/v2/orders/${order}/events`;
const idsOf = (list: readonly PortingEvent[]) => list.map(({ id }) => id);
/** The instant `seconds` after noon, to the microsecond. */
const second = (seconds: number) => `${new Date(NOON + seconds * 1_000).toISOString().slice(0, 19)}.000001Z`;
const nextOf = ({ body }: Answer) => (body.meta as { next: string | null }).next;

/** Three events share each instant; every fourth event is of another order. */
const events: readonly PortingEvent[] = Array.from({ length: 60 }, (_, index) =>
  listedEvent((index * 7) % 60, {
    created_at: second(Math.floor(index / 3)),
    porting_order_id: index % 4 === 0 ? OTHER : ORDER,
  }),
);

const oldestFirst = (order: string) =>
  events
    .filter(({ porting_order_id }) => porting_order_id === order)
    .map(({ created_at, id }) => ({ place: `${created_at}#${id}`, id }))
    .sort((one, other) => (one.place < other.place ? -1 : 1))
    .map(({ id }) => id);

let engine: FaultyEngine;
let reader: Reader;

beforeAll(async () => {
  engine = await startFaultyEngine();
  reader = await startReader(engine.endpoint);
  await Promise.all(events.map((event) => listed(reader.store, event)));
});

afterAll(() => Promise.all([engine.close(), reader.secrets.close()]));

describe('the events of one order', () => {
  test('oldest first, each as show returns it', async () => {
    const answer = await reader.get(pathOf(ORDER));
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(idsOf(eventsIn(answer))).toEqual(oldestFirst(ORDER).slice(0, 20));
    expect(answer.body.meta).toStrictEqual({ page_size: 20, next: expect.any(String) });
    const [first] = eventsIn(answer);
    expect((await reader.get(`/v2/porting/events/${first?.id}`)).body.data).toStrictEqual(first);
  });

  test.each([1, 2, 7, 45, 250])('in pages of %i, in both directions: each event once', async (size) => {
    for (const order of [ORDER, OTHER]) {
      const forward = await walk<PortingEvent>(reader, pathOf(order), { 'page[size]': size, sort: 'created_at' });
      expect(idsOf(forward.flat())).toEqual(oldestFirst(order));
      expect(forward).toHaveLength(Math.ceil(oldestFirst(order).length / size));
      const back = await walk<PortingEvent>(reader, pathOf(order), { 'page[size]': size, sort: '-created_at' });
      expect(idsOf(back.flat())).toEqual(oldestFirst(order).toReversed());
    }
  });

  test('cost two requests for each page', async () => {
    await reader.get(pathOf(ORDER));
    const before = engine.operations.length;
    await reader.get(target(pathOf(ORDER), { 'page[size]': 30 }));
    expect(engine.operations.slice(before)).toEqual(['Query', 'BatchGetItem']);
  });

  test('with the id in capitals', async () => {
    const id = 'da7989d5-ffeb-47b5-9dc4-4a177a4094b0';
    await listed(reader.store, listedEvent(500, { porting_order_id: id }));
    expect(idsOf(eventsIn(await reader.get(pathOf(id.toUpperCase()))))).toEqual([uuid(500)]);
  });
});

test('while events arrive: each earlier event once, then the new ones', async () => {
  const growing = await startReader();
  const event = (number: number) => listedEvent(number, { porting_order_id: ORDER, created_at: second(number) });
  for (const number of [0, 1, 2]) await listed(growing.store, event(number));
  const arriving = [3, 4, 5];
  const pages = await walk<PortingEvent>(growing, pathOf(ORDER), { 'page[size]': 1 }, async () => {
    const number = arriving.shift();
    if (number !== undefined) await listed(growing.store, event(number));
  });
  await growing.secrets.close();
  expect(idsOf(pages.flat())).toEqual([0, 1, 2, 3, 4, 5].map(uuid));
});

describe('an order without events', () => {
  test('that is not in the ledger: 404', async () => {
    const { status, body } = await reader.get(pathOf(uuid(404)));
    expect(status).toBe(404);
    expect(body.errors).toMatchObject([{ code: '10005', detail: `The ledger has no porting order ${uuid(404)}.` }]);
  });

  test('because they have expired, or are listed under another order: an empty page', async () => {
    await tell(reader.store, uuid(2_000_000), { at: NOON, status: 'ported' });
    const { status, body } = await reader.get(pathOf(uuid(2_000_000)));
    expect({ status, body }).toEqual({ status: 200, body: { data: [], meta: { page_size: 20, next: null } } });
  });
});

describe('a request that is refused: 422', () => {
  test.each(['17', '%zz'])('for the order %s', async (id) => {
    const { status, body } = await reader.get(pathOf(id));
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ code: '10006', source: { parameter: 'id' } }]);
  });

  test.each([
    ['page[size]', '0'],
    ['page[number]', '1'],
    ['filter[type]', 'porting_order.split'],
    ['sort', 'changed_at'],
  ])('for %s=%s', async (parameter, value) => {
    const { status, body } = await reader.get(target(pathOf(ORDER), { [parameter]: value }));
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ source: { parameter } }]);
  });

  test('for a cursor of another order, or of the other direction', async () => {
    const next = nextOf(await reader.get(target(pathOf(ORDER), { 'page[size]': 1 })));
    const query = { 'page[after]': next ?? '' };
    expect((await reader.get(target(pathOf(ORDER), query))).status).toBe(200);
    expect((await reader.get(target(pathOf(OTHER), query))).status).toBe(422);
    expect((await reader.get(target(pathOf(ORDER), { ...query, sort: '-created_at' }))).status).toBe(422);
  });

  // DynamoDB Local counts whole rows instead of the index's entries towards the 1 MB that a query reads, so its
  // pages are shorter.
  const countsEntries = process.env.DYNAMODB_ENDPOINT === undefined;
  test.runIf(countsEntries)('for a page that is too large for an answer; smaller pages work', async () => {
    const order = uuid(1_000_003);
    for (let number = 600; number < 630; number += 1) {
      const payload = { id: order, content: 'x'.repeat(300_000) };
      await listed(reader.store, listedEvent(number, { porting_order_id: order, payload }));
    }
    const { status, body } = await reader.get(pathOf(order));
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ code: '10033', source: { parameter: 'page[size]' } }]);
    const pages = await walk<PortingEvent>(reader, pathOf(order), { 'page[size]': 10 });
    expect(pages.map((page) => page.length)).toEqual([10, 10, 10]);
  });
});

describe('expired events and second rows of joined events are hidden', () => {
  const order = uuid(1_000_004);
  const [shown, over, notYet, twin] = [700, 701, 702, 703].map((number) =>
    listedEvent(number, { porting_order_id: order, created_at: second(number) }),
  ) as [PortingEvent, PortingEvent, PortingEvent, PortingEvent];

  const set = (id: string, attribute: string, value: { S: string } | { N: string }) =>
    reader.store.client.send(
      new UpdateItemCommand({
        TableName: reader.store.events,
        Key: { id: { S: id } },
        UpdateExpression: `SET ${attribute} = :value`,
        ExpressionAttributeValues: { ':value': value },
      }),
    );

  beforeAll(async () => {
    for (const event of [shown, over, notYet]) await listed(reader.store, event);
    await delivered(reader.store, twin);
    const now = Math.floor(Date.now() / 1000);
    // The state in which the indexes still contain them.
    // A retired event is deleted two days later.
    await set(over.id, 'expires_at', { N: String(now + 2 * 24 * 3_600) });
    await set(notYet.id, 'expires_at', { N: String(now + 2 * 24 * 3_600 + 60) });
    await set(twin.id, 'joined_to', { S: shown.id });
  });

  test('in the timeline, where a page may be empty because its events are hidden', async () => {
    expect(idsOf(eventsIn(await reader.get(pathOf(order))))).toEqual([shown.id, notYet.id]);
    const pages = await walk<PortingEvent>(reader, pathOf(order), { 'page[size]': 1 });
    expect(idsOf(pages.flat())).toEqual([shown.id, notYet.id]);
    expect(pages.at(-1)).toEqual([]);
  });

  test('in the list', async () => {
    const answer = await reader.get(listTarget({ 'filter[porting_order_id]': order }));
    expect(eventsIn(answer).map(({ id }) => id)).toEqual([notYet.id, shown.id]);
  });

  test('by show, if expired', async () => {
    expect((await reader.get(`/v2/porting/events/${over.id}`)).status).toBe(404);
    expect((await reader.get(`/v2/porting/events/${notYet.id}`)).status).toBe(200);
  });

  test("by show, which answers a joined event's other id with the event itself", async () => {
    const { status, body } = await reader.get(`/v2/porting/events/${twin.id}`);
    expect({ status, data: body.data }).toMatchObject({ status: 200, data: { id: shown.id } });
  });
});
