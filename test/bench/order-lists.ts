import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { listNeedingYou } from '../../functions/ledger/orders/needs-you.ts';
import { listOrders } from '../../functions/ledger/orders/order-list.ts';
import { searchOrders } from '../../functions/ledger/orders/order-search.ts';
import { summarizeOrders } from '../../functions/ledger/orders/order-summary.ts';
import { listByFoc } from '../../functions/ledger/orders/orders-by-foc.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import type { Row } from '../../functions/ledger/table/values.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { openStoreAt } from '../open-store-at.ts';
import type { Measured } from './budget.ts';
import { meter } from './metered-client.ts';
import { type OrderRows, ordersOf } from './orders-of-a-year.ts';

const DAY = 24 * 3_600_000;
const NOW = Date.UTC(2026, 10, 20, 12);
const PAGE = { size: 20, after: undefined };
/** DynamoDB's limit for one BatchWriteItem. */
const BATCH = 25;
const WRITERS = 8;

interface Question {
  readonly what: string;
  readonly mostRequests: number;
  readonly ask: (store: OrderStore) => Promise<unknown>;
}

const questions: readonly Question[] = [
  { what: 'all orders', mostRequests: 20, ask: (store) => listOrders(store, {}, '-changed_at', PAGE) },
  { what: 'filter[q], 3 characters', mostRequests: 10, ask: (store) => searchOrders(store, 'por', {}, PAGE) },
  { what: 'filter[q], a support key', mostRequests: 5, ask: (store) => searchOrders(store, 'SR_001A2B', {}, PAGE) },
  {
    what: 'filter[customer_reference]',
    mostRequests: 5,
    ask: (store) => listOrders(store, { customerReference: 'port-4711' }, '-changed_at', PAGE),
  },
  {
    what: 'filter[foc], from now on',
    mostRequests: 5,
    ask: (store) => listByFoc(store, { focFrom: timestampOf(NOW), focTo: timestampOf(NOW + 14 * DAY) }, PAGE),
  },
  { what: 'filter[needs]=you', mostRequests: 20, ask: (store) => listNeedingYou(store, PAGE, NOW) },
  { what: 'the summary', mostRequests: 30, ask: (store) => summarizeOrders(store, NOW, 'UTC') },
];

/** Writes all rows, a batch at a time. */
async function fill(store: OrderStore, rows: Iterable<OrderRows>): Promise<void> {
  const puts = putsOf(store, rows);
  async function write(): Promise<void> {
    for (const batch of puts) {
      const requests = Map.groupBy(batch, ({ table }) => table);
      const items = [...requests].map(([table, some]) => [table, some.map(({ Item }) => ({ PutRequest: { Item } }))]);
      await store.client.send(new BatchWriteItemCommand({ RequestItems: Object.fromEntries(items) }));
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, write));
}

function* putsOf(store: OrderStore, rows: Iterable<OrderRows>) {
  let batch: { readonly table: string; readonly Item: Row }[] = [];
  for (const { order, names } of rows) {
    for (const put of [
      { table: store.orders, Item: order },
      ...names.map((Item) => ({ table: store.control, Item })),
    ]) {
      batch.push(put);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/**
 * What the lists of orders take of DynamoDB, in an account with this many orders in a year. Each page has 20 orders and
 * is the first one.
 */
export async function orderLists(endpoint: string, many: number): Promise<readonly Measured[]> {
  const store = await openStoreAt(endpoint);
  await fill(store, ordersOf(many, NOW));
  const taken = meter(store.client);
  const measured: Measured[] = [];
  for (const { what, mostRequests, ask } of questions) {
    await ask(store);
    const { requests, read } = taken();
    measured.push({ what, measured: requests, budget: mostRequests, unit: ' requests', detail: `${read} read units` });
  }
  return measured;
}
