import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readDetails } from '../../functions/porting/order-details.ts';
import { ordersApi } from '../../functions/telnyx/orders-api.ts';
import { pace } from '../../functions/telnyx/pace.ts';
import type { UpstreamError } from '../../functions/telnyx/upstream-error.ts';
import { type EventsApi, type Fault, startEventsApi } from '../../infra/local/simulator/events-api.ts';
import { lives } from '../lives.ts';
import { passDeadlinesSoon } from '../own-time.ts';
import { caught } from './caught.ts';

const apiKey = 'KEY0123456789_SECRET';
const TIMEOUT = 500;
const now = Date.parse('2026-11-20T00:00:00Z');
const events = lives({ seed: 7, from: now - 20 * 86_400_000, orders: 40, days: 12 })
  .filter(({ visibleAt }) => visibleAt <= now)
  .map(({ event }) => event);

let upstream: EventsApi;
let telnyx: ReturnType<typeof ordersApi>;

beforeAll(async () => {
  upstream = await startEventsApi({ apiKey, requestsPerSecond: Number.POSITIVE_INFINITY, now: () => now });
  for (const event of events) upstream.put(event);
  telnyx = ordersApi({ apiKey, baseUrl: upstream.url, timeout: TIMEOUT });
});

afterEach(() => {
  upstream.intercept = undefined;
});

afterAll(() => upstream.close());

const orders = () =>
  [...new Set(events.map(({ porting_order_id }) => porting_order_id))].flatMap((id) => upstream.order(id) ?? []);
const withoutNumbers = ({ phone_numbers, ...order }: ReturnType<typeof orders>[number]) => order;

describe('show', () => {
  test('gives the order, and asks for no phone numbers', async () => {
    const [order] = orders();
    if (!order) throw new Error('no order');
    expect(await telnyx.show(order.id)).toEqual({ record: withoutNumbers(order), holdSeconds: undefined });
    expect(upstream.requests.at(-1)).toMatchObject({
      path: `/v2/porting_orders/${order.id}`,
      query: { include_phone_numbers: 'false' },
    });
  });

  test('of an order that is gone fails with `not found`', async () => {
    const deleted = events.find(({ event_type }) => event_type === 'porting_order.deleted');
    const error = await caught(telnyx.show(deleted?.porting_order_id ?? ''));
    expect(error).toMatchObject({ fault: 'not found', status: 404 });
  });

  test('keeps the digits of a number that JavaScript cannot hold', async () => {
    upstream.intercept = () => ({ body: '{"data":{"id":"x","porting_phone_numbers_count":12345678901234567890}}' });
    expect(JSON.stringify((await telnyx.show('x')).record)).toContain('12345678901234567890');
  });
});

describe('list', () => {
  test('gives every order in pages of 250, the newest first, and asks for no phone numbers', async () => {
    const page = await telnyx.list({ number: 1 });
    const newestFirst = orders().toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1));
    expect(newestFirst.length).toBeGreaterThan(30);
    expect(page).toEqual({
      records: newestFirst.map(withoutNumbers),
      totalResults: newestFirst.length,
      totalPages: 1,
      holdSeconds: undefined,
    });
    expect(upstream.requests.at(-1)).toMatchObject({
      path: '/v2/porting_orders',
      query: { include_phone_numbers: 'false', 'page[number]': '1', 'page[size]': '250' },
    });
  });

  test('gives further pages', async () => {
    const all = (await telnyx.list({ number: 1 })).records;
    const second = await telnyx.list({ number: 2, size: 10 });
    expect(second.records).toEqual(all.slice(10, 20));
    expect(second.totalPages).toBe(Math.ceil(all.length / 10));
  });

  test('brings what order details need, and no private text passes their reader', async () => {
    const { records } = await telnyx.list({ number: 1 });
    expect(JSON.stringify(records)).toMatch(/private pin/);
    const read = records.flatMap((record) => readDetails(record) ?? []);
    expect(read).toHaveLength(records.length);
    expect(read.filter(({ details }) => details.foc).length).toBeGreaterThan(10);
    expect(JSON.stringify(read)).not.toMatch(/private|\+1303555/);
    for (const { id, details } of read) {
      expect(details).toMatchObject({
        status: upstream.order(id)?.status.value,
        numberCount: upstream.order(id)?.porting_phone_numbers_count,
      });
    }
  });
});

const errors = [{ code: '10005', title: 'Not found', detail: apiKey }];

describe.each<[string, (signal?: AbortSignal) => Promise<unknown>]>([
  ['show', (signal) => telnyx.show(orders()[0]?.id ?? '', signal)],
  ['list', (signal) => telnyx.list({ number: 1 }, signal)],
])('a failed %s', (_, ask) => {
  test.each<[string, Fault, UpstreamError['fault']]>([
    ['401', { status: 401, body: { errors } }, 'key refused'],
    ['403 with 10010', { status: 403, body: { errors: [{ code: '10010' }] } }, 'key refused'],
    ['403 with 10038', { status: 403, body: { errors: [{ code: '10038' }] } }, 'not available'],
    ['404', { status: 404, body: { errors } }, 'not found'],
    ['422', { status: 422, body: { errors } }, 'refused'],
    ['429', { status: 429, body: { errors } }, 'rate limited'],
    ['500', { status: 500, body: { errors } }, 'failed'],
    ['503', { status: 503 }, 'unavailable'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1/' } }, 'unreadable'],
    ['a truncated answer', { truncate: true }, 'unreadable'],
    ['200 with HTML', { body: '<html>', headers: { 'content-type': 'text/html' } }, 'unreadable'],
    ['200 with null', { body: 'null' }, 'unreadable'],
    ['200 without data', { body: { meta: { total_pages: 0, total_results: 0 } } }, 'unreadable'],
    [
      '200 with data of another kind',
      { body: { data: 'x', meta: { total_pages: 0, total_results: 0 } } },
      'unreadable',
    ],
    ['no answer', { hang: true }, 'no answer'],
  ])('%s: one request, one fault, and no key in the message', async (_name, fault, expected) => {
    upstream.intercept = () => {
      if ('hang' in fault) passDeadlinesSoon(TIMEOUT);
      return fault;
    };
    const before = upstream.requests.length;
    const error = await caught(ask());
    expect(error.fault).toBe(expected);
    expect(upstream.requests.length - before).toBe(1);
    expect(error.message).not.toContain('SECRET');
  });

  test("ends when the caller's signal says so", async () => {
    const given = new AbortController();
    upstream.intercept = () => {
      given.abort();
      return { hang: true };
    };
    expect((await caught(ask(given.signal))).fault).toBe('gave up');
  });
});

test("a used-up rate limit says how long to wait, and the caller's pace spaces the calls", async () => {
  const [order] = orders();
  const strict = await startEventsApi({ apiKey, requestsPerSecond: 1, now: () => now });
  for (const event of events) strict.put(event);
  const api = ordersApi({ apiKey, baseUrl: strict.url, timeout: TIMEOUT });
  expect((await api.show(order?.id ?? '')).holdSeconds).toBe(1);
  await strict.close();

  const waits: number[] = [];
  let time = 0;
  const clock = {
    now: () => time,
    sleep: async (milliseconds: number) => {
      waits.push(milliseconds);
      time += milliseconds;
    },
  };
  const paced = pace(2, () => Number.POSITIVE_INFINITY, clock);
  await paced.call(() => telnyx.list({ number: 1 }));
  await paced.call(() => telnyx.show(order?.id ?? ''));
  expect(waits).toEqual([500]);
});
