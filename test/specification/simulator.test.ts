import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventsApi, startEventsApi } from '../../infra/local/simulator/events-api.ts';
import { lives } from '../lives.ts';
import { uuid } from '../porting-events.ts';
import { operationsOf, telnyx, violations } from './schemas.ts';

/**
 * The simulator's answers for every route and status. test/local proves that each of its events follows the
 * specification.
 */
const apiKey = 'KEYtest';
const [event] = lives({ seed: 3, from: Date.parse('2026-11-01T00:00:00Z'), orders: 1, days: 1 });
const operations = operationsOf(telnyx).filter(({ path }) => path.startsWith('/porting/'));

let calm: EventsApi;
let busy: EventsApi;

beforeAll(async () => {
  calm = await startEventsApi({ apiKey, requestsPerSecond: Number.POSITIVE_INFINITY });
  busy = await startEventsApi({ apiKey, requestsPerSecond: 0 });
  if (event) calm.put(event.event);
});

afterAll(() => Promise.all([calm.close(), busy.close()]));

async function ask(api: EventsApi, method: string, path: string, key = apiKey) {
  const answer = await fetch(api.url + path, { method, headers: { authorization: `Bearer ${key}` } });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

const schemaOf = (path: string, method: string, status: number) =>
  status >= 400
    ? ['components', 'schemas', 'notifications_Errors']
    : ['paths', path, method, 'responses', String(status), 'content', 'application/json', 'schema'];

describe.each(operations)('$name', ({ path, method }) => {
  const at = (id: string) => path.replace('{id}', id);
  const success = method === 'post' ? 204 : 200;

  test.each<[number, () => ReturnType<typeof ask>]>([
    [success, () => ask(calm, method.toUpperCase(), at(event?.event.id ?? ''))],
    [401, () => ask(calm, method.toUpperCase(), at(uuid(1)), 'another')],
    [429, () => ask(busy, method.toUpperCase(), at(uuid(1)))],
    ...(path.includes('{id}')
      ? ([[404, () => ask(calm, method.toUpperCase(), at(uuid(1)))]] as [number, () => ReturnType<typeof ask>][])
      : []),
  ])('%i', async (expected, answered) => {
    const { status, body } = await answered();
    expect(status).toBe(expected);
    if (status === 204) expect(body).toBeUndefined();
    else expect(violations('telnyx', schemaOf(path, method, status), body)).toEqual([]);
  });
});

test.each([
  'page[size]=251',
  'page[size]=0',
  'page[number]=one',
  'filter[type]=porting_order.new',
  'filter[porting_order_id]=17',
  'filter[created_at][gte]=today',
  'filter[created_at][lte]=tomorrow',
])('GET /porting/events 422: %s', async (query) => {
  const { status, body } = await ask(calm, 'GET', `/porting/events?${query}`);
  expect(status).toBe(422);
  expect(violations('telnyx', schemaOf('', 'get', 422), body)).toEqual([]);
  expect(body.errors).toMatchObject([{ source: { parameter: query.split('=')[0] } }]);
});
