import { describe, expect, test } from 'vitest';
import { readConfirmedAt } from '../../functions/ledger/orders/order-pass.ts';
import { readOrdersRefused, readUpstream } from '../../functions/ledger/status/upstream-state.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { eventually } from '../eventually.ts';
import { captureLog } from '../handlers.ts';
import { commentEvent, ORDER } from '../publish-events/events.ts';
import { countWrites, DAY, HOUR, INTERVAL, nameOf, type OrderRig, openOrderRig, order } from './order-rig.ts';
import { MINUTE, NOON } from './rig.ts';

/** A current ledger with an order that was submitted two hours ago, and read. */
async function withOrder(options: Parameters<typeof openOrderRig>[0] = {}): Promise<OrderRig> {
  const rig = await openOrderRig(options);
  rig.status(1, 'submitted', 120);
  await rig.live(3 * INTERVAL);
  rig.asked();
  rig.time += 1;
  return rig;
}

const focEvents = (rig: OrderRig) => rig.onBus.filter(({ type }) => type.includes('foc_')).map(({ type }) => type);

describe('after a new event, an order is', () => {
  test('read once: its FOC date is kept, and published', async () => {
    const rig = await withOrder();
    rig.status(1, 'foc-date-confirmed');
    await rig.live(3 * INTERVAL);
    expect(rig.asked()).toEqual({ 1: 1 });
    const foc = rig.telnyx.order(order(1))?.activation_settings.foc_datetime_actual;
    const { reading } = await rig.held(1);
    expect(Date.parse(reading?.details.foc ?? '')).toBe(Date.parse(foc ?? ''));
    expect(reading?.differs).toBeUndefined();
    expect(focEvents(rig)).toEqual(['porting_order.foc_set']);
  });

  test('read for the first time, and its date is news, if the date was confirmed while the ledger was current', async () => {
    const rig = await withOrder();
    rig.status(2, 'submitted', 3);
    const confirmed = rig.status(2, 'foc-date-confirmed', 2);
    rig.telnyx.put(confirmed, { visibleAt: rig.time + INTERVAL });
    // The run stores the first event, and the order has no row before it is published.
    await rig.live(4 * INTERVAL);
    expect(rig.asked()).toEqual({ 2: 1 });
    expect(focEvents(rig)).toEqual(['porting_order.foc_set']);
  });

  test('read before its event is folded: that is no difference, and the date is published all the same', async () => {
    const rig = await withOrder();
    rig.status(1, 'foc-date-confirmed');
    rig.time += 10_000;
    await rig.call();
    expect((await rig.held(1)).reading?.differs).toMatchObject({ status: 'foc-date-confirmed' });
    await rig.publish();
    expect((await rig.held(1)).reading?.differs).toBeUndefined();
    await rig.live(INTERVAL);
    expect(focEvents(rig)).toEqual(['porting_order.foc_set']);
  });

  test('left to the hourly pass when the event is a comment', async () => {
    const rig = await withOrder();
    const comment = commentEvent(0x900, (rig.time - NOON) / MINUTE);
    rig.telnyx.put({ ...comment, porting_order_id: order(1) });
    await rig.live(2 * INTERVAL);
    expect(rig.asked()).toEqual({});
    rig.telnyx.put({ ...comment, id: ORDER, event_type: 'porting_order.brand_new', porting_order_id: order(1) });
    await rig.live(2 * INTERVAL);
    expect(rig.asked()).toEqual({ 1: 1 });
  });

  test('read once more when it has ended, and then never again', async () => {
    const rig = await withOrder();
    rig.status(1, 'ported');
    await rig.live(INTERVAL);
    rig.telnyx.put({ ...rig.status(1, 'ported'), event_type: 'porting_order.brand_new' });
    await rig.live(3 * HOUR);
    expect(rig.asked()).toEqual({ 1: 1 });
    expect((await rig.held(1)).reading).toMatchObject({ ended: true });
  });

  test('not read when it ended before the ledger began', async () => {
    const rig = await openOrderRig();
    rig.status(1, 'ported', 30 * 24 * 60);
    await rig.live(2 * HOUR);
    expect(rig.asked()).toEqual({});
    rig.telnyx.put({ ...rig.status(1, 'ported'), event_type: 'porting_order.brand_new' });
    await rig.live(INTERVAL);
    expect(rig.asked()).toEqual({});
  });

  test('never asked for when details are switched off', async () => {
    const rig = await openOrderRig();
    rig.status(1, 'submitted');
    rig.time += 10_000;
    for (let run = 0; run < 3; run += 1) {
      expect(await rig.call({ orders: undefined })).toMatchObject([{ status: 'complete' }]);
      await rig.publish();
    }
    expect(rig.asked()).toEqual({});
  });
});

describe('an order that Telnyx does not have any more', () => {
  test('is deleted, keeps what was known, and is not asked for once that is certain', async () => {
    const rig = await withOrder();
    const before = await rig.held(1);
    rig.telnyx.intercept = ({ path }) =>
      path.startsWith('/v2/porting_orders/')
        ? { status: 404 }
        : path.startsWith('/v2/porting_orders')
          ? { body: { data: [], meta: { total_pages: 0, total_results: 0 } } }
          : undefined;
    await rig.live(6 * HOUR);
    const { reading, version } = await rig.held(1);
    expect(reading).toMatchObject({
      details: before.reading?.details,
      ended: true,
      differs: { status: 'deleted' },
    });
    expect(version).toBe(before.version + 1);
    expect(rig.asked()).toEqual({ 1: 2, list: 2 });
  });
});

describe('Telnyx refuses to show orders', () => {
  const refused = { status: 403, body: { errors: [{ code: '10010', title: 'Not authorized' }] } };

  test('with 403: the run is complete, and no order is asked for until an hour later', async () => {
    const rig = await withOrder();
    rig.telnyx.intercept = ({ path }) => (path.startsWith('/v2/porting_orders') ? refused : undefined);
    rig.status(1, 'foc-date-confirmed');
    rig.time += 10_000;
    expect(await rig.call()).toMatchObject([{ status: 'complete' }]);
    const refusedAt = timestampOf(rig.time);
    expect(await readOrdersRefused(rig.store)).toEqual({ since: refusedAt, at: refusedAt });
    expect((await readUpstream(rig.store)).lastFault).toBeUndefined();
    await rig.live(50 * MINUTE);
    expect(rig.asked()).toEqual({ 1: 1 });

    rig.telnyx.intercept = undefined;
    await rig.live(20 * MINUTE);
    expect(await readOrdersRefused(rig.store)).toBeUndefined();
    expect(rig.asked()).toEqual({ list: 1, 1: 1 });
    expect(focEvents(rig)).toEqual(['porting_order.foc_set']);
  });

  test('with 429: it is asked again, and if that fails too, by the next run', async () => {
    const rig = await withOrder();
    let answers = 0;
    rig.telnyx.intercept = ({ path }) => {
      if (!path.startsWith('/v2/porting_orders')) return undefined;
      answers += 1;
      return answers === 1 ? { status: 429, headers: { 'retry-after': '2' } } : undefined;
    };
    rig.status(1, 'foc-date-confirmed');
    await rig.live(2 * INTERVAL);
    expect(answers).toBe(2);
    expect((await rig.held(1)).reading?.details.foc).toBeDefined();

    rig.telnyx.intercept = ({ path }) => (path.startsWith('/v2/porting_orders') ? { status: 429 } : undefined);
    rig.status(1, 'exception');
    rig.time += 10_000;
    expect(await rig.call()).toMatchObject([{ status: 'complete' }]);
    await rig.publish();
    rig.telnyx.intercept = undefined;
    rig.asked();
    await rig.live(HOUR);
    expect(rig.asked()).toEqual({ list: 1, 1: 1 });
    expect((await rig.held(1)).reading?.details.foc).toBeNull();
  });

  test('one of them, with 500 each time: the others are read', async () => {
    const rig = await withOrder();
    rig.telnyx.intercept = (request) => (nameOf(request) === '2' ? { status: 500 } : undefined);
    for (const number of [2, 3]) rig.status(number, 'submitted', 1);
    await rig.live(2 * INTERVAL);
    for (const number of [2, 3]) rig.status(number, 'foc-date-confirmed');
    await rig.live(2 * HOUR);
    expect((await rig.held(3)).reading?.details.foc).toBeDefined();
    expect(rig.time - Date.parse((await readConfirmedAt(rig.store)) ?? '')).toBeLessThanOrEqual(HOUR + INTERVAL);
  });
});

describe('the time for orders', () => {
  test('of a first sync over 300 is enough for all of them, in two calls', async () => {
    const rig = await openOrderRig();
    for (let number = 0; number < 300; number += 1) rig.status(number, 'submitted', 60 * 24 + number);
    for (let number = 300; number < 330; number += 1) rig.status(number, 'cancelled', 60 * 24 * 9 + number);
    await rig.live(INTERVAL);
    await rig.live(INTERVAL);
    for (let number = 0; number < 300; number += 1) {
      expect((await rig.held(number)).reading?.details.numberCount).toBeGreaterThan(0);
    }
    expect((await rig.held(310)).reading).toBeUndefined();
    expect(focEvents(rig)).toEqual([]);
    expect(rig.asked()).toEqual({ list: 2 });
  });

  test('is at most 60 s a call, at 2 requests a second together with the run', async () => {
    const rig = await openOrderRig();
    for (let number = 0; number < 200; number += 1) rig.status(number, 'submitted', 60);
    await rig.live(2 * INTERVAL);
    rig.asked();
    for (let number = 0; number < 200; number += 1) rig.status(number, 'foc-date-confirmed');
    rig.time += 10_000;
    await rig.call();
    const paths = rig.telnyx.requests.map(({ path, at }) => ({ path, at }));
    const orders = paths.filter(({ path }) => path.startsWith('/v2/porting_orders/'));
    expect(orders.length).toBeGreaterThan(110);
    expect(orders.length).toBeLessThanOrEqual(120);
    expect((orders.at(-1)?.at ?? 0) - (orders[0]?.at ?? 0)).toBeLessThanOrEqual(MINUTE);
    const spaces = paths.slice(1).map(({ at }, index) => at - (paths[index]?.at ?? 0));
    expect(Math.min(...spaces)).toBe(500);
    await rig.publish();
    // The pass finds the others.
    await rig.live(HOUR + INTERVAL);
    for (let number = 0; number < 200; number += 1) {
      expect((await rig.held(number)).reading?.details.foc).toEqual(expect.any(String));
    }
  });

  test('is over when another run begins', async () => {
    const rig = await withOrder();
    for (let number = 1; number < 30; number += 1) rig.status(number, 'submitted', 1);
    await rig.live(INTERVAL);
    for (let number = 1; number < 30; number += 1) rig.status(number, 'foc-date-confirmed');
    rig.time += 10_000;
    let asked = 0;
    let second: Promise<unknown> | undefined;
    rig.telnyx.intercept = ({ path }) => {
      if (!path.startsWith('/v2/porting_orders')) return undefined;
      asked += 1;
      if (asked !== 3) return undefined;
      second = rig.run();
      return { until: second };
    };
    await rig.call();
    await second;
    // The reader looks every 2 s.
    expect(asked).toBeGreaterThanOrEqual(3);
    expect(asked).toBeLessThanOrEqual(3 + 4);
  });

  test('ends with the function', async () => {
    const rig = await withOrder();
    for (let number = 1; number < 30; number += 1) rig.status(number, 'submitted', 1);
    await rig.live(INTERVAL);
    for (let number = 1; number < 30; number += 1) rig.status(number, 'foc-date-confirmed');
    rig.time += 10_000;
    rig.asked();
    await rig.call({ endsAt: rig.time + 20_000 });
    const asked = Object.values(rig.asked()).length;
    expect(asked).toBeGreaterThan(3);
    expect(asked).toBeLessThanOrEqual(10);
  });
});

test('what a call has read is one line of counts, without any name', async () => {
  const rig = await withOrder();
  const { text, lines } = captureLog();
  rig.status(1, 'foc-date-confirmed');
  await rig.live(2 * INTERVAL);
  expect(lines().filter(({ event }) => event === 'orders_read')).toMatchObject([
    { level: 'info', read: 1, changed: 1, listed: 0 },
  ]);
  expect(text()).not.toMatch(/private|\+1303555/);
});

test('when nothing has changed, a pass writes one attribute, and a call without one writes nothing', async () => {
  const rig = await openOrderRig();
  for (let number = 0; number < 30; number += 1) rig.status(number, 'submitted', 60);
  await rig.live(3 * INTERVAL);
  const { store, writes } = countWrites(rig.store);
  const orders = { ...rig.orders(), store };
  for (let run = 0; run < 30; run += 1) {
    await rig.call({ orders });
    rig.time += INTERVAL;
  }
  expect(rig.time).toBeGreaterThan(NOON + 2 * HOUR);
  expect(writes).toEqual(['Update order-pass', 'Update order-pass']);
});

test('a fold and a reading of one order at the same time keep what the other found', async () => {
  const rig = await withOrder();
  rig.status(1, 'foc-date-confirmed');
  rig.time += 10_000;
  let folded: Promise<void> | undefined;
  rig.telnyx.intercept = ({ path }) => {
    if (!path.startsWith('/v2/porting_orders/')) return undefined;
    folded = rig.publish();
    return {};
  };
  await rig.call();
  await folded;
  await eventually(async () => expect((await rig.held(1)).state.status?.value).toBe('foc-date-confirmed'));
  expect((await rig.held(1)).reading).toMatchObject({ details: { foc: expect.any(String) } });
});

test('a year of an idle account: no order is asked for, and once an hour that is noted', async () => {
  const rig = await openOrderRig();
  rig.status(1, 'ported', 60 * 24 * 60);
  await rig.live(3 * INTERVAL);
  const { store, writes } = countWrites(rig.store);
  for (let run = 0; run < 12; run += 1) {
    await rig.call({ orders: { ...rig.orders(), store } });
    rig.time += DAY / 24 / 12;
  }
  expect(rig.asked()).toEqual({});
  expect(writes).toEqual(['Update order-pass']);
});
