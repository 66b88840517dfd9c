import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PortingEvent } from '../../functions/porting/event.ts';
import type { Answer } from '../handlers.ts';
import { listedEvent, uuid } from '../porting-events.ts';
import { eventsIn, listed, listTarget, type Reader, startReader } from './reader.ts';

const STATUS = 'porting_order.status_changed';
const COMMENT = 'porting_order.new_comment';
const [orderA, orderB] = [uuid(1_000_001), uuid(1_000_002)];

/** 45 events: one a minute, five of them at one instant; every third is a comment, every fifth is of order B. */
const events: readonly PortingEvent[] = Array.from({ length: 45 }, (_, index) => {
  const minute = index >= 20 && index < 25 ? 20 : index;
  return listedEvent(index, {
    created_at: `2026-03-01T10:${String(minute).padStart(2, '0')}:00.000001Z`,
    event_type: index % 3 === 0 ? COMMENT : STATUS,
    porting_order_id: index % 5 === 0 ? orderB : orderA,
  });
});

let reader: Reader;

beforeAll(async () => {
  reader = await startReader();
  await Promise.all(events.map((event) => listed(reader.store, event)));
});

afterAll(() => reader.secrets.close());

const idsOf = (list: readonly PortingEvent[]) => list.map(({ id }) => id);
const newestFirst = (matches: (event: PortingEvent) => boolean) => idsOf(events.filter(matches)).reverse();

async function page(parameters: Readonly<Record<string, string | number>>) {
  const answer = await reader.get(listTarget(parameters));
  expect(answer.status).toBe(200);
  return { ids: idsOf(eventsIn(answer)), meta: answer.body.meta };
}

describe('pages', () => {
  test('without parameters: the 20 newest events, ties by id, with the totals', async () => {
    const answer = await reader.get('/v2/porting/events');
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    expect(idsOf(eventsIn(answer))).toEqual(newestFirst(() => true).slice(0, 20));
    expect(answer.body.meta).toStrictEqual({ page_number: 1, page_size: 20, total_pages: 3, total_results: 45 });
  });

  test.each([1, 7, 20, 45, 250])('of %i: together all events, each once, with the same totals', async (size) => {
    const total_pages = Math.ceil(45 / size);
    const ids: string[] = [];
    for (let number = 1; number <= total_pages; number += 1) {
      const { ids: some, meta } = await page({ 'page[number]': number, 'page[size]': size });
      expect(meta).toStrictEqual({ page_number: number, page_size: size, total_pages, total_results: 45 });
      ids.push(...some);
    }
    expect(ids).toEqual(newestFirst(() => true));
  });

  test.each([4, 1_000_000_000])('page %i, past the end, is empty and has the right totals', async (number) => {
    const { ids, meta } = await page({ 'page[number]': number });
    expect(ids).toEqual([]);
    expect(meta).toStrictEqual({ page_number: number, page_size: 20, total_pages: 3, total_results: 45 });
  });

  test('an empty ledger has no pages', async () => {
    const empty = await startReader();
    const { status, body } = await empty.get('/v2/porting/events');
    await empty.secrets.close();
    expect({ status, body }).toEqual({
      status: 200,
      body: { data: [], meta: { page_number: 1, page_size: 20, total_pages: 0, total_results: 0 } },
    });
  });
});

describe('filters', () => {
  const gte = 'filter[created_at][gte]';
  const lte = 'filter[created_at][lte]';
  const at = (minute: number) => `2026-03-01T10:${minute}:00.000001Z`;
  const between = (from: string, to: string) => (event: PortingEvent) =>
    (event.created_at ?? '') >= from && (event.created_at ?? '') <= to;

  test.each<[string, Record<string, string>, (event: PortingEvent) => boolean]>([
    ['type', { 'filter[type]': COMMENT }, (event) => event.event_type === COMMENT],
    ['order', { 'filter[porting_order_id]': orderB }, (event) => event.porting_order_id === orderB],
    [
      'an order in capitals',
      { 'filter[porting_order_id]': orderB.toUpperCase() },
      (event) => event.porting_order_id === orderB,
    ],
    [
      'type and order',
      { 'filter[type]': COMMENT, 'filter[porting_order_id]': orderB },
      (event) => event.event_type === COMMENT && event.porting_order_id === orderB,
    ],
    ['from an instant, included', { [gte]: at(20) }, between(at(20), '~')],
    ['to an instant, included', { [lte]: at(20) }, between('0', at(20))],
    ['one instant', { [gte]: at(20), [lte]: at(20) }, between(at(20), at(20))],
    ['a microsecond after it', { [gte]: '2026-03-01T10:20:00.000002Z' }, between(at(21), '~')],
    ['another zone', { [gte]: '2026-03-01T12:20:00.000001+02:00' }, between(at(20), '~')],
    [
      'type and time',
      { 'filter[type]': STATUS, [gte]: at(10), [lte]: at(30) },
      (event) => event.event_type === STATUS && between(at(10), at(30))(event),
    ],
    [
      'order and time',
      { 'filter[porting_order_id]': orderA, [lte]: at(30) },
      (event) => event.porting_order_id === orderA && between('0', at(30))(event),
    ],
    [
      'all of them',
      { 'filter[porting_order_id]': orderA, 'filter[type]': COMMENT, [gte]: at(10), [lte]: at(40) },
      (event) => event.porting_order_id === orderA && event.event_type === COMMENT && between(at(10), at(40))(event),
    ],
    ['a type that never arrived', { 'filter[type]': 'porting_order.teleported' }, () => false],
    ['an order without events', { 'filter[porting_order_id]': uuid(7) }, () => false],
    ['a time that ends before it begins', { [gte]: at(30), [lte]: at(20) }, () => false],
    ['a time before all events', { [lte]: '2020-01-01T00:00:00Z' }, () => false],
  ])('%s', async (_, filter, matches) => {
    const expected = newestFirst(matches);
    const ids: string[] = [];
    const total_pages = Math.ceil(expected.length / 6);
    for (let number = 1; number <= Math.max(1, total_pages); number += 1) {
      const { ids: some, meta } = await page({ ...filter, 'page[size]': 6, 'page[number]': number });
      expect(meta).toStrictEqual({ page_number: number, page_size: 6, total_pages, total_results: expected.length });
      ids.push(...some);
    }
    expect(ids).toEqual(expected);
  });

  test('brackets and colons need no encoding, and a + that became a blank is understood', async () => {
    const { ids } = await page({ [gte]: at(40) });
    expect(ids.length).toBeGreaterThan(0);
    for (const query of [`${gte}=${at(40)}`, `${gte}=2026-03-01T11:40:00.000001+01:00`]) {
      const answer = await reader.get(`/v2/porting/events?${query}`);
      expect(idsOf(eventsIn(answer))).toEqual(ids);
    }
  });
});

describe('a page larger than Lambda may answer', () => {
  const LAMBDA_SENDS = 6 * 1024 * 1024;
  /** The size that Lambda limits: the whole answer as JSON, with the body as a text in it. */
  const sent = ({ status, headers, text }: Answer) => JSON.stringify({ statusCode: status, headers, body: text });

  test.each([
    ['long texts', 'x'.repeat(200_000)],
    ['short texts only, whose quotes Lambda escapes', Array(50_000).fill('x')],
  ])('of %s: a 422 asks for a smaller page, and a smaller page works', async (_, content) => {
    const { store, get, secrets } = await startReader();
    const large = (number: number) => listedEvent(number, { payload: { id: orderA, content } });
    await Promise.all(Array.from({ length: 30 }, (_, number) => listed(store, large(number))));
    const statuses: number[] = [];
    for (const size of [30, 27, 24, 21, 18, 15]) {
      const answer = await get(listTarget({ 'page[size]': size }));
      statuses.push(answer.status);
      if (answer.status === 200) {
        expect(eventsIn(answer)).toHaveLength(size);
        expect(Buffer.byteLength(sent(answer))).toBeLessThan(LAMBDA_SENDS);
      } else {
        expect(answer.body.errors).toMatchObject([{ code: '10033', source: { parameter: 'page[size]' } }]);
        expect(answer.body.errors[0]?.detail).toMatch(/6 MB.*smaller page\[size\]/);
      }
    }
    await secrets.close();
    expect(statuses).toEqual(statuses.toSorted().reverse());
    expect([statuses.at(0), statuses.at(-1)]).toEqual([422, 200]);
  });
});
