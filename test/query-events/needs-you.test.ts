import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { listNeedingYou } from '../../functions/ledger/orders/needs-you.ts';
import type { Order } from '../../functions/ledger/orders/order-list.ts';
import { changeOrder } from '../../functions/ledger/orders/orders.ts';
import { needOf } from '../../functions/porting/needs.ts';
import type { OrderState } from '../../functions/porting/order.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { counting } from '../counting-client.ts';
import { uuid } from '../porting-events.ts';
import { walk } from './pages.ts';
import { type Reader, startReader } from './reader.ts';
import { tell } from './seed.ts';

const DAY = 24 * 3_600_000;
const NOW = Date.parse('2026-03-20T12:00:00Z');
const orderId = (number: number) => uuid(3_000_000 + number);
const STATUSES = ['draft', 'exception', 'submitted', 'on-hold', 'ported', 'cancel-pending'];

let reader: Reader;
let orders: readonly OrderState[];

beforeEach(() => void vi.setSystemTime(NOW));

/** 240 orders in every status, up to 40 days old, a third of them with a comment of someone. */
beforeAll(async () => {
  vi.setSystemTime(NOW);
  reader = await startReader();
  orders = await Promise.all(
    Array.from({ length: 240 }, async (_, index) => {
      const at = NOW - (((index * 7) % 160) / 4) * DAY;
      const state = await tell(reader.store, orderId(index), { at, status: STATUSES[index % 6] as string });
      return index % 3 === 0
        ? commented(index, at + DAY / 2, ['admin', 'user', 'system'][(index / 3) % 3] as string)
        : state;
    }),
  );
});

afterAll(() => reader.secrets.close());

async function commented(index: number, at: number, by: string): Promise<OrderState> {
  const type = 'porting_order.new_comment';
  const comment = {
    id: uuid(0xc000 + index),
    at: timestampOf(at),
    type,
    v: '1#1#1',
    listed: true,
    webhook: true,
    comment: { by },
  };
  return (await changeOrder(reader.store, orderId(index), NOW, (held) => [...held, comment])).state;
}

const expected = (now: number) =>
  orders
    .flatMap((order) => {
      const need = needOf(order, now);
      return need ? [{ id: order.id, place: `${need.by ?? '~'}#${order.id}` }] : [];
    })
    .sort((one, other) => (one.place < other.place ? -1 : 1))
    .map(({ id }) => id);

test('the orders that need you, soonest deadline first, in pages of any size and at any time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.integer({ min: -5, max: 40 }), async (size, days) => {
      const now = NOW + days * DAY;
      vi.setSystemTime(now);
      const pages = await walk<Order>(reader, '/v2/orders', {
        'filter[needs]': 'you',
        sort: 'act_by',
        'page[size]': size,
      });
      expect(pages.flat().map(({ id }) => id)).toEqual(expected(now));
    }),
    { numRuns: 25 },
  );
  expect(new Set(orders.map((order) => needOf(order, NOW)?.why))).toEqual(
    new Set(['exception', 'draft', 'question', undefined]),
  );
});

test('a page reads the rows of the orders that need you, and of no others', async () => {
  const { store, requests, keys } = counting(reader.store);
  await listNeedingYou({ ...reader.store, client: store.client }, { size: 20, after: undefined }, NOW);
  const read = keys().map(({ id }) => id?.S);
  expect(read.sort()).toEqual([...expected(NOW)].sort());
  // For each of the nine open statuses, `on-hold` and none among them; and one for the unknown statuses there are.
  expect(requests()).toEqual({ BatchGetItem: 1, GetItem: 1, Query: 10 });
});

test.each([
  '?filter[needs]=you&sort=-changed_at',
  '?sort=act_by',
  '?filter[needs]=you&filter[status]=draft',
])('%s: a 422 says what goes together', async (query) => {
  const { status, body } = await reader.get(`/v2/orders${query}`);
  expect(status).toBe(422);
  expect(body.errors).toMatchObject([{ code: '10031', detail: expect.stringContaining('go together') }]);
});

test('the summary counts them, the others by whom they wait for, and what ended within a week', async () => {
  const { status, body } = await reader.get('/v2/orders/summary');
  const count = (is: (order: OrderState) => boolean) => orders.filter(is).length;
  const weekAgo = timestampOf(NOW - 7 * DAY);
  expect(status).toBe(200);
  expect(body.data).toEqual({
    needs_you: expected(NOW).length,
    next_deadline: orders.flatMap((order) => needOf(order, NOW)?.by ?? []).sort()[0],
    waiting_for_telnyx: count(({ acts }) => acts === 'telnyx'),
    waiting_for_losing_carrier: count(({ acts }) => acts === 'losing_carrier'),
    ended_7d: count(({ terminal, status_since: since }) => terminal && (since ?? '') > weekAgo),
    foc_dates: expect.any(Array),
    details_as_of: null,
    timezone: 'UTC',
    as_of: timestampOf(NOW),
  });
  expect(Object.values(body.data ?? {}).every((value) => value !== 0)).toBe(true);
});
