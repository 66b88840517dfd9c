import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { readLargeOrders } from '../../functions/ledger/orders/large-orders.ts';
import type { HeldFact } from '../../functions/ledger/orders/order-packing.ts';
import { changeOrder, readOrder } from '../../functions/ledger/orders/orders.ts';
import { mergeFacts } from '../../functions/porting/order-facts.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { openStore } from '../open-store.ts';
import { uuid } from '../porting-events.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');
const ORDER = uuid(1);

const fact = (minute: number, more: Partial<HeldFact>): HeldFact => ({
  id: randomUUID(),
  at: timestampOf(NOON + minute * 60_000),
  type: 'porting_order.status_changed',
  v: `1#1#1#${timestampOf(NOON + minute * 60_000)}`,
  listed: true,
  webhook: false,
  ...more,
});
const status = (minute: number, value: string) => fact(minute, { status: { value, details: [] } });
const splits = (count: number, into: () => string) =>
  Array.from({ length: count }, (_, minute) =>
    fact(minute, { type: 'porting_order.split', from: ORDER, of: ORDER, into: into() }),
  );

test.each([
  ['into one order', () => uuid(2), 11_000, false],
  ['into one order each', randomUUID, 11_000, true],
])('an order with 11,000 splits %s, then an exception, then ported, has its status', async (_, into, many, isNamed) => {
  const store = await openStore();
  const change = (...fresh: HeldFact[]) =>
    changeOrder(store, ORDER, NOON, (held) => mergeFacts([...held, ...fresh]) as HeldFact[]);
  await change(status(-1, 'submitted'));
  await change(...splits(many, into));
  expect((await change(status(20_000, 'exception'))).state.status?.value).toBe('exception');
  await change(status(20_001, 'ported'));
  const { state } = await readOrder(store, ORDER);
  expect(state).toMatchObject({ status: { value: 'ported' }, events: { total: many + 3 } });
  expect(await readLargeOrders(store)).toEqual(isNamed ? [{ id: ORDER, since: timestampOf(NOON) }] : []);
});
