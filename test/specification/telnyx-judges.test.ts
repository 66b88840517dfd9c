import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PortingEvent } from '../../functions/porting/event.ts';
import { captureLog } from '../handlers.ts';
import { type Api, startApi } from './api.ts';
import { ledger, operationsOf, telnyx, violations } from './schemas.ts';
import { situations } from './situations.ts';

/**
 * Telnyx's own specification judges every answer of our API that it covers: the three routes of the Events API, and
 * every error.
 */
let api: Api;
let withoutSecrets: Api;

beforeAll(async () => {
  captureLog();
  withoutSecrets = await startApi('refuses');
  api = await startApi();
});

afterEach(() => api.repair());

afterAll(() => Promise.all([api?.close(), withoutSecrets?.close()]));

/** The routes that Telnyx has too; all others are our own. */
const THEIRS = '/v2/porting/';

/** The document has the porting routes without the version, and no body for their errors: these are the platform's. */
const ERRORS = ['components', 'schemas', 'notifications_Errors'];
const successOf = (path: string) => [
  'paths',
  path.replace('/v2', ''),
  'get',
  'responses',
  '200',
  'content',
  'application/json',
  'schema',
];

/** The document does not allow a null payload; docs/telnyx.md §1.1 says that a `created` event has one. */
function withoutNullPayload(event: PortingEvent): object {
  const { payload, ...rest } = event;
  return event.payload_status === 'created' && payload === null ? rest : event;
}

describe.each(situations)('$operation $status: $what', ({ operation, status, ask, withoutSecrets: cold }) => {
  const [, path = ''] = operation.split(' ');

  test("is as Telnyx's specification says", async () => {
    const answer = await ask(cold ? withoutSecrets : api);
    expect(answer.status).toBe(status);
    const text = await answer.text();
    if (status === 204) return expect(text).toBe('');
    if (status < 400 && !path.startsWith(THEIRS)) return;
    const body = JSON.parse(text);
    if (status >= 400) {
      expect(violations('telnyx', ERRORS, body)).toEqual([]);
      expect(body.errors).toHaveLength(1);
      return;
    }
    const data = Array.isArray(body.data) ? body.data.map(withoutNullPayload) : withoutNullPayload(body.data);
    expect(violations('telnyx', successOf(path), { ...body, data })).toEqual([]);
    expect(Object.keys(body).toSorted()).toEqual(Array.isArray(data) ? ['data', 'meta'] : ['data']);
  });
});

const all = '/v2/porting/events';
async function readAll(): Promise<PortingEvent[]> {
  const events: PortingEvent[] = [];
  for (const number of [1, 2, 3]) {
    const page = await api.ask(`GET ${all}?page[size]=250&page[number]=${number}`, { token: 'read' });
    events.push(...((await page.json()) as { data: PortingEvent[] }).data);
  }
  return events;
}

test('every event of every type, listed and shown alike', async () => {
  const events = await readAll();
  expect(new Set(events.map(({ event_type }) => event_type)).size).toBe(7);
  for (const event of events) {
    const shown = await (await api.ask(`GET ${all}/${event.id}`, { token: 'read' })).json();
    expect(shown).toEqual({ data: event });
    expect(violations('telnyx', successOf(`${all}/{id}`), { data: withoutNullPayload(event) })).toEqual([]);
  }
});

test('an answer that breaks the specification would be noticed', async () => {
  const [event] = await readAll();
  const off = [
    { ...event, id: 'x' },
    { ...event, event_type: 'porting_order.new' },
    { ...event, created_at: 'today' },
  ];
  for (const wrong of off)
    expect(violations('telnyx', successOf(`${all}/{id}`), { data: wrong }).length).toBeGreaterThan(0);
  expect(violations('telnyx', ERRORS, { errors: [{ code: 10005, title: 'a number' }] })).not.toEqual([]);
});

describe('our description against theirs', () => {
  const shared = operationsOf(ledger).filter(({ path }) => path.startsWith(THEIRS));

  test('has every route of the Events API for ports in', () => {
    const theirs = operationsOf(telnyx).filter(({ path }) => path.startsWith('/porting/'));
    expect(shared.map(({ name }) => name.replace('/v2', '')).toSorted()).toEqual(theirs.map(({ name }) => name).sort());
  });

  test.each(shared)('$name: has every status that theirs documents', ({ path, method }) => {
    const statuses = Object.keys(telnyx.paths[path.replace('/v2', '')]?.[method]?.responses ?? {});
    expect(statuses.length).toBeGreaterThan(1);
    expect(Object.keys(ledger.paths[path]?.[method]?.responses ?? {})).toEqual(expect.arrayContaining(statuses));
  });

  test('the list has the same parameters and limits; only the types are open, as docs/telnyx.md says', () => {
    const page = telnyx.components.parameters?.['porting-order_PageConsolidated'] as { schema: Described };
    const filter = telnyx.paths['/porting/events']?.get?.parameters?.find(({ name }) => name === 'filter');
    const theirs = { ...flat('page', page.schema), ...flat('filter', filter?.schema ?? {}) };
    const ours = Object.fromEntries(
      (ledger.paths[all]?.get?.parameters ?? []).map(({ name, schema }) => [name, schema]),
    );
    expect(Object.keys(ours).toSorted()).toEqual(Object.keys(theirs).sort());
    for (const [name, { type, format, minimum, default: standard }] of Object.entries(theirs)) {
      expect(ours[name]).toMatchObject(JSON.parse(JSON.stringify({ type, format, minimum, default: standard })));
    }
    expect(ours['page[size]']).toMatchObject({ maximum: theirs['page[size]']?.maximum });
    const known = theirs['filter[type]']?.enum as readonly string[];
    expect(known).toHaveLength(7);
    for (const one of known) expect(one).toMatch(new RegExp(String(ours['filter[type]']?.pattern)));
  });
});

interface Described {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, Described>>;
}

/** Telnyx combines `page[number]` and the like into one parameter with properties: these are the single ones. */
function flat(name: string, schema: Described): Record<string, Described> {
  if (!schema.properties) return { [name]: schema };
  const parts = Object.entries(schema.properties).map(([part, inner]) => flat(`${name}[${part}]`, inner));
  return Object.assign({}, ...parts);
}
