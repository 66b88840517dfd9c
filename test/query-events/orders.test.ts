import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listOrders, type Order } from '../../functions/ledger/orders/order-list.ts';
import type { OrderState } from '../../functions/porting/order.ts';
import { counting } from '../counting-client.ts';
import { uuid } from '../porting-events.ts';
import { pageOf, type Query, target, walk } from './pages.ts';
import { type Reader, startReader } from './reader.ts';
import { overdue, tell } from './seed.ts';

const HOUR = 3_600_000;
const BEGINNING = Date.parse('2026-03-01T10:00:00Z');
const STATUSES = ['exception', 'submitted', 'ported', 'in-process', 'Of the future'];
const SIZES = [1, 4, 23, 250];
const orderId = (number: number) => uuid(3_000_000 + number);

let reader: Reader;
let orders: readonly OrderState[];

/** 36 orders, three an hour. One has nothing but a comment; the last has a very long reference. */
beforeAll(async () => {
  reader = await startReader();
  const made = Array.from({ length: 36 }, (_, number) =>
    tell(reader.store, orderId(number), {
      at: BEGINNING + Math.floor(number / 3) * HOUR,
      ...(number !== 7 && { status: STATUSES[number % STATUSES.length] ?? '' }),
      ...(number % 4 === 0 && { reference: number % 8 === 0 ? 'Ref 1/ä' : 'ref 2' }),
      ...(number === 35 && { reference: 'x'.repeat(1_025) }),
    }),
  );
  orders = await Promise.all(made);
});

afterAll(() => reader.secrets.close());

const placeOf = ({ changed_at, id }: OrderState) => `${changed_at}#${id}`;
const idsOf = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);
/** What the list must show, found by filtering and sorting all orders in memory. */
const expected = (matches: (order: OrderState) => boolean, sort = '-changed_at') => {
  const oldestFirst = orders.filter(matches).toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  return idsOf(sort === 'changed_at' ? oldestFirst : oldestFirst.toReversed());
};
const hasStatus = (...statuses: readonly string[]) => {
  return ({ status }: OrderState) => statuses.includes(status?.value ?? '');
};

describe('the list', () => {
  test('without parameters: the 20 orders with the latest changes, ties by id', async () => {
    const { data, meta } = await pageOf<Order>(reader, '/v2/orders');
    expect(idsOf(data)).toEqual(expected(() => true).slice(0, 20));
    expect(meta).toStrictEqual({ page_size: 20, next: expect.stringMatching(/^[\w-]{22,}$/) });
    expect(data[0]).toStrictEqual({
      ...orders.find(({ id }) => id === data[0]?.id),
      overdue_since: null,
      details: null,
    });
  });

  test.each<[string, Query, (order: OrderState) => boolean]>([
    ['nothing', {}, () => true],
    ['a status', { 'filter[status]': 'ported' }, hasStatus('ported')],
    [
      'several, one of them twice',
      { 'filter[status]': 'submitted,exception,submitted' },
      hasStatus('submitted', 'exception'),
    ],
    ['a status that no order has', { 'filter[status]': 'draft' }, () => false],
    [
      'an unknown status, with a capital and blanks',
      { 'filter[status]': 'Of the future,ported' },
      hasStatus('Of the future', 'ported'),
    ],
    ['action required', { 'filter[action_required]': 'true' }, hasStatus('exception')],
    ['no action required', { 'filter[action_required]': 'false' }, (order) => !hasStatus('exception')(order)],
    [
      'action required in a status that never requires any',
      { 'filter[action_required]': 'true', 'filter[status]': 'ported' },
      () => false,
    ],
    [
      'no action required, among statuses',
      { 'filter[action_required]': 'false', 'filter[status]': 'exception,ported' },
      hasStatus('ported'),
    ],
    [
      'a reference',
      { 'filter[customer_reference]': 'Ref 1/ä' },
      ({ customer_reference }) => customer_reference === 'Ref 1/ä',
    ],
    ['a reference in small letters', { 'filter[customer_reference]': 'ref 1/ä' }, () => false],
    [
      'a very long reference',
      { 'filter[customer_reference]': 'x'.repeat(1_025) },
      ({ customer_reference }) => customer_reference === 'x'.repeat(1_025),
    ],
    ['a shorter one, all the same letter', { 'filter[customer_reference]': 'x'.repeat(600) }, () => false],
    [
      'a reference and statuses',
      { 'filter[customer_reference]': 'ref 2', 'filter[status]': 'exception,in-process' },
      (order) => order.customer_reference === 'ref 2' && hasStatus('exception', 'in-process')(order),
    ],
    [
      'a reference and no action required',
      { 'filter[customer_reference]': 'ref 2', 'filter[action_required]': 'false' },
      (order) => order.customer_reference === 'ref 2' && !hasStatus('exception')(order),
    ],
    [
      'everything at once',
      {
        'filter[customer_reference]': 'Ref 1/ä',
        'filter[action_required]': 'true',
        'filter[status]': 'exception,ported',
      },
      (order) => order.customer_reference === 'Ref 1/ä' && hasStatus('exception')(order),
    ],
  ])('filtered by %s: every page size shows each order once, in both directions', async (_, filter, matches) => {
    for (const sort of ['-changed_at', 'changed_at']) {
      for (const size of SIZES) {
        const pages = await walk<Order>(reader, '/v2/orders', { ...filter, sort, 'page[size]': size });
        expect(idsOf(pages.flat())).toEqual(expected(matches, sort));
        // Only the last page may be short if no order is skipped.
        if (filter['filter[action_required]'] !== 'false') {
          expect(pages.slice(0, -1).every((page) => page.length === size)).toBe(true);
        }
      }
    }
  });

  test('an empty ledger has no orders', async () => {
    const empty = await startReader();
    for (const query of [{}, { 'filter[status]': 'exception,ported' }, { 'filter[action_required]': 'false' }]) {
      const { data, meta } = await pageOf(empty, '/v2/orders', query);
      expect({ data, meta }).toStrictEqual({ data: [], meta: { page_size: 20, next: null } });
    }
    await empty.secrets.close();
  });
});

describe('while orders change', () => {
  test.each([
    '-changed_at',
    'changed_at',
  ])('sorted by %s: the list ends, and an unchanged order appears once', async (sort) => {
    const changing = await startReader();
    const ids = Array.from({ length: 20 }, (_, number) => orderId(number));
    let now = BEGINNING;
    for (const id of ids) {
      now += HOUR;
      await tell(changing.store, id, { at: now, status: 'submitted' });
    }
    let turn = 0;
    // After each page one order moves on to exception: to the front of the list, and into another partition.
    const change = async () => {
      const id = ids[turn * 2];
      turn += 1;
      now += HOUR;
      if (id !== undefined) await tell(changing.store, id, { at: now, status: 'exception' });
    };
    const query = { 'filter[status]': 'submitted,exception', sort, 'page[size]': 3 };
    const seen = idsOf((await walk<Order>(changing, '/v2/orders', query, change)).flat());
    await changing.secrets.close();
    for (const [number, id] of ids.entries()) {
      const times = seen.filter((one) => one === id).length;
      if (number % 2 === 1) expect(times).toBe(1);
      else expect(times).toBeLessThanOrEqual(2);
    }
  });

  test('if the last order of a page has moved, the next page still begins after its former place', async () => {
    const changing = await startReader();
    for (const number of [1, 2, 3, 4]) {
      await tell(changing.store, orderId(number), { at: BEGINNING + number * HOUR, status: 'submitted' });
    }
    const first = await pageOf<Order>(changing, '/v2/orders', { 'filter[status]': 'submitted', 'page[size]': 2 });
    await tell(changing.store, orderId(3), { at: BEGINNING + 9 * HOUR, status: 'ported' });
    const query = { 'filter[status]': 'submitted', 'page[size]': 2, 'page[after]': first.meta.next ?? '' };
    const { data } = await pageOf<Order>(changing, '/v2/orders', query);
    await changing.secrets.close();
    expect([idsOf(first.data), idsOf(data)]).toEqual([
      [orderId(4), orderId(3)],
      [orderId(2), orderId(1)],
    ]);
  });
});

describe('a page costs a bounded number of requests', () => {
  test.each([
    ['everything: one for each status, one for their names, one for the rows, one for the pass', {}, 15],
    ['two statuses', { statuses: ['exception', 'ported'] }, 4],
    ['a reference', { customerReference: 'ref 2' }, 3],
    ['no action required', { actionRequired: false }, 14],
  ])('%s', async (_, filter, most) => {
    const { store, requests } = counting(reader.store);
    await listOrders({ ...reader.store, client: store.client }, filter, '-changed_at', { size: 10, after: undefined });
    expect(Object.values(requests()).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(most);
  });

  test('even if almost every order is left out', async () => {
    const crowded = await startReader();
    for (let number = 0; number < 120; number += 1) {
      await tell(crowded.store, orderId(number), { at: BEGINNING + number, status: 'exception' });
    }
    await tell(crowded.store, orderId(900), { at: BEGINNING - HOUR, status: 'ported' });
    const { store, requests } = counting(crowded.store);
    const page = await listOrders(
      { ...crowded.store, client: store.client },
      { actionRequired: false },
      '-changed_at',
      { size: 5, after: undefined },
    );
    await crowded.secrets.close();
    expect(idsOf(page.things)).toEqual([orderId(900)]);
    expect(page.next).toBeUndefined();
    expect(Object.values(requests()).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(13);
  });
});

describe('one order', () => {
  const show = (id: string) => reader.get(`/v2/orders/${id}`);

  test('has the state that its events give it', async () => {
    const answer = await show(orderId(5));
    expect(answer.status).toBe(200);
    expect(answer.body.data).toStrictEqual({ ...orders[5], overdue_since: null, details: null });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect((await show(orderId(5).toUpperCase())).body.data).toMatchObject({ id: orderId(5) });
  });

  test('is overdue until it leaves the status', async () => {
    const { store } = reader;
    const id = orderId(500);
    const state = await tell(store, id, { at: BEGINNING - HOUR, status: 'submitted' });
    await overdue(store, state, BEGINNING);
    expect((await show(id)).body.data).toMatchObject({ id, overdue_since: state.status_since });
    await tell(store, id, { at: BEGINNING - HOUR / 2, status: 'exception' });
    expect((await show(id)).body.data).toMatchObject({ id, overdue_since: null });
  });

  test('is not in the ledger: 404', async () => {
    const { status, body } = await show(uuid(404));
    expect(status).toBe(404);
    expect(body.errors).toMatchObject([{ code: '10005', detail: expect.stringContaining(uuid(404)) }]);
  });

  test.each(['17', '%00', '%zz', '__proto__'])('has the malformed id %s: 422', async (id) => {
    const { status, body } = await show(id);
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ code: '10006', source: { parameter: 'id' } }]);
    expect(body.errors[0]?.detail).toMatch(/is not an order id\. An order id is a UUID/);
  });
});

describe('an invalid parameter: a 422 names it and says what is allowed', () => {
  test.each([
    ['filter[status]', 'a,,b', /1 to 20 comma-separated statuses/],
    ['filter[status]', '', /1 to 20 comma-separated statuses/],
    ['filter[status]', 'exception,', /1 to 20 comma-separated statuses/],
    ['filter[status]', 'x'.repeat(61), /1 to 20 comma-separated statuses/],
    [
      'filter[status]',
      Array.from({ length: 21 }, (_, number) => `s${number}`).join(),
      /1 to 20 comma-separated statuses/,
    ],
    ['filter[action_required]', 'yes', /true or false/],
    ['filter[customer_reference]', '', /at least one character/],
    ['sort', 'created_at', /-changed_at or changed_at/],
    ['page[size]', '251', /1 to 250/],
    ['page[number]', '2', /Allowed are page\[size\], page\[after\]/],
    ['filter[overdue]', 'true', /Allowed are/],
  ])('%s=%s', async (parameter, given, detail) => {
    const { status, body } = await reader.get(target('/v2/orders', { [parameter]: given }));
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ source: { parameter }, detail: expect.stringMatching(detail) }]);
  });

  test('a single order has no parameters', async () => {
    const { status, body } = await reader.get(target(`/v2/orders/${orderId(5)}`, { include: 'events' }));
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ source: { parameter: 'include' }, detail: expect.stringContaining('none') }]);
  });
});
