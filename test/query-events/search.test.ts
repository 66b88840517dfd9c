import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listOrders, type Order } from '../../functions/ledger/orders/order-list.ts';
import { namedBy } from '../../functions/ledger/orders/order-names.ts';
import { recordReading } from '../../functions/ledger/orders/order-readings.ts';
import { searchOrders } from '../../functions/ledger/orders/order-search.ts';
import { readControl } from '../../functions/ledger/table/read-rows.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import { idIn } from '../../functions/ledger/table/values.ts';
import type { OrderState } from '../../functions/porting/order.ts';
import { finds, folded, namesOf } from '../../functions/porting/order-names.ts';
import { counting } from '../counting-client.ts';
import { openStore } from '../open-store.ts';
import { uuid } from '../porting-events.ts';
import { walk } from './pages.ts';
import { type Reader, startReader } from './reader.ts';
import { type Told, tell } from './seed.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');
const orderId = (number: number) => uuid(3_000_000 + number);
const REFERENCES = ['port', 'Port-', 'PORT-', 'Straße ', 'İ', 'sr_', `${'long'.repeat(40)}-`, undefined];

let reader: Reader;
let orders: readonly OrderState[];

/** 120 orders; each support key begins as some references do. */
beforeAll(async () => {
  reader = await startReader();
  orders = await Promise.all(
    Array.from({ length: 120 }, (_, index) => {
      const [reference, number] = [REFERENCES[index % REFERENCES.length], Math.floor(index / 16)];
      return tell(reader.store, orderId(index), {
        at: NOON + index * 1_000,
        status: index % 3 === 0 ? 'exception' : 'submitted',
        supportKey: `sr_${index.toString(16)}`,
        ...(reference !== undefined && { reference: `${reference}${number || ''}` }),
      });
    }),
  );
});

afterAll(() => reader.secrets.close());

const search = async (text: string, query = {}) =>
  (await walk<Order>(reader, '/v2/orders', { 'filter[q]': text, ...query })).flat().map(({ id }) => id);

describe('a search', () => {
  test('finds what a check of each order finds, each order once, in pages of any size', async () => {
    const names = orders.flatMap(({ customer_reference, support_key }) => [customer_reference, support_key]);
    const texts = fc
      .tuple(fc.constantFrom(...names.filter((name) => name !== null)), fc.integer({ min: 1, max: 180 }), fc.boolean())
      .map(([name, length, upper]) => (upper ? name.toUpperCase() : name.toLowerCase()).slice(0, length))
      .filter((text) => text.trim() !== '');
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 60 }), async (text, size) => {
        const expected = orders.filter((order) =>
          namesOf({ ...order, details: null }).some((name) => finds(folded(text), name)),
        );
        expect((await search(text, { 'page[size]': size })).toSorted()).toEqual(
          expected.map(({ id }) => id).toSorted(),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('shows equal names first', async () => {
    const [first] = await search('pOrT');
    expect(orders.find(({ id }) => id === first)?.customer_reference).toBe('port');
  });

  test.each([orderId(7), orderId(7).toUpperCase()])('finds an order by its id: %s', async (id) => {
    expect(await search(id)).toEqual([orderId(7)]);
    expect(await search(id, { 'filter[status]': 'ported' })).toEqual([]);
  });

  test('finds a reference that is another UUID', async () => {
    await tell(reader.store, orderId(500), { at: NOON, status: 'draft', reference: orderId(501).toUpperCase() });
    expect(await search(orderId(501))).toEqual([orderId(500)]);
  });

  test('goes together with status and action required', async () => {
    const shown = await search('sr_', { 'filter[status]': 'exception,draft', 'filter[action_required]': 'true' });
    expect(shown.length).toBe(40);
    expect(await search('sr_', { 'filter[status]': 'draft' })).toEqual([]);
  });

  test.each([
    ['filter[q]=abc&sort=changed_at', 'goes together'],
    ['filter[q]=abc&filter[customer_reference]=abc', 'goes together'],
    ['filter[q]=abc&filter[needs]=you', 'go together'],
    ['filter[q]=%20%09', 'must be an order id, a support key or a customer reference'],
    ['filter[q]=', 'must be an order id, a support key or a customer reference'],
  ])('%s: a 422 says what to do', async (query, words) => {
    const { status, body } = await reader.get(`/v2/orders?${query}`);
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ code: '10031', detail: expect.stringContaining(words) }]);
  });

  test('reads as many orders as it shows', async () => {
    const { store, requests } = counting(reader.store);
    await searchOrders({ ...reader.store, client: store.client }, 'por', {}, { size: 20, after: undefined });
    expect(requests()).toEqual({ Query: 1, BatchGetItem: 1, GetItem: 1 });
  });
});

/** The rows for the search: name and order. */
async function rowsIn(store: OrderStore): Promise<readonly string[]> {
  const rows: string[] = [];
  for await (const row of readControl(store, 'order-name')) rows.push(namedBy(idIn(row)).beginning);
  return rows;
}

describe("an order's names", () => {
  const id = orderId(1);
  const told = (minute: number, more: Partial<Told> = {}): Told => ({ at: NOON + minute * 60_000, ...more });

  test('change with its reference and support key', async () => {
    const store = await openStore();
    await tell(store, id, told(0, { status: 'draft', reference: 'First', supportKey: 'SR_1' }));
    expect(await rowsIn(store)).toEqual(['first', 'sr_1']);
    await tell(store, id, told(1, { status: 'submitted', reference: 'Second' }));
    expect(await rowsIn(store)).toEqual(['second', 'sr_1']);
  });

  test('change when Telnyx shows another reference without an event', async () => {
    const store = await openStore();
    await tell(store, id, told(0, { status: 'draft', reference: 'First', supportKey: 'SR_1' }));
    await recordReading(store, id, { details: { reference: 'First', supportKey: 'sr_1' }, isNews: false }, NOON);
    await recordReading(store, id, { details: { reference: 'Second' }, isNews: false }, NOON);
    expect(await rowsIn(store)).toEqual(['first', 'second', 'sr_1']);
    await recordReading(store, id, { details: { reference: 'Third' }, isNews: false }, NOON);
    expect(await rowsIn(store)).toEqual(['first', 'sr_1', 'third']);
    const { things } = await searchOrders(store, 'thir', {}, { size: 9, after: undefined });
    const page = await listOrders(store, { customerReference: 'Third' }, 'changed_at', { size: 9, after: undefined });
    expect([things, page.things].map((orders) => orders.map((order) => order.id))).toEqual([[id], [id]]);
  });

  test('cost no request when they stay', async () => {
    const { store, requests, reset } = counting(await openStore());
    await tell(store as OrderStore, id, told(0, { status: 'draft', reference: 'First', supportKey: 'SR_1' }));
    expect(requests()).toEqual({ GetItem: 1, PutItem: 3 });
    reset();
    await tell(store as OrderStore, id, told(1, { status: 'submitted', reference: 'FIRST', supportKey: 'SR_1' }));
    expect(requests()).toEqual({ GetItem: 1, PutItem: 1 });
  });

  test('survive a writer that deletes the former name after another has brought it back', async () => {
    const store = await openStore();
    await tell(store, id, told(0, { status: 'draft', reference: 'first' }));
    const late = heldBack(store, 'DeleteItemCommand');
    const slow = tell(late.store, id, told(1, { status: 'submitted', reference: 'second' }));
    await late.reached;
    await tell(store, id, told(2, { status: 'exception', reference: 'first' }));
    late.release();
    await slow;
    expect(await rowsIn(store)).toEqual(['first']);
  });

  test('survive a writer that was overtaken and writes the row of a name late', async () => {
    const store = await openStore();
    const [writing, deleting] = [heldBack(store, 'PutItemCommand'), heldBack(store, 'DeleteItemCommand')];
    const overtaken = tell(writing.store, id, told(0, { status: 'draft', reference: 'first' }));
    await writing.reached;
    await tell(store, id, told(1, { status: 'draft', reference: 'first' }));
    const slow = tell(deleting.store, id, told(2, { status: 'submitted', reference: 'second' }));
    await deleting.reached;
    await tell(store, id, told(3, { status: 'exception', reference: 'first' }));
    writing.release();
    await overtaken;
    deleting.release();
    await slow;
    expect(await rowsIn(store)).toEqual(['first']);
  });

  test('a row left behind by a crash leads to nothing', async () => {
    const store = await openStore();
    await tell(store, id, told(0, { status: 'draft', reference: 'first' }));
    const dying = heldBack(store, 'DeleteItemCommand');
    tell(dying.store, id, told(1, { status: 'submitted', reference: 'second' })).catch(() => {});
    await dying.reached;
    expect(await rowsIn(store)).toEqual(['first', 'second']);
    expect((await searchOrders(store, 'first', {}, { size: 9, after: undefined })).things).toEqual([]);
    dying.release();
  });
});

/** A store whose first request of a kind waits until it is released. */
function heldBack(store: OrderStore, name: string) {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const send = async (command: Parameters<typeof store.client.send>[0], ...rest: never[]) => {
    if (command.constructor.name === name) {
      reached.resolve();
      await released.promise;
    }
    return store.client.send(command, ...rest);
  };
  const client = Object.create(store.client, { send: { value: send } }) as OrderStore['client'];
  return { store: { ...store, client }, reached: reached.promise, release: released.resolve };
}

test('a reference that more than 500 orders have is found among all orders, a page at a time', async () => {
  const store = await openStore();
  for (let from = 0; from < 620; from += 20) {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        tell(store, orderId(from + index), {
          at: NOON + (from + index) * 1_000,
          status: 'submitted',
          reference: (from + index) % 10 === 0 ? 'other' : 'Everyone',
        }),
      ),
    );
  }
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await listOrders(store, { customerReference: 'Everyone' }, 'changed_at', { size: 100, after });
    found.push(...page.things.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  const all = Array.from({ length: 620 }, (_, number) => number).filter((number) => number % 10 !== 0);
  expect(found).toEqual(all.map(orderId));
});
