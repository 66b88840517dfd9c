import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { hideJoined, join } from '../../functions/ledger/events/join.ts';
import type { PortingEvent } from '../../functions/porting/event.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { uuid } from '../porting-events.ts';
import { pageOf, walk } from './pages.ts';
import { delivered, listed, type Reader, startReader } from './reader.ts';
import { eventAt } from './seed.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOON = Date.parse('2026-03-20T12:00:00Z');
const COMMENT = 'porting_order.new_comment';
const [orderA, orderB] = [uuid(1_000_001), uuid(1_000_002)];
const PATH = '/v2/arrivals';
const gte = 'filter[first_seen_at][gte]';

let reader: Reader;
const idsOf = (list: readonly PortingEvent[]) => list.map(({ id }) => id);
const ids = (...numbers: readonly number[]) => numbers.map(uuid);
const arrivals = async (query = {}) => idsOf((await pageOf<PortingEvent>(reader, PATH, query)).data);

beforeEach(() => {
  vi.setSystemTime(NOON);
});

describe('arrivals', () => {
  beforeAll(async () => {
    reader = await startReader();
  });
  afterAll(() => reader.secrets.close());

  test("of an empty ledger: none, with the ledger's time", async () => {
    expect(await pageOf(reader, PATH)).toEqual({
      data: [],
      meta: { page_size: 20, next: null, as_of: timestampOf(NOON) },
    });
  });

  test('are in the order of their first arrival, whatever their created_at', async () => {
    await delivered(reader.store, eventAt(9, NOON + 70 * 365 * DAY), NOON - 9_000);
    for (const [number, minutesAgo] of [16, 20, 60, 24 * 60].entries()) {
      await delivered(reader.store, eventAt(number, NOON - minutesAgo * MINUTE), NOON - 8_000 + number * 1_000);
    }
    await listed(reader.store, eventAt(4, NOON - 300 * DAY), NOON - 2_000);
    await delivered(reader.store, eventAt(5, NOON), NOON - 1_000);
    expect(await arrivals()).toEqual(ids(5, 4, 3, 2, 1, 0, 9));
    expect(await arrivals({ [gte]: timestampOf(NOON - 5_000) })).toEqual(ids(5, 4, 3));
  });

  test('a known event does not arrive again, by either source', async () => {
    const before = await arrivals();
    await listed(reader.store, eventAt(0, NOON - 16 * MINUTE), NOON + 1_000);
    await delivered(reader.store, eventAt(4, NOON - 300 * DAY), NOON + 2_000);
    await delivered(reader.store, eventAt(5, NOON), NOON + 3_000);
    expect(await arrivals()).toEqual(before);
  });

  test('each event is shown as in every other list', async () => {
    const [first] = (await pageOf<PortingEvent>(reader, PATH)).data;
    expect((await reader.get(`/v2/porting/events/${first?.id}`)).body.data).toStrictEqual(first);
  });

  test('an event under two ids arrives once, under the id of the list', async () => {
    const { store } = reader;
    await listed(store, eventAt(11, NOON - DAY), NOON + 4_000);
    await delivered(store, eventAt(12, NOON - DAY), NOON + 5_000);
    const pair = { listedId: uuid(11), webhookId: uuid(12) };
    await join(store, pair, NOON + 6_000);
    await hideJoined(store, pair, NOON + 6_000);
    expect((await arrivals()).slice(0, 2)).toEqual(ids(11, 5));
  });
});

describe('pages of arrivals', () => {
  /** Three events are first seen in each second; every second one is a comment, every fifth is of another order. */
  const seeded = Array.from({ length: 30 }, (_, index) => ({
    number: (index * 7) % 30,
    seenAt: NOON - Math.floor(index / 3) * 1_000,
    event_type: index % 2 === 0 ? COMMENT : 'porting_order.status_changed',
    porting_order_id: index % 5 === 0 ? orderB : orderA,
  }));
  const expected = (matches: (one: (typeof seeded)[number]) => boolean = () => true) =>
    seeded
      .filter(matches)
      .sort((one, other) => other.seenAt - one.seenAt || (uuid(one.number) < uuid(other.number) ? 1 : -1))
      .map(({ number }) => uuid(number));

  beforeAll(async () => {
    vi.setSystemTime(NOON);
    reader = await startReader();
    for (const { number, seenAt, ...fields } of seeded) {
      await delivered(reader.store, eventAt(number, NOON - number * DAY, fields), seenAt);
    }
  });
  afterAll(() => reader.secrets.close());

  test.each([1, 7, 29, 30, 250])('of %i: together all events, each once', async (size) => {
    expect(idsOf((await walk<PortingEvent>(reader, PATH, { 'page[size]': size })).flat())).toEqual(expected());
  });

  test('filtered by type, by order, and by both from an instant on', async () => {
    expect(await arrivals({ 'filter[type]': COMMENT })).toEqual(expected(({ event_type }) => event_type === COMMENT));
    const ofB = { 'filter[porting_order_id]': orderB.toUpperCase() };
    expect(await arrivals(ofB)).toEqual(expected((one) => one.porting_order_id === orderB));
    const narrowed = { ...ofB, 'filter[type]': COMMENT, [gte]: timestampOf(NOON - 5_000) };
    const isIn = (one: (typeof seeded)[number]) =>
      one.porting_order_id === orderB && one.event_type === COMMENT && one.seenAt >= NOON - 5_000;
    expect(expected(isIn).length).toBeGreaterThan(0);
    expect(await arrivals(narrowed)).toEqual(expected(isIn));
  });
});
