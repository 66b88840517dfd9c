import { describe, expect, test } from 'vitest';
import { judge } from '../../functions/health/judge.ts';
import { judgedStatus } from '../../functions/health/judged-status.ts';
import { readStatus } from '../../functions/ledger/status/status.ts';
import { HOUR, INTERVAL, type OrderRig, openOrderRig, order } from './order-rig.ts';

async function withOrder(status: string): Promise<OrderRig> {
  const rig = await openOrderRig();
  rig.status(1, status, 120);
  await rig.live(3 * INTERVAL);
  return rig;
}

async function disagreeing(rig: OrderRig) {
  const status = await readStatus(rig.store, rig.time);
  const found = judge(judgedStatus(status, { mode: 'off', perDay: 50 }), rig.time);
  const isFound = found.some(({ code }) => code === 'order_disagrees');
  expect(isFound).toBe(status.disagreeing_orders.length > 0);
  return status.disagreeing_orders.map(({ id, ledger, telnyx }) => [id, ledger, telnyx]);
}

const ahead = [[order(1), 'submitted', 'foc-date-confirmed']];

describe("an order whose status at Telnyx is not the ledger's", () => {
  test('is a finding when it still is an hour after it was seen, and not before', async () => {
    const rig = await withOrder('submitted');
    rig.silently(1, 'foc-date-confirmed');
    await rig.live(HOUR);
    expect((await rig.held(1)).reading?.differs?.status).toBe('foc-date-confirmed');
    await rig.live(HOUR - 2 * INTERVAL);
    expect(await disagreeing(rig)).toEqual([]);
    await rig.live(3 * INTERVAL);
    expect(await disagreeing(rig)).toEqual(ahead);
  });

  test('is none when its event comes within the hour', async () => {
    const rig = await withOrder('submitted');
    rig.silently(1, 'foc-date-confirmed');
    await rig.live(HOUR);
    rig.status(1, 'foc-date-confirmed', 10);
    await rig.live(3 * HOUR);
    expect(await disagreeing(rig)).toEqual([]);
    expect((await rig.held(1)).reading?.differs).toBeUndefined();
  });

  test('is over when an event explains it, by the next pass', async () => {
    const rig = await withOrder('submitted');
    rig.silently(1, 'foc-date-confirmed');
    await rig.live(2 * HOUR + INTERVAL);
    expect(await disagreeing(rig)).toEqual(ahead);
    rig.status(1, 'foc-date-confirmed');
    await rig.live(HOUR);
    expect(await disagreeing(rig)).toEqual([]);
  });

  test('is over when Telnyx goes back, by the next pass', async () => {
    const rig = await withOrder('submitted');
    // Both without a date: the orders differ by their status only.
    rig.silently(1, 'in-process');
    await rig.live(HOUR);
    expect((await rig.held(1)).reading?.differs?.status).toBe('in-process');
    rig.silently(1, 'submitted');
    await rig.live(HOUR);
    expect((await rig.held(1)).reading?.differs).toBeUndefined();

    rig.silently(1, 'in-process');
    await rig.live(2 * HOUR + INTERVAL);
    expect(await disagreeing(rig)).toEqual([[order(1), 'submitted', 'in-process']]);
    rig.silently(1, 'submitted');
    await rig.live(HOUR);
    expect(await disagreeing(rig)).toEqual([]);
    expect((await rig.held(1)).reading?.differs).toBeUndefined();
  });

  test('is asked for each hour as long as it differs', async () => {
    const rig = await withOrder('submitted');
    rig.silently(1, 'foc-date-confirmed');
    await rig.live(HOUR);
    rig.asked();
    await rig.live(5 * HOUR);
    expect(rig.asked()).toEqual({ list: 5, 1: 5 });
  });

  test('is found when it has ended in the ledger alone', async () => {
    const rig = await withOrder('submitted');
    const event = rig.status(1, 'cancelled');
    rig.telnyx.intercept = ({ path }) =>
      path === `/v2/porting_orders/${order(1)}`
        ? { body: { data: { ...rig.telnyx.order(order(1)), status: { value: 'in-process' } } } }
        : undefined;
    await rig.live(2 * INTERVAL);
    expect((await rig.held(1)).state.status_event_id).toBe(event.id);
    await rig.live(2 * HOUR);
    expect(await disagreeing(rig)).toEqual([[order(1), 'cancelled', 'in-process']]);
    rig.telnyx.intercept = undefined;
    await rig.live(HOUR);
    expect(await disagreeing(rig)).toEqual([]);
    rig.asked();
    await rig.live(2 * HOUR);
    expect(rig.asked()).toEqual({});
  });

  test('is found when Telnyx does not have it any more, until its deletion is listed', async () => {
    const rig = await withOrder('draft');
    const isAway = { is: true };
    rig.telnyx.intercept = ({ path }) =>
      path.startsWith('/v2/porting_orders/') && isAway.is
        ? { status: 404 }
        : path === '/v2/porting_orders'
          ? { body: { data: [], meta: { total_pages: 0, total_results: 0 } } }
          : undefined;
    await rig.live(2 * HOUR + INTERVAL);
    expect(await disagreeing(rig)).toEqual([[order(1), 'draft', 'deleted']]);
    rig.asked();
    await rig.live(3 * HOUR);
    expect(rig.asked()).toEqual({});
    expect(await disagreeing(rig)).toHaveLength(1);
    const deleted = { ...rig.status(1, 'draft'), event_type: 'porting_order.deleted' };
    rig.telnyx.put({ ...deleted, payload: { id: order(1), deleted_at: deleted.created_at } });
    await rig.live(HOUR + INTERVAL);
    expect((await rig.held(1)).state.status?.value).toBe('deleted');
    expect(await disagreeing(rig)).toEqual([]);
    await rig.live(2 * HOUR);
    expect(rig.asked()).toEqual({ 1: 1 });
  });
});
