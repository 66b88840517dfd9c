import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type EventsApi,
  type EventsApiOptions,
  type PortingEvent,
  startEventsApi,
} from '../../infra/local/simulator/events-api.ts';
import { eventually } from '../eventually.ts';
import { lives } from '../lives.ts';

const apiKey = 'KEYtest';
const open: EventsApi[] = [];

const start = async (options: Partial<EventsApiOptions> = {}): Promise<EventsApi> => {
  const api = await startEventsApi({ apiKey, requestsPerSecond: Number.POSITIVE_INFINITY, ...options });
  open.push(api);
  return api;
};

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(open.splice(0).map((api) => api.close()));
});

const events = lives({ seed: 1, from: 0, orders: 10, days: 1 }).map(({ event }) => event);
const event = events[0] as PortingEvent;

const ask = async (api: EventsApi, path: string, init: RequestInit = {}) => {
  const response = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${apiKey}` }, ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text ? JSON.parse(text) : undefined };
};

const total = async (api: EventsApi, query = ''): Promise<number> =>
  (await ask(api, `/porting/events${query}`)).body.meta.total_results;

describe('requests', () => {
  it('are refused without the key', async () => {
    const api = await start();
    for (const headers of [{}, { authorization: 'Bearer KEYother' }, { authorization: apiKey }]) {
      const { status, body } = await ask(api, '/porting/events', { headers });
      expect([status, body.errors[0]?.code]).toEqual([401, '10009']);
    }
  });

  it('are logged with their answers', async () => {
    const api = await start({ now: () => 42 });
    await ask(api, '/porting/events?page[size]=7');
    await ask(api, '/elsewhere');
    expect(api.requests).toEqual([
      { method: 'GET', path: '/v2/porting/events', query: { 'page[size]': '7' }, at: 42, status: 200 },
      { method: 'GET', path: '/v2/elsewhere', query: {}, at: 42, status: 404 },
    ]);
  });

  it('survive a target that is not a URL', async () => {
    const api = await start();
    expect((await fetch(`${api.url.replace('/v2', '')}//`)).status).toBe(401);
    expect((await ask(api, '/porting/events')).status).toBe(200);
  });

  it('are limited within any second, and say how many are left', async () => {
    let time = 0;
    const api = await start({ requestsPerSecond: 5, now: () => time });
    const answers = [];
    for (let number = 0; number < 7; number += 1) {
      answers.push(await ask(api, '/porting/events'));
      time += 100;
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual([
      '4',
      '3',
      '2',
      '1',
      '0',
      '0',
      '0',
    ]);
    expect(answers[6]?.headers.get('x-ratelimit-limit')).toBe('5');
    expect(answers[6]?.headers.get('x-ratelimit-reset')).toBe('1');
    expect(answers[6]?.body.errors[0]?.code).toBe('10011');
    time = 1000;
    expect((await ask(api, '/porting/events')).status).toBe(200);
    expect((await ask(api, '/porting/events')).status).toBe(429);
    time = 1100;
    expect((await ask(api, '/porting/events')).status).toBe(200);
  });
});

describe('republish', () => {
  it('answers 204 without a body and calls back', async () => {
    const republished: PortingEvent[] = [];
    const api = await start({ onRepublish: (again) => republished.push(again) });
    api.put(event);
    const { status, text } = await ask(api, `/porting/events/${event.id}/republish`, { method: 'POST' });
    expect([status, text]).toEqual([204, '']);
    expect(republished).toEqual([event]);
    expect(api.republished).toEqual([event.id]);
  });
});

describe('intercept', () => {
  it('answers in place of the API', async () => {
    const api = await start();
    api.put(event);
    api.intercept = () => ({ status: 503 });
    expect(await ask(api, '/porting/events')).toMatchObject({ status: 503, text: '' });
    api.intercept = () => ({ body: { data: [], meta: {} } });
    expect(await ask(api, '/porting/events')).toMatchObject({ status: 200, body: { data: [], meta: {} } });
    api.intercept = () => ({ status: 429, headers: { 'retry-after': '2' }, body: { errors: [] } });
    expect((await ask(api, '/porting/events')).headers.get('retry-after')).toBe('2');
    api.intercept = () => undefined;
    expect(await total(api)).toBe(1);
    api.intercept = undefined;
    expect(await total(api)).toBe(1);
  });

  it('sees the request before it is processed', async () => {
    const api = await start();
    api.intercept = ({ query }) => {
      if (query['page[number]'] === '2') api.put(event);
      return undefined;
    };
    expect(await total(api)).toBe(0);
    expect(await total(api, '?page[number]=2')).toBe(1);
  });

  it('breaks off half-way through the body', async () => {
    const api = await start();
    for (const each of events) api.put(each);
    api.intercept = () => ({ truncate: true });
    const response = await fetch(`${api.url}/porting/events`, { headers: { authorization: `Bearer ${apiKey}` } });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('delays an answer, or withholds it although the work is done', async () => {
    const api = await start();
    api.put(event);
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    api.intercept = () => ({ until });
    const late = total(api);
    await eventually(() => expect(api.requests).toHaveLength(1));
    expect(api.requests[0]?.status).toBe(0);
    answer();
    expect(await late).toBe(1);

    api.intercept = () => ({ hang: true });
    const caller = new AbortController();
    const republish = ask(api, `/porting/events/${event.id}/republish`, { method: 'POST', signal: caller.signal });
    const refused = expect(republish).rejects.toThrow();
    await eventually(() => expect(api.republished).toEqual([event.id]));
    api.intercept = undefined;
    expect(await total(api)).toBe(1);
    expect(api.requests[1]?.status).toBe(0);
    caller.abort();
    await refused;
  });

  it('does not keep close() waiting', async () => {
    const api = await start();
    api.intercept = () => ({ hang: true });
    const hanging = expect(ask(api, '/porting/events')).rejects.toThrow();
    await eventually(() => expect(api.requests).toHaveLength(1));
    await api.close();
    await hanging;
  });
});
