import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { listNeedingYou } from '../../functions/ledger/orders/needs-you.ts';
import { listOrders } from '../../functions/ledger/orders/order-list.ts';
import { searchOrders } from '../../functions/ledger/orders/order-search.ts';
import { summarizeOrders } from '../../functions/ledger/orders/order-summary.ts';
import { listByFoc } from '../../functions/ledger/orders/orders-by-foc.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import type { Row } from '../../functions/ledger/table/values.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { startDynamodbLocal } from '../dynamodb-local/engine.ts';
import { openStoreAt } from '../open-store-at.ts';
import { report } from './budget.ts';
import { meter } from './metered-client.ts';
import { type OrderRows, ordersOf } from './orders-of-a-year.ts';

/**
 * What the lists of orders take of DynamoDB, in an account with this many orders in a year: `npm run bench:orders`,
 * with the number of orders as its argument if it is not 100,000. Each page has 20 orders and is the first one.
 */
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
  { what: 'filter[needs]=you', mostRequests: 60, ask: (store) => listNeedingYou(store, PAGE, NOW) },
  { what: 'the summary', mostRequests: 80, ask: (store) => summarizeOrders(store, NOW) },
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

const many = Number(process.argv[2] ?? 100_000);
const engine = await startDynamodbLocal({ heap: 1536 });
try {
  const store = await openStoreAt(engine.endpoint);
  await fill(store, ordersOf(many, NOW));
  console.log(`${many} orders in a year, of which ${JSON.stringify(await summarizeOrders(store, NOW))}`);
  const taken = meter(store.client);
  let isKept = true;
  for (const { what, mostRequests, ask } of questions) {
    await ask(store);
    const { requests, read } = taken();
    const detail = `${read} read units`;
    isKept = report({ what, measured: requests, budget: mostRequests, unit: ' requests', detail }) && isKept;
  }
  process.exitCode = isKept ? 0 : 1;
} finally {
  await engine.end();
}
