import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createJob } from '../../functions/ledger/jobs/republish-jobs.ts';
import { countRefusals } from '../../functions/ledger/rejections/rejections.ts';
import { listedEvent, uuid } from '../porting-events.ts';
import { pageOf, type Query, target } from './pages.ts';
import { bearer, listed, operateToken, type Reader, readToken, startReader } from './reader.ts';
import { eventAt, missed, ran, tell } from './seed.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');
const order = uuid(1_000_001);
const [jobA, jobB] = ['2026-03-20T12:00:00.000Z-aaaaaaaa', '2026-03-20T12:00:00.000Z-bbbbbbbb'];

/** Every list that is paged by a cursor; each has three entries. */
const lists: readonly [path: string, query: Query, another: Query | undefined][] = [
  ['/v2/orders', {}, { sort: 'changed_at' }],
  ['/v2/orders', { 'filter[status]': 'submitted,draft' }, { 'filter[status]': 'submitted' }],
  ['/v2/orders', { 'filter[action_required]': 'false' }, { 'filter[action_required]': 'true' }],
  ['/v2/orders', { 'filter[customer_reference]': 'a' }, { 'filter[customer_reference]': 'b' }],
  [`/v2/orders/${order}/events`, {}, { sort: '-created_at' }],
  ['/v2/arrivals', {}, { 'filter[type]': 'porting_order.split' }],
  [
    '/v2/arrivals',
    { 'filter[first_seen_at][gte]': '2026-01-01T00:00:00Z' },
    { 'filter[first_seen_at][gte]': '2026-01-01T00:00:01Z' },
  ],
  ['/v2/gaps', {}, { 'filter[kind]': 'recovered' }],
  ['/v2/gaps', { 'filter[type]': 'porting_order.status_changed' }, { 'filter[type]': 'porting_order.split' }],
  ['/v2/gaps', { 'filter[porting_order_id]': order }, { 'filter[porting_order_id]': uuid(7) }],
  [
    '/v2/gaps',
    { 'filter[created_at][gte]': '2026-01-01T00:00:00Z' },
    { 'filter[created_at][lte]': '2026-01-01T00:00:00Z' },
  ],
  ['/v2/rejections', {}, undefined],
  ['/v2/republish-jobs', {}, undefined],
  [`/v2/republish-jobs/${jobA}/items`, {}, undefined],
  ['/v2/sync-runs', {}, undefined],
];

let reader: Reader;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON });
  reader = await startReader();
  const { store } = reader;
  for (const number of [1, 2, 3]) {
    await tell(store, uuid(3_000_000 + number), { at: NOON - number, status: 'submitted', reference: 'a' });
    await listed(store, listedEvent(number, { porting_order_id: order }));
    await missed(store, eventAt(100 + number, NOON - number * 1_000, { porting_order_id: order }), NOON);
    await countRefusals(store, `reason ${number}`, 1, NOON);
    await ran(store, NOON - number * 1_000);
  }
  const selection = { ids: [uuid(1), uuid(2), uuid(3)], selection: {}, by: 'operate:00000000' };
  for (const id of [jobA, jobB, '2026-03-20T12:00:00.000Z-cccccccc']) {
    await createJob(store, { ...selection, id, requestId: id }, NOON);
  }
});

afterAll(async () => {
  vi.useRealTimers();
  await reader.secrets.close();
});

async function cursorOf(path: string, query: Query): Promise<string> {
  const { next } = (await pageOf(reader, path, { ...query, 'page[size]': 1 })).meta;
  if (next === null) throw new Error('there is one page only');
  return next;
}

async function expectRefused(path: string, query: Query): Promise<void> {
  const { status, body } = await reader.get(target(path, query));
  expect(status).toBe(422);
  expect(body.errors).toMatchObject([{ code: '10031', source: { parameter: 'page[after]' } }]);
  expect(body.errors[0]?.detail).toMatch(/Begin again without "?page\[after\]/);
}

describe.each(lists)('%s %j', (path, query, another) => {
  test('continues with pages of any size', async () => {
    const all = (await pageOf(reader, path, query)).data;
    expect(all.length).toBeGreaterThanOrEqual(3);
    const rest = await pageOf(reader, path, {
      ...query,
      'page[size]': 250,
      'page[after]': await cursorOf(path, query),
    });
    expect(rest.data).toEqual(all.slice(1));
    expect(rest.meta.next).toBeNull();
  });

  test('is refused when any part of it was changed', async () => {
    const cursor = await cursorOf(path, query);
    const flipped = (index: number) =>
      cursor.slice(0, index) + (cursor[index] === 'A' ? 'B' : 'A') + cursor.slice(index + 1);
    const changed = [0, 21, 22, cursor.length - 1].map(flipped);
    for (const one of [...changed, `${cursor}=`, `${cursor}A`, cursor.slice(0, -1), 'x', 'null', 'A'.repeat(5_000)]) {
      await expectRefused(path, { ...query, 'page[after]': one });
    }
  });

  test('is refused with other filters, and in every other list', async () => {
    const cursor = await cursorOf(path, query);
    const others = lists.filter(([otherPath, otherQuery]) => otherPath !== path || otherQuery !== query);
    const elsewhere: [string, Query][] = [
      ...others.map(([otherPath, otherQuery]): [string, Query] => [otherPath, otherQuery]),
      [`/v2/orders/${uuid(3_000_001)}/events`, {}],
      [`/v2/republish-jobs/${jobB}/items`, {}],
    ];
    if (another) elsewhere.push([path, another]);
    for (const [otherPath, otherQuery] of elsewhere) {
      await expectRefused(otherPath, { ...otherQuery, 'page[after]': cursor });
    }
  });
});

test('the same filter in another spelling is the same list', async () => {
  const cursor = await cursorOf('/v2/orders', { 'filter[status]': 'submitted,draft' });
  const query = { 'filter[status]': 'draft,submitted,draft', sort: '-changed_at', 'page[after]': cursor };
  expect((await pageOf(reader, '/v2/orders', query)).data).toHaveLength(2);
});

test.each(['/v2/arrivals', '/v2/gaps'])('%s: the same filter in another order is the same list', async (path) => {
  const byType = { 'filter[type]': 'porting_order.status_changed' };
  const byOrder = { 'filter[porting_order_id]': order };
  const cursor = await cursorOf(path, { ...byType, ...byOrder });
  const turned = { 'page[after]': cursor, ...byOrder, ...byType };
  expect((await pageOf(reader, path, turned)).data.length).toBeGreaterThan(0);
});

test('a cursor works with every token of the ledger, until the tokens are changed', async () => {
  const own = await startReader();
  for (const number of [1, 2]) await ran(own.store, NOON - number * 1_000);
  const next = (await pageOf(own, '/v2/sync-runs', { 'page[size]': 1 })).meta.next ?? '';
  const goOn = target('/v2/sync-runs', { 'page[after]': next });
  expect((await own.invoke({ target: goOn, headers: bearer(operateToken) })).status).toBe(200);

  const rotated = { read: [readToken, 'new-read-token-0123456789'], operate: [operateToken] };
  own.secrets.values.set('the-tokens', JSON.stringify(rotated));
  vi.setSystemTime(NOON + 5 * 60_000);
  expect((await own.get(goOn)).status).toBe(422);
  const begun = (await pageOf(own, '/v2/sync-runs', { 'page[size]': 1 })).meta.next ?? '';
  expect((await own.get(target('/v2/sync-runs', { 'page[after]': begun }))).status).toBe(200);
  vi.setSystemTime(NOON);
  await own.secrets.close();
});
