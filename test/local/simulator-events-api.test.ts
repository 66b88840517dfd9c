import { afterEach, describe, expect, it } from 'vitest';
import {
  type EventsApi,
  type EventsApiOptions,
  type PortingEvent,
  startEventsApi,
} from '../../infra/local/simulator/events-api.ts';

const apiKey = 'KEYtest';
const open: EventsApi[] = [];

const start = async (options: Partial<EventsApiOptions> = {}): Promise<EventsApi> => {
  const api = await startEventsApi({ apiKey, requestsPerSecond: Number.POSITIVE_INFINITY, ...options });
  open.push(api);
  return api;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()));
});

const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const event = (number: number, fields: Partial<PortingEvent> = {}): PortingEvent => ({
  id: idOf(number),
  event_type: 'porting_order.new_comment',
  porting_order_id: idOf(900),
  payload_status: 'completed',
  payload: { porting_order_id: idOf(900) },
  available_notification_methods: ['webhook'],
  record_type: 'porting_event',
  created_at: `2026-11-01T00:00:00.${String(number).padStart(6, '0')}Z`,
  updated_at: `2026-11-01T00:00:03.${String(number).padStart(6, '0')}Z`,
  ...fields,
});

interface Body {
  readonly data: PortingEvent[];
  readonly meta: Record<string, number>;
  readonly errors: { code: string; source?: { parameter: string } }[];
}

const ask = async (api: EventsApi, path: string, init: RequestInit = {}) => {
  const response = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${apiKey}` }, ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: (text && JSON.parse(text)) as Body };
};

const list = async (api: EventsApi, query: Record<string, string | number> = {}): Promise<Body> => {
  const { status, body } = await ask(api, `/porting/events?${new URLSearchParams(query as Record<string, string>)}`);
  expect(status).toBe(200);
  return body;
};

const numbers = ({ data }: Body): number[] => data.map(({ id }) => Number(id.slice(-12)));

describe('the list', () => {
  it('pages with exact counts, and shows an empty page after the last', async () => {
    const api = await start({ order: 'oldest' });
    for (let number = 1; number <= 45; number += 1) api.put(event(number));
    const meta = { page_size: 20, total_pages: 3, total_results: 45 };

    expect((await list(api)).meta).toEqual({ ...meta, page_number: 1 });
    expect(numbers(await list(api, { 'page[number]': 3 }))).toEqual([41, 42, 43, 44, 45]);
    const after = await list(api, { 'page[number]': 4 });
    expect(after).toEqual({ data: [], meta: { ...meta, page_number: 4 } });
  });

  it('has no pages when it has no events', async () => {
    const { data, meta } = await list(await start());
    expect(data).toEqual([]);
    expect(meta).toEqual({ page_number: 1, page_size: 20, total_pages: 0, total_results: 0 });
  });

  it.each([
    'newest',
    'oldest',
    'shuffled',
  ] as const)('lists in the order %s, in whatever order events were put', async (order) => {
    const api = await start({ order, seed: 7 });
    const all = Array.from({ length: 30 }, (_, index) => index + 1);
    for (const number of [...all.slice(12), ...all.slice(0, 12).reverse()]) api.put(event(number));

    const listed = numbers(await list(api, { 'page[size]': 250 }));
    expect(listed.toSorted((a, b) => a - b)).toEqual(all);
    if (order === 'oldest') expect(listed).toEqual(all);
    if (order === 'newest') expect(listed).toEqual(all.toReversed());
    if (order === 'shuffled') {
      expect(listed).not.toEqual(all);
      expect(listed).not.toEqual(all.toReversed());
      expect(numbers(await list(api, { 'page[size]': 250 }))).toEqual(listed);
    }
    const pages = await Promise.all([1, 2, 3].map((page) => list(api, { 'page[size]': 10, 'page[number]': page })));
    expect(pages.flatMap(numbers)).toEqual(listed);
    expect(api.events().map(({ id }) => Number(id.slice(-12)))).toEqual(all);
  });

  it.each([
    'newest',
    'oldest',
    'shuffled',
  ] as const)('filters by both bounds, inclusive, to the microsecond: %s', async (order) => {
    const api = await start({ order });
    for (let number = 1; number <= 9; number += 1) api.put(event(number));
    const between = async (gte: string, lte: string): Promise<number[]> =>
      numbers(await list(api, { 'filter[created_at][gte]': gte, 'filter[created_at][lte]': lte })).sort();

    expect(await between('2026-11-01T00:00:00.000003Z', '2026-11-01T00:00:00.000005Z')).toEqual([3, 4, 5]);
    expect(await between('2026-11-01T01:00:00.000005+01:00', '2026-11-01T00:00:00.000005Z')).toEqual([5]);
    expect(await between('2026-11-01T00:00:00.000009Z', '2026-11-01T00:00:01Z')).toEqual([9]);
    expect(await between('2026-11-01T00:00:00.00001Z', '2026-11-02T00:00:00Z')).toEqual([]);
    expect(await between('2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z')).toEqual([]);
  });

  it('filters by type and order, together with a bound', async () => {
    const api = await start({ order: 'oldest' });
    api.put(event(1));
    api.put(event(2, { event_type: 'porting_order.split' }));
    api.put(event(3, { porting_order_id: idOf(901) }));
    api.put(event(4));
    expect(numbers(await list(api, { 'filter[type]': 'porting_order.split' }))).toEqual([2]);
    expect(numbers(await list(api, { 'filter[porting_order_id]': idOf(901) }))).toEqual([3]);
    const both = { 'filter[type]': 'porting_order.new_comment', 'filter[porting_order_id]': idOf(900) };
    expect((await list(api, both)).meta.total_results).toBe(2);
    const bound = { ...both, 'filter[created_at][gte]': '2026-11-01T00:00:00.000002Z' };
    expect(numbers(await list(api, bound))).toEqual([4]);
  });

  it('keeps 500 events of one instant apart across a page boundary', async () => {
    const api = await start();
    const created_at = '2026-11-01T00:00:00.123456Z';
    for (let number = 1; number <= 500; number += 1) api.put(event(number, { created_at }));
    const bounds = { 'filter[created_at][gte]': created_at, 'filter[created_at][lte]': created_at, 'page[size]': 250 };
    const pages = await Promise.all([1, 2].map((page) => list(api, { ...bounds, 'page[number]': page })));
    expect(new Set(pages.flatMap(numbers)).size).toBe(500);
  });

  it.each([
    ['page[number]', '0', '10033'],
    ['page[number]', 'two', '10026'],
    ['page[size]', '251', '10033'],
    ['page[size]', '0', '10033'],
    ['page[size]', '', '10026'],
    ['page[size]', '1.5', '10026'],
    ['filter[type]', 'porting_order.moved', '10032'],
    ['filter[porting_order_id]', '42', '10031'],
    ['filter[created_at][gte]', 'yesterday', '10031'],
    ['filter[created_at][lte]', '2026-11-01', '10031'],
    ['filter[created_at][lte]', '2026-13-01T00:00:00Z', '10031'],
  ])('refuses %s=%s with 422 and says so', async (parameter, value, code) => {
    const api = await start();
    const { status, body } = await ask(api, `/porting/events?${new URLSearchParams({ [parameter]: value })}`);
    expect(status).toBe(422);
    expect(body.errors).toEqual([expect.objectContaining({ code, source: { parameter } })]);
  });

  it('answers from 200,000 events, new ones included', async () => {
    const api = await start({ order: 'newest' });
    const first = Date.parse('2026-01-01T00:00:00Z');
    const put = (number: number): void =>
      api.put(event(number, { created_at: new Date(first + number * 1000).toISOString() }));
    for (let number = 1; number <= 200_000; number += 1) put(number);
    for (let page = 1; page <= 100; page += 1) {
      put(200_000 + page);
      const { data, meta } = await list(api, { 'page[size]': 250, 'page[number]': page });
      expect(meta.total_results).toBe(200_000 + page);
      expect(data).toHaveLength(250);
    }
    expect((await list(api, { 'filter[porting_order_id]': idOf(900) })).meta.total_results).toBe(200_100);
    const one = new Date(first + 70_000_000).toISOString();
    expect(numbers(await list(api, { 'filter[created_at][gte]': one, 'filter[created_at][lte]': one }))).toEqual([
      70_000,
    ]);
  });
});

describe('the store', () => {
  it('replaces by id, removes, and lists late events late', async () => {
    let time = 1000;
    const api = await start({ order: 'oldest', now: () => time });
    api.put(event(1, { payload_status: 'created', payload: null }));
    expect((await list(api)).data[0]?.payload).toBeNull();
    api.put(event(1));
    const replaced = await list(api);
    expect(replaced.meta.total_results).toBe(1);
    expect(replaced.data[0]).toEqual(event(1));

    api.put(event(2), { visibleAt: 2000 });
    api.put({ ...event(2), updated_at: '2026-11-02T00:00:00Z' });
    api.put(event(2, { created_at: '2026-11-02T00:00:00Z' }));
    expect(numbers(await list(api))).toEqual([1]);
    expect((await ask(api, `/porting/events/${idOf(2)}`)).status).toBe(404);
    expect((await ask(api, `/porting/events/${idOf(2)}/republish`, { method: 'POST' })).status).toBe(404);
    expect(api.get(idOf(2))).toBeDefined();
    time = 2000;
    expect((await ask(api, `/porting/events/${idOf(2)}`)).status).toBe(200);
    expect(numbers(await list(api))).toEqual([1, 2]);

    api.put(event(1, { created_at: '2026-11-03T00:00:00Z' }));
    expect(numbers(await list(api))).toEqual([2, 1]);
    api.remove(idOf(2));
    expect(numbers(await list(api))).toEqual([1]);
    expect(() => api.put({ ...event(3), created_at: 'never' })).toThrow('no created_at');
  });

  it('takes the instant of a deletion from its payload', async () => {
    const api = await start({ order: 'oldest' });
    api.put(event(1));
    const { created_at, updated_at, record_type, ...rest } = event(2, { event_type: 'porting_order.deleted' });
    api.put({ ...rest, payload: { id: idOf(900), created_at, updated_at, record_type } });
    api.put(event(3));
    expect(numbers(await list(api))).toEqual([1, 2, 3]);
  });
});
