import { inflateRawSync } from 'node:zlib';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { unpack } from '../../functions/ledger/orders/order-packing.ts';
import { captureLog } from '../handlers.ts';
import { ALLOWED, type FilledOrder, filledOrders, isAllowed, leavesOfOrder } from '../porting/filled-order.ts';
import { startReader } from '../query-events/reader.ts';
import { HOUR, INTERVAL, type OrderRig, openOrderRig, order } from './order-rig.ts';

/** Serves an order as Telnyx's list and as itself, over HTTP. */
function serve(rig: OrderRig, { order: record }: FilledOrder): void {
  const page = { data: [record], meta: { total_pages: 1, total_results: 1 } };
  rig.telnyx.intercept = ({ path }) => {
    if (path === '/v2/porting_orders') return { body: page };
    return path.startsWith('/v2/porting_orders/') ? { body: { data: record } } : undefined;
  };
}

/** Serves the order where it is not to be read: in an error, under another id, cut off, and in no list. */
function serveWrongly(rig: OrderRig, { order: record }: FilledOrder): void {
  const detail = JSON.stringify(record).slice(0, 300);
  const faults = [
    { status: 422, body: { errors: [{ code: '10015', title: 'Bad request', detail }], data: record } },
    { body: { data: { ...record, id: order(99) } } },
    { body: JSON.stringify({ data: record }).slice(0, -20) },
    { body: { data: record, meta: {} } },
  ];
  let asked = 0;
  rig.telnyx.intercept = ({ path }) => {
    if (!path.startsWith('/v2/porting_orders')) return undefined;
    asked += 1;
    return faults[asked % faults.length];
  };
}

/** Every row of every table, with what is packed in it. */
async function rowsOf({ store }: OrderRig): Promise<string> {
  const texts: string[] = [];
  for (const TableName of [store.events, store.orders, store.control]) {
    for await (const { Items = [] } of paginateScan({ client: store.client }, { TableName })) {
      for (const row of Items) {
        // In other tables, only the place of a pass is packed: ids.
        const packed =
          TableName === store.orders ? unpack(row.facts?.B) : row.left?.B && inflateRawSync(row.left.B).toString();
        texts.push(JSON.stringify(row), JSON.stringify(packed ?? ''));
      }
    }
  }
  return texts.join('\n');
}

async function answersOf({ store }: OrderRig): Promise<string> {
  const reader = await startReader(undefined, store);
  const texts: string[] = [];
  const one = `/v2/orders/${order(1)}`;
  for (const target of ['/v2/orders', '/v2/orders/summary', one, `${one}/events`, '/v2/status', '/v2/sync-runs']) {
    const { status, text } = await reader.get(target);
    expect(status).toBe(200);
    texts.push(text);
  }
  await reader.secrets.close();
  return texts.join('\n');
}

/** How a value of the filled order would look wherever it went. */
function traceOf(path: string, value: unknown): RegExp | undefined {
  if (typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return new RegExp(`(?<!\\d)${value}(?!\\d)`);
  // Dates are recognised to the millisecond, in which each path has its own.
  const text = String(value).startsWith('MARK') ? `MARK<${path}>` : String(value).slice(0, 23);
  return new RegExp(text.replaceAll(/[.[\]]/g, '\\$&'));
}

const TRACED = leavesOfOrder.filter(({ type, path }) => type !== 'boolean' && path !== 'id');

const FOC_DATE = 'activation_settings.foc_datetime_actual';

test('of an order with every field of the description, only what is allowed reaches a row, log, bus or answer', async () => {
  const fixed = new Map([['id', order(1)]]);
  await fc.assert(
    fc.asyncProperty(filledOrders(fixed), filledOrders(fixed), async (first, second) => {
      // Details go on the bus with a date that moves, and two random ones may be the same.
      fc.pre(first.values.get(FOC_DATE) !== second.values.get(FOC_DATE));
      const rig = await openOrderRig();
      const { text } = captureLog();
      rig.status(1, 'foc-date-confirmed', 30);
      serve(rig, first);
      await rig.live(2 * INTERVAL);
      serve(rig, second);
      await rig.live(HOUR);
      const before = { row: await rowsOf(rig), answer: await answersOf(rig) };
      rig.status(1, 'in-process');
      serveWrongly(rig, second);
      rig.asked();
      await rig.live(HOUR + INTERVAL);
      const wrongly = Object.values(rig.asked()).reduce((sum, count) => sum + count, 0);

      const places = {
        row: before.row + (await rowsOf(rig)),
        log: text(),
        bus: JSON.stringify(rig.onBus),
        answer: before.answer + (await answersOf(rig)),
      };
      const found = {
        row: new Set<string>(),
        log: new Set<string>(),
        bus: new Set<string>(),
        answer: new Set<string>(),
      };
      for (const { path } of TRACED) {
        for (const { values } of [first, second]) {
          const trace = traceOf(path, values.get(path));
          for (const [place, content] of Object.entries(places)) {
            if (trace?.test(content)) found[place as keyof typeof found].add(path);
          }
        }
      }
      const allowed = TRACED.map(({ path }) => path).filter((path) => path in ALLOWED);
      expect([...found.row].sort()).toEqual(allowed.toSorted());
      expect([...found.answer].sort()).toEqual(allowed.toSorted());
      expect([...found.bus].sort()).toEqual(allowed.toSorted());
      expect([...found.log].filter((path) => !isAllowed(path))).toEqual([]);
      // Each fault at least once.
      expect(wrongly).toBeGreaterThanOrEqual(4);
      await rig.telnyx.close();
      vi.restoreAllMocks();
    }),
    { numRuns: 4, endOnFailure: true },
  );
}, 120_000);
