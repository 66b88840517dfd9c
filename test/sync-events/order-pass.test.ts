import { describe, expect, test } from 'vitest';
import { keepPlace, readConfirmedAt, readPlace } from '../../functions/ledger/orders/order-pass.ts';
import { Death, mortal } from '../mortal.ts';
import { countWrites, HOUR, INTERVAL, type OrderRig, openOrderRig, order } from './order-rig.ts';
import { MINUTE } from './rig.ts';

/** A ledger that knows orders in this status, and has read each. */
async function withOrders(
  many: number,
  status: string,
  options: Parameters<typeof openOrderRig>[0] = {},
): Promise<OrderRig> {
  const rig = await openOrderRig(options);
  for (let number = 1; number <= many; number += 1) rig.status(number, status, 60 + number);
  await rig.live(3 * INTERVAL);
  rig.asked();
  return rig;
}

const focEvents = (rig: OrderRig) =>
  rig.onBus.filter(({ type }) => type.includes('foc_')).map(({ type, detail }) => [type.slice(14), detail.id]);

/** Telnyx's own date of an order, as the ledger spells it. */
const dateOf = (rig: OrderRig, number: number) => {
  const { foc_datetime_actual: date } = rig.telnyx.order(order(number))?.activation_settings ?? {};
  return date ? date.replace('Z', '000Z') : null;
};

const passedAt = async (rig: OrderRig) => Date.parse((await readConfirmedAt(rig.store)) ?? '');

describe('a pass', () => {
  test('finds a date that moved without any event, in one request for all and one for the order', async () => {
    const rig = await withOrders(20, 'foc-date-confirmed', { orders: { movedDates: 0.1, speed: 24 } });
    const before = Array.from({ length: 20 }, (_, index) => dateOf(rig, index + 1));
    // A date moves within four days, which this Telnyx lives through in four hours.
    await rig.live(5 * HOUR);
    const after = before.map((_, index) => dateOf(rig, index + 1));
    const moved = before.flatMap((date, index) => (date === after[index] ? [] : [index + 1]));
    expect(moved.length).toBeGreaterThan(0);
    for (const number of moved) {
      expect((await rig.held(number)).reading?.details).toMatchObject({
        foc: after[number - 1],
        focBefore: before[number - 1],
      });
    }
    const asked = rig.asked();
    expect(asked).toEqual({ list: expect.any(Number), ...Object.fromEntries(moved.map((number) => [number, 1])) });
    expect(asked.list).toBe(5);
    expect(focEvents(rig).sort()).toEqual(
      moved.map((number) => ['foc_changed', `${order(number)}:foc:1:${after[number - 1]}`]).sort(),
    );
  });

  test('finds a date that was taken back', async () => {
    const rig = await withOrders(1, 'foc-date-confirmed');
    const before = dateOf(rig, 1);
    rig.telnyx.intercept = ({ path }) => {
      const shown = rig.telnyx.order(order(1));
      const record = { ...shown, activation_settings: { ...shown?.activation_settings, foc_datetime_actual: null } };
      if (path === '/v2/porting_orders')
        return { body: { data: [record], meta: { total_pages: 1, total_results: 1 } } };
      return path.startsWith('/v2/porting_orders/') ? { body: { data: record } } : undefined;
    };
    await rig.live(HOUR + INTERVAL);
    expect((await rig.held(1)).reading?.details).toMatchObject({ foc: null, focBefore: before });
    expect(focEvents(rig)).toEqual([['foc_changed', `${order(1)}:foc:1:none`]]);
  });

  test('of a list that lags asks for the order, and writes nothing that the order does not say', async () => {
    const rig = await withOrders(3, 'submitted', { orders: { listLagMs: 90 * MINUTE } });
    await rig.live(50 * MINUTE);
    rig.status(1, 'foc-date-confirmed');
    await rig.live(INTERVAL);
    await rig.live(INTERVAL);
    const { reading, version } = await rig.held(1);
    expect(reading?.details.foc).toBe(dateOf(rig, 1));
    rig.asked();
    await rig.live(3 * HOUR);
    expect((await rig.held(1)).version).toBe(version);
    expect(rig.asked()).toEqual({ 1: 1, list: 3 });
    expect(focEvents(rig).map(([type]) => type)).toEqual(['foc_set']);
  });

  test('stops at the oldest open order', async () => {
    const rig = await openOrderRig();
    for (let number = 0; number < 600; number += 1) {
      rig.status(number, number < 10 ? 'submitted' : 'ported', 60 * 24 * 30 + number);
    }
    await rig.live(2 * INTERVAL);
    expect(rig.asked()).toEqual({ list: 1 });
  });

  test('asks for an open order that the list lacks, and records when all of it was complete', async () => {
    const rig = await withOrders(3, 'submitted');
    rig.telnyx.intercept = ({ path }) =>
      path === '/v2/porting_orders' ? { body: { data: [], meta: { total_pages: 0, total_results: 0 } } } : undefined;
    const before = rig.time;
    await rig.live(HOUR);
    expect(rig.asked()).toEqual({ list: 1, 1: 1, 2: 1, 3: 1 });
    expect(await passedAt(rig)).toBeGreaterThan(before);
    expect((await rig.held(1)).reading?.differs).toBeUndefined();
  });

  test('that is cut off goes on from its page in the next call', async () => {
    const rig = await withOrders(600, 'submitted');
    await rig.live(50 * MINUTE);
    let pages: string[] = [];
    let isSlow = true;
    rig.telnyx.intercept = ({ path, query }) => {
      if (path !== '/v2/porting_orders') return undefined;
      pages.push(query['page[number]'] ?? '');
      if (isSlow && pages.length === 2) rig.time += MINUTE;
      return undefined;
    };
    rig.asked();
    await rig.live(INTERVAL);
    expect(pages).toEqual(['1', '2']);
    const place = await readPlace(rig.store);
    expect(place).toMatchObject({ page: 3, left: expect.any(Array) });
    expect(place?.left).toHaveLength(100);
    expect(await passedAt(rig)).toBeLessThan(place?.beganAt ?? 0);
    isSlow = false;
    pages = [];
    await rig.live(INTERVAL);
    expect(pages).toEqual(['3']);
    expect(await readPlace(rig.store)).toBeUndefined();
    expect(await passedAt(rig)).toBe(place?.beganAt);
    expect(Object.keys(rig.asked())).toEqual(['list']);
  }, 60_000);

  test('that is cut off between two orders asks for the others in the next call', async () => {
    const rig = await withOrders(40, 'submitted');
    await rig.live(50 * MINUTE);
    for (let number = 1; number <= 40; number += 1) rig.silently(number, 'foc-date-confirmed');
    rig.time += 10_000;
    await rig.call({ endsAt: rig.time + 25_000 });
    const first = Object.keys(rig.asked()).length;
    expect(first).toBeGreaterThan(5);
    expect(first).toBeLessThan(30);
    rig.time += INTERVAL;
    await rig.call();
    expect(Object.keys(rig.asked()).length).toBeGreaterThanOrEqual(40 - first);
    for (let number = 1; number <= 40; number += 1) {
      expect((await rig.held(number)).reading?.details.foc).toBe(dateOf(rig, number));
    }
    expect(await readPlace(rig.store)).toBeUndefined();
  });

  test('of 20,000 orders keeps a place that fits into a row', async () => {
    const rig = await openOrderRig();
    const left = Array.from({ length: 20_000 }, () => crypto.randomUUID());
    await keepPlace(rig.store, { beganAt: rig.time, page: 7, left });
    expect(await readPlace(rig.store)).toEqual({ beganAt: rig.time, page: 7, left: left.slice(0, 15_000) });
  });
});

describe.each(['before', 'after'] as const)('death %s the effect', (when) => {
  test('of any request of a call: the next calls know all that Telnyx says', async () => {
    let diesAt = 1;
    for (let alive = false; !alive; diesAt += 1) {
      const rig = await withOrders(3, 'submitted');
      // Calls in which nothing happens are left out: there are some 40 places to die at.
      await rig.live(INTERVAL);
      rig.time += 40 * MINUTE;
      await rig.live(INTERVAL);
      rig.status(1, 'foc-date-confirmed');
      rig.silently(2, 'foc-date-confirmed');
      rig.time += 10_000;
      const { store, died } = mortal(rig.store, diesAt, when);
      await rig
        .call({ store, orders: { ...rig.orders(), store } })
        .catch((error: unknown) => expect(error).toBeInstanceOf(Death));
      alive = !died();
      // The lease of a dead run expires.
      rig.time += 2 * MINUTE;
      await rig.live(2 * INTERVAL);
      rig.time += HOUR;
      await rig.live(2 * INTERVAL);
      for (const number of [1, 2]) expect((await rig.held(number)).reading?.details.foc).toBe(dateOf(rig, number));
      expect(await readPlace(rig.store)).toBeUndefined();
      await rig.telnyx.close();
    }
    expect(diesAt).toBeGreaterThan(30);
  }, 300_000);
});

test('two calls at once read each order once', async () => {
  const rig = await withOrders(10, 'submitted');
  for (let number = 1; number <= 10; number += 1) rig.status(number, 'foc-date-confirmed');
  rig.time += 10_000;
  const { store, writes } = countWrites(rig.store);
  await Promise.all([0, 1, 2].map(() => rig.call({ orders: { ...rig.orders(), store } })));
  expect(Object.values(rig.asked())).toEqual(Array.from({ length: 10 }, () => 1));
  expect(writes.filter((write) => write === 'Put orders')).toHaveLength(10);
});
