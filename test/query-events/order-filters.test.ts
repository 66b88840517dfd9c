import { QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listOrders, type Order, type OrderFilter, type OrderSort } from '../../functions/ledger/orders/order-list.ts';
import { changeOrder } from '../../functions/ledger/orders/orders.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import type { OrderState } from '../../functions/porting/order.ts';
import { openStore } from '../open-store.ts';
import { uuid } from '../porting-events.ts';
import { walk } from './pages.ts';
import { type Reader, startReader } from './reader.ts';
import { tell } from './seed.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');
const STATUSES = ['draft', 'submitted', 'exception', 'ported', 'on-hold', undefined, undefined];
const REFERENCES = ['ticket-7', 'a & b, ü', undefined];
const orderId = (number: number) => uuid(3_000_000 + number);

let reader: Reader;
let orders: readonly OrderState[];

/** 300 orders with every status and reference. Four orders share each instant. */
beforeAll(async () => {
  reader = await startReader();
  orders = await Promise.all(
    Array.from({ length: 300 }, (_, index) => {
      const [status, reference] = [STATUSES[(index * 5) % 7], REFERENCES[index % 3]];
      return tell(reader.store, orderId((index * 7) % 300), {
        at: NOON + Math.floor(index / 4) * 1_000,
        ...(status !== undefined && { status }),
        ...(reference !== undefined && { reference }),
      });
    }),
  );
});

afterAll(() => reader.secrets.close());

const idsOf = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

/** The orders to be found, by checking each one. */
function expected({ statuses, actionRequired, customerReference }: OrderFilter, sort: OrderSort): string[] {
  const oldestFirst = orders
    .filter(({ status }) => statuses === undefined || statuses.includes(status?.value ?? ''))
    .filter(({ status }) => actionRequired === undefined || (status?.value === 'exception') === actionRequired)
    .filter((order) => customerReference === undefined || order.customer_reference === customerReference)
    .map(({ changed_at, id }) => ({ place: `${changed_at}#${id}`, id }))
    .sort((one, other) => (one.place < other.place ? -1 : 1));
  return idsOf(sort === 'changed_at' ? oldestFirst : oldestFirst.toReversed());
}

const filters: fc.Arbitrary<OrderFilter> = fc.record(
  {
    statuses: fc.uniqueArray(fc.constantFrom('draft', 'submitted', 'exception', 'ported', 'on-hold', 'unheard_of'), {
      minLength: 1,
    }),
    actionRequired: fc.boolean(),
    customerReference: fc.constantFrom('ticket-7', 'a & b, ü', 'nobody'),
  },
  { requiredKeys: [] },
);
const sorts = fc.constantFrom<OrderSort>('changed_at', '-changed_at');

test('any filters, in both directions and in pages of any size, find what a check of each order finds', async () => {
  const sizes = fc.oneof(fc.integer({ min: 5, max: 40 }), fc.integer({ min: 90, max: 250 }));
  await fc.assert(
    fc.asyncProperty(filters, sorts, sizes, async (filter, sort, size) => {
      const { statuses, actionRequired, customerReference } = filter;
      const pages = await walk<Order>(reader, '/v2/orders', {
        'filter[status]': statuses?.join(','),
        'filter[action_required]': actionRequired === undefined ? undefined : String(actionRequired),
        'filter[customer_reference]': customerReference,
        sort,
        'page[size]': size,
      });
      expect(idsOf(pages.flat())).toEqual(expected(filter, sort));
    }),
    { numRuns: 80 },
  );
});

/** All orders, from every page. */
async function readAll(store: OrderStore, filter: OrderFilter, sort: OrderSort, size: number): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const { things, next } = await listOrders(store, filter, sort, { size, after });
    expect(next).not.toBe(after ?? 'none');
    ids.push(...idsOf(things));
    after = next;
  } while (after !== undefined);
  return ids;
}

/** A store whose queries end early, as DynamoDB's may: after a random number of rows. */
function givingLess(store: OrderStore, most: () => number): OrderStore {
  const send = (command: Parameters<typeof store.client.send>[0], ...rest: never[]) => {
    if (command instanceof QueryCommand) command.input.Limit = Math.min(most(), command.input.Limit ?? 1);
    return store.client.send(command, ...rest);
  };
  return { ...store, client: Object.create(store.client, { send: { value: send } }) };
}

test('the same holds if DynamoDB returns fewer keys at once than were requested', async () => {
  const limits = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 7, maxLength: 7 });
  await fc.assert(
    fc.asyncProperty(filters, sorts, limits, async (filter, sort, most) => {
      let turn = 0;
      const less = givingLess(reader.store, () => {
        turn += 1;
        return most[turn % most.length] ?? 1;
      });
      expect(await readAll(less, filter, sort, 30)).toEqual(expected(filter, sort));
    }),
    { numRuns: 30 },
  );
});

test('an order that an index still has under its former status is skipped, and all others are found', async () => {
  const store = await openStore();
  for (let number = 0; number < 40; number += 1) {
    const status = number < 8 ? 'draft' : 'submitted';
    await tell(store, orderId(number), { at: NOON + (number % 20) * 1_000, status });
    if (number >= 8 && number < 32) {
      const change = new UpdateItemCommand({
        TableName: store.orders,
        Key: { id: { S: orderId(number) } },
        UpdateExpression: 'SET #status = :draft',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':draft': { S: 'draft' } },
      });
      await store.client.send(change);
    }
  }
  for (const sort of ['changed_at', '-changed_at'] as const) {
    for (const size of [1, 2, 9, 250]) {
      const drafts = await readAll(store, { statuses: ['draft'] }, sort, size);
      expect(drafts.toSorted()).toEqual(Array.from({ length: 8 }, (_, number) => orderId(number)));
      const some = await readAll(store, { statuses: ['draft', 'ported'] }, sort, size);
      expect(some).toEqual(drafts);
    }
  }
});

test('an order that is known only from a split is listed like the others', async () => {
  const lone = await startReader();
  const [whole, part] = [orderId(1), orderId(2)];
  const split = { id: uuid(5), at: '2026-03-20T12:00:00.000000Z', type: 'porting_order.split', v: '1' };
  await changeOrder(lone.store, part, 0, () => [
    { ...split, listed: true, webhook: true, from: whole, into: part, of: whole },
  ]);
  const { data } = (await lone.get('/v2/orders')).body;
  const { data: none } = (await lone.get('/v2/orders?filter[status]=none,submitted')).body;
  await lone.secrets.close();
  expect(none).toEqual(data);
  expect(data).toMatchObject([{ id: part, split_from: [whole], events: { total: 0 }, status: null }]);
});
