import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Gap } from '../../functions/ledger/events/awaited.ts';
import { listGaps, type ShownGap } from '../../functions/ledger/gaps/gap-list.ts';
import { countGapsByDay } from '../../functions/ledger/gaps/gaps-by-day.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { counting } from '../counting-client.ts';
import { uuid } from '../porting-events.ts';
import { pageOf, type Query, target, walk } from './pages.ts';
import { delivered, listed, type Reader, startReader } from './reader.ts';
import { eventAt, healed, missed, recovered, unlisted } from './seed.ts';

const DAY = 24 * 3_600_000;
const NOON = Date.parse('2026-03-20T12:00:00Z');
const STATUS = 'porting_order.status_changed';
const COMMENT = 'porting_order.new_comment';
const [orderA, orderB] = [uuid(1_000_001), uuid(1_000_002)];

interface Seeded {
  readonly id: string;
  readonly kind: Gap;
  readonly createdAt: string;
  readonly type: string;
  readonly order: string;
}

const write = { missed, recovered, unlisted };
const KINDS = ['missed', 'recovered', 'unlisted'] as const;
/** 36 events over 12 days, nine at each instant, of all kinds alike. */
const seeded: readonly Seeded[] = Array.from({ length: 36 }, (_, number) => ({
  id: uuid(number),
  kind: KINDS[number % 3] as Gap,
  createdAt: timestampOf(NOON - Math.floor(number / 9) * 3 * DAY),
  type: number % 2 === 0 ? STATUS : COMMENT,
  order: number % 5 === 0 ? orderB : orderA,
}));

let reader: Reader;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON + DAY });
  reader = await startReader();
  for (const { id, kind, createdAt, type, order } of seeded) {
    const event = eventAt(Number.parseInt(id.slice(-12), 16), Date.parse(createdAt), {
      event_type: type,
      porting_order_id: order,
    });
    await write[kind](reader.store, event, Date.parse(createdAt) + 1_200_000);
  }
  // No gaps: an event with an awaited webhook, and an event that both webhook and list have brought.
  await listed(reader.store, eventAt(800, NOON), NOON);
  await listed(reader.store, eventAt(801, NOON), NOON);
  await delivered(reader.store, eventAt(801, NOON), NOON);
});

afterAll(async () => {
  vi.useRealTimers();
  await reader.secrets.close();
});

const idsOf = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);
const expected = (matches: (gap: Seeded) => boolean) =>
  seeded
    .filter(matches)
    .map(({ createdAt, id }) => ({ place: `${createdAt}#${id}`, id }))
    .sort((one, other) => (one.place < other.place ? 1 : -1))
    .map(({ id }) => id);

const gte = 'filter[created_at][gte]';
const lte = 'filter[created_at][lte]';
const at = (daysAgo: number) => timestampOf(NOON - daysAgo * DAY);

describe('the list', () => {
  test.each<[string, Query, (gap: Seeded) => boolean]>([
    ['nothing: missed events', {}, ({ kind }) => kind === 'missed'],
    ['recovered', { 'filter[kind]': 'recovered' }, ({ kind }) => kind === 'recovered'],
    ['unlisted', { 'filter[kind]': 'unlisted' }, ({ kind }) => kind === 'unlisted'],
    ['type', { 'filter[type]': COMMENT }, ({ kind, type }) => kind === 'missed' && type === COMMENT],
    [
      'order',
      { 'filter[porting_order_id]': orderB.toUpperCase() },
      ({ kind, order }) => kind === 'missed' && order === orderB,
    ],
    [
      'time, both ends included',
      { [gte]: at(6), [lte]: at(3) },
      ({ kind, createdAt }) => kind === 'missed' && createdAt >= at(6) && createdAt <= at(3),
    ],
    ['a time that ends before it begins', { [gte]: at(3), [lte]: at(6) }, () => false],
    [
      'all at once',
      { 'filter[kind]': 'unlisted', 'filter[type]': STATUS, 'filter[porting_order_id]': orderA, [gte]: at(6) },
      ({ kind, type, order, createdAt }) =>
        kind === 'unlisted' && type === STATUS && order === orderA && createdAt >= at(6),
    ],
  ])('filtered by %s: every page size shows each once, newest first', async (_, filter, matches) => {
    for (const size of [1, 3, 250]) {
      const pages = await walk<ShownGap>(reader, '/v2/gaps', { ...filter, 'page[size]': size });
      expect(idsOf(pages.flat())).toEqual(expected(matches));
    }
  });

  test('shows what is known of each gap', async () => {
    const [first] = (await pageOf<ShownGap>(reader, '/v2/gaps', { 'filter[kind]': 'recovered' })).data;
    const { createdAt = '', type, order } = seeded.find(({ id }) => id === first?.id) ?? {};
    const noticed = Date.parse(createdAt) + 1_200_000;
    expect(first).toStrictEqual({
      id: first?.id,
      event_type: type,
      porting_order_id: order,
      created_at: createdAt,
      kind: 'recovered',
      listed_at: timestampOf(noticed),
      missed_at: timestampOf(noticed),
      recovered_at: timestampOf(noticed + 1_000),
      unlisted_at: null,
      healing: null,
    });
    const [other] = (await pageOf<ShownGap>(reader, '/v2/gaps', { 'filter[kind]': 'unlisted' })).data;
    expect(other).toMatchObject({ listed_at: null, missed_at: null, unlisted_at: expect.any(String) });
  });

  test('missed becomes recovered with the webhook; unlisted ends with a listing; a healed event says so', async () => {
    const own = await startReader();
    const [late, shownLater, treated] = [1, 2, 3].map((number) => eventAt(number, NOON - number * DAY)) as [
      ReturnType<typeof eventAt>,
      ReturnType<typeof eventAt>,
      ReturnType<typeof eventAt>,
    ];
    await missed(own.store, late, NOON);
    await unlisted(own.store, shownLater, NOON);
    await healed(own.store, treated, NOON);
    const of = async (kind: Gap) => (await pageOf<ShownGap>(own, '/v2/gaps', { 'filter[kind]': kind })).data;
    expect([idsOf(await of('missed')), idsOf(await of('unlisted'))]).toEqual([[late.id, treated.id], [shownLater.id]]);
    await delivered(own.store, late, NOON + 1_000);
    await listed(own.store, shownLater, NOON + 1_000);
    expect(idsOf(await of('recovered'))).toEqual([late.id]);
    expect(await of('unlisted')).toEqual([]);
    const { data, meta } = await pageOf<ShownGap>(own, '/v2/gaps');
    expect(data).toMatchObject([{ id: treated.id, healing: { asked_at: timestampOf(NOON), outcome: 'sent' } }]);
    expect(meta.by_day).toEqual([
      { day: '2026-03-19', missed: 0, recovered: 1, unlisted: 0 },
      { day: '2026-03-17', missed: 1, recovered: 0, unlisted: 0 },
    ]);
    await own.secrets.close();
  });

  test('an empty ledger has none', async () => {
    const empty = await startReader();
    expect(await pageOf(empty, '/v2/gaps')).toStrictEqual({
      data: [],
      meta: { page_size: 20, next: null, by_day: [], by_day_complete: true },
    });
    await empty.secrets.close();
  });
});

describe('the counts by day', () => {
  const byDay = async (query: Query) => (await pageOf(reader, '/v2/gaps', query)).meta.by_day;

  test('count all kinds, whatever kind and page are requested', async () => {
    const all = ['2026-03-20', '2026-03-17', '2026-03-14', '2026-03-11'].map((day) => ({
      day,
      missed: 3,
      recovered: 3,
      unlisted: 3,
    }));
    expect(await byDay({})).toEqual(all);
    const first = await pageOf(reader, '/v2/gaps', { 'filter[kind]': 'unlisted', 'page[size]': 1 });
    expect(first.meta.by_day).toEqual(all);
    const query = { 'filter[kind]': 'unlisted', 'page[size]': 1, 'page[after]': first.meta.next ?? '' };
    expect(await byDay(query)).toEqual(all);
  });

  test('respect the other filters', async () => {
    expect(await byDay({ [gte]: at(6), [lte]: at(3), 'filter[type]': COMMENT })).toEqual(
      ['2026-03-17', '2026-03-14'].map((day) => {
        const of = (kind: Gap) =>
          seeded.filter((gap) => gap.createdAt.startsWith(day) && gap.type === COMMENT && gap.kind === kind).length;
        return { day, missed: of('missed'), recovered: of('recovered'), unlisted: of('unlisted') };
      }),
    );
  });

  test('reach back 30 days if no time is given', async () => {
    vi.setSystemTime(NOON + 25 * DAY);
    expect(((await byDay({})) as { day: string }[]).map(({ day }) => day)).toEqual(['2026-03-20', '2026-03-17']);
    expect(await byDay({ [gte]: at(40) })).toHaveLength(4);
    vi.setSystemTime(NOON + DAY);
  });
});

test('a page and its counts cost a bounded number of requests', async () => {
  const { store, requests, reset } = counting(reader.store);
  await listGaps(store, { kind: 'missed' }, { size: 20, after: undefined });
  expect(requests()).toEqual({ Query: 1, BatchGetItem: 1 });
  reset();
  await countGapsByDay(store, {});
  expect(requests()).toEqual({ Query: 3, BatchGetItem: 1 });
});

test.each([
  ['filter[kind]', 'lost', /missed or recovered or unlisted/],
  ['filter[type]', 'message.received', /event type/],
  ['filter[porting_order_id]', '17', /UUID/],
  [gte, 'yesterday', /date-time/],
  ['page[size]', '251', /1 to 250/],
  ['sort', 'created_at', /Allowed are page\[size\]/],
])('%s=%s: a 422 says what is allowed', async (parameter, given, detail) => {
  const { status, body } = await reader.get(target('/v2/gaps', { [parameter]: given }));
  expect(status).toBe(422);
  expect(body.errors).toMatchObject([{ source: { parameter }, detail: expect.stringMatching(detail) }]);
});
