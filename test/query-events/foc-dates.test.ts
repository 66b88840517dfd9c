import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Order } from '../../functions/ledger/orders/order-list.ts';
import { completePass } from '../../functions/ledger/orders/order-pass.ts';
import { recordReading } from '../../functions/ledger/orders/order-readings.ts';
import { summarizeOrders } from '../../functions/ledger/orders/order-summary.ts';
import { listByFoc } from '../../functions/ledger/orders/orders-by-foc.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { counting } from '../counting-client.ts';
import { uuid } from '../porting-events.ts';
import { walk } from './pages.ts';
import { type Reader, startReader } from './reader.ts';
import { tell } from './seed.ts';

const DAY = 24 * 3_600_000;
const NOW = Date.parse('2026-03-20T12:00:00Z');
const MIDNIGHT = Date.parse('2026-03-20T00:00:00Z');
const STATUSES = ['foc-date-confirmed', 'exception', 'ported', 'cancelled', 'submitted'];

interface Dated {
  readonly id: string;
  readonly foc: string;
  readonly status: string;
}

let reader: Reader;
const dated: readonly Dated[] = Array.from({ length: 90 }, (_, index) => ({
  id: uuid(3_000_000 + ((index * 7) % 90)),
  // Two orders on each date, four dates a day, from six days ago on.
  foc: timestampOf(MIDNIGHT + (Math.floor(index / 2) / 2 - 6) * DAY),
  status: STATUSES[index % STATUSES.length] as string,
}));
const expected = (isWanted: (order: Dated) => boolean) =>
  dated
    .filter((order) => !/cancelled|ported/.test(order.status) && isWanted(order))
    .map(({ foc, id }) => ({ place: `${foc}#${id}`, id }))
    .sort((one, other) => (one.place < other.place ? -1 : 1))
    .map(({ id }) => id);

beforeEach(() => void vi.setSystemTime(NOW));

beforeAll(async () => {
  vi.setSystemTime(NOW);
  reader = await startReader();
  await Promise.all(
    dated.map(async ({ id, foc, status }) => {
      await tell(reader.store, id, { at: NOW - DAY, status });
      await recordReading(reader.store, id, { details: { foc, numberCount: 2 }, isNews: false }, NOW);
    }),
  );
  await tell(reader.store, uuid(4_000_000), { at: NOW, status: 'submitted' });
});

afterAll(() => reader.secrets.close());

const listed = async (query: object) =>
  (await walk<Order>(reader, '/v2/orders', { ...query })).flat().map(({ id }) => id);

describe('the orders with a FOC date', () => {
  test('any span, in pages of any size: by date, without those that have ended', async () => {
    const days = fc.option(fc.integer({ min: -14, max: 40 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(days, days, fc.integer({ min: 1, max: 50 }), async (from, to, size) => {
        const [gte, lte] = [from, to].map((half) =>
          half === undefined ? undefined : timestampOf(MIDNIGHT + (half * DAY) / 2),
        );
        const query = { 'filter[foc][gte]': gte, 'filter[foc][lte]': lte, sort: 'foc', 'page[size]': size };
        const isWithin = ({ foc }: Dated) => (gte === undefined || foc >= gte) && (lte === undefined || foc <= lte);
        expect(await listed(query)).toEqual(expected(isWithin));
      }),
      { numRuns: 30 },
    );
  });

  test('in some statuses', async () => {
    const query = { 'filter[foc][gte]': timestampOf(NOW), 'filter[status]': 'exception,submitted' };
    const isWanted = ({ foc, status }: Dated) => foc >= timestampOf(NOW) && /exception|submitted/.test(status);
    expect(await listed(query)).toEqual(expected(isWanted));
    expect(await listed({ ...query, 'filter[action_required]': 'true' })).toEqual(
      expected((order) => isWanted(order) && order.status === 'exception'),
    );
  });

  test('a page reads its keys and its orders, and no others', async () => {
    const { store, requests } = counting(reader.store);
    const page = { size: 10, after: undefined };
    await listByFoc({ ...reader.store, client: store.client }, { statuses: STATUSES }, page);
    expect(requests()).toEqual({ Query: 1, BatchGetItem: 1, GetItem: 1 });
  });

  test('an order whose date has moved is found by its new one only', async () => {
    const [order] = dated;
    const there = timestampOf(NOW + 300 * DAY);
    await recordReading(reader.store, order?.id ?? '', { details: { foc: there }, isNews: false }, NOW);
    expect(await listed({ 'filter[foc][lte]': order?.foc })).not.toContain(order?.id);
    expect(await listed({ 'filter[foc][gte]': there })).toEqual([order?.id]);
    const back = { details: { foc: order?.foc ?? null, numberCount: 2 }, isNews: false };
    await recordReading(reader.store, order?.id ?? '', back, NOW);
  });

  test.each([
    'filter[foc][gte]=2026-03-20T00:00:00Z&sort=changed_at',
    'filter[foc][gte]=2026-03-20T00:00:00Z&filter[customer_reference]=x',
    'filter[foc][lte]=2026-03-20T00:00:00Z&filter[q]=port',
    'filter[foc][lte]=2026-03-20T00:00:00Z&filter[needs]=you',
  ])('%s: a 422 says what goes together', async (query) => {
    const { status, body } = await reader.get(`/v2/orders?${query}`);
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ code: '10031', detail: expect.stringMatching(/goe?s? together/) }]);
  });
});

test('the summary counts them by day, today and the next 13 days', async () => {
  const { body } = await reader.get('/v2/orders/summary');
  const days = Array.from({ length: 14 }, (_, index) => timestampOf(MIDNIGHT + index * DAY).slice(0, 10));
  const countOn = (day: string) => expected(({ foc }) => foc.startsWith(day)).length;
  expect((body.data as { foc_dates: unknown }).foc_dates).toEqual(days.map((day) => ({ day, orders: countOn(day) })));
  expect(days.map(countOn)).toContain(3);
});

test('the summary says when all open orders were last compared with those at Telnyx, if ever', async () => {
  const asOf = async () => (await summarizeOrders(reader.store, NOW, 'UTC')).details_as_of;
  expect(await asOf()).toBeNull();
  await completePass(reader.store, NOW - DAY, false);
  expect(await asOf()).toBe(timestampOf(NOW - DAY));
});

test('the days of the summary are those of the time zone', async () => {
  const dayAt = (at: number, zone: string) => new Date(at).toLocaleDateString('sv-SE', { timeZone: zone });
  for (const zone of ['Pacific/Kiritimati', 'America/Los_Angeles']) {
    const { foc_dates } = await summarizeOrders(reader.store, NOW, zone);
    expect(foc_dates.map(({ day }) => day)).toEqual(
      Array.from({ length: 14 }, (_, index) => dayAt(NOW + index * DAY, zone)),
    );
    const counted = foc_dates.map(({ day }) => expected(({ foc }) => dayAt(Date.parse(foc), zone) === day).length);
    expect(foc_dates.map(({ orders }) => orders)).toEqual(counted);
  }
});
