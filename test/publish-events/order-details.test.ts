import { describe, expect, test } from 'vitest';
import { type OrderReading, recordReading } from '../../functions/ledger/orders/order-readings.ts';
import { readOrder } from '../../functions/ledger/orders/orders.ts';
import { ordersWithFoc } from '../../functions/ledger/orders/orders-by-foc.ts';
import { undecidedOrders } from '../../functions/ledger/orders/undecided.ts';
import type { OrderDetails } from '../../functions/porting/order-details.ts';
import { findExpiringDrafts } from '../../functions/publish-events/find-expiring.ts';
import { problemsOf } from '../bus/schemas.ts';
import { uuid } from '../porting-events.ts';
import { commentEvent, ORDER, statusEvent } from './events.ts';
import { MINUTE, openRig, type Rig } from './rig.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * 60;
const ONE = '2026-03-27T15:00:00.000000Z';
const OTHER = '2026-03-30T15:00:00.000000Z';

const read = (rig: Rig, details: OrderReading['details'], isNews = false) =>
  recordReading(rig.store, ORDER, { details, isNews }, rig.time);
const details = (foc: string | null, status = 'foc-date-confirmed'): OrderDetails => ({ status, foc, numberCount: 12 });

/** The derived events on the bus about details, oldest first. */
const derived = (rig: Rig) =>
  rig
    .onBus()
    .filter(({ 'detail-type': type }) => /foc_|comment_from|draft_exp/.test(type))
    .map(({ 'detail-type': type, detail }) => [
      type.replace('porting_order.', ''),
      String(detail.id).replace(ORDER, 'ORDER'),
    ]);

async function idsIn(pages: AsyncIterable<readonly string[]>): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of pages) ids.push(...page);
  return ids;
}

/** A current ledger with one order, which came into this status a day ago. */
async function withOrder(status: string, minutes = -DAY): Promise<Rig> {
  const rig = await openRig();
  await rig.list(statusEvent(1, status, minutes));
  await rig.publish(uuid(1));
  await rig.synced();
  await rig.decide();
  return rig;
}

describe('a FOC date', () => {
  test('of the first reading is the baseline and is not published', async () => {
    const rig = await withOrder('foc-date-confirmed');
    await read(rig, details(ONE));
    expect(await idsIn(undecidedOrders(rig.store, 10))).toEqual([]);
    expect(await rig.decide()).toBe(0);
    expect(derived(rig)).toEqual([]);
  });

  test('of the first reading is published if the carrier confirmed it while the ledger was current', async () => {
    const rig = await withOrder('foc-date-confirmed', -5);
    await read(rig, details(ONE), true);
    await rig.decide();
    expect(derived(rig)).toEqual([['foc_set', `ORDER:foc:1:${ONE}`]]);
  });

  test('that was asked for before another reading does not replace it', async () => {
    const rig = await withOrder('foc-date-confirmed');
    const askedAt = rig.time;
    rig.time += MINUTE;
    await read(rig, details(OTHER));
    rig.time += MINUTE;
    await recordReading(rig.store, ORDER, { details: details(ONE), isNews: false, askedAt }, rig.time);
    expect(await rig.decide()).toBe(0);
    expect((await readOrder(rig.store, ORDER)).reading?.details.foc).toBe(OTHER);
  });

  test('is not news of an order that has not confirmed one, whenever its events came', async () => {
    const rig = await withOrder('submitted', -5);
    await read(rig, details(ONE, 'submitted'), true);
    expect(await rig.decide()).toBe(0);
  });

  test('that is set, moves twice between two looks, comes back, and is taken back is published each time', async () => {
    const rig = await withOrder('foc-date-confirmed');
    await read(rig, details(null));
    for (const dates of [[ONE], [null, OTHER], [ONE], [ONE], [null]]) {
      for (const date of dates) await read(rig, details(date));
      await rig.decide();
    }
    expect(derived(rig)).toEqual([
      ['foc_set', `ORDER:foc:1:${ONE}`],
      ['foc_changed', `ORDER:foc:2:${OTHER}`],
      ['foc_changed', `ORDER:foc:3:${ONE}`],
      ['foc_changed', 'ORDER:foc:4:none'],
    ]);
    const [, , , back] = rig.onBus().filter(({ 'detail-type': type }) => type.includes('foc_'));
    expect(back?.detail).toMatchObject({ from: ONE, to: null, live: false, details: { foc_date: null } });
    for (const event of rig.onBus()) expect(problemsOf(event)).toEqual([]);
  });

  test('waits until the ledger is current', async () => {
    const rig = await withOrder('foc-date-confirmed');
    await read(rig, details(null));
    await read(rig, details(ONE));
    rig.time += 21 * MINUTE;
    expect(await rig.decide()).toBeUndefined();
    await rig.synced();
    expect(await rig.decide()).toBe(1);
  });

  test('is published again under the same id after a death before it was marked', async () => {
    const rig = await withOrder('foc-date-confirmed');
    await read(rig, details(null));
    await read(rig, details(ONE));
    const died = rig.justBefore('foc_told', () => Promise.reject(new Error('died')));
    await rig.decide();
    expect(died()).toBe(true);
    await rig.decide();
    await rig.decide();
    expect(derived(rig)).toEqual([
      ['foc_set', `ORDER:foc:1:${ONE}`],
      ['foc_set', `ORDER:foc:1:${ONE}`],
    ]);
  });

  test('is in the index while the order may port on it', async () => {
    const rig = await withOrder('foc-date-confirmed');
    const dated = async () => {
      const dates: string[] = [];
      for await (const { foc } of ordersWithFoc(rig.store, ONE, OTHER)) dates.push(foc);
      return dates;
    };
    await read(rig, details(ONE));
    expect(await dated()).toEqual([ONE]);
    await read(rig, details(OTHER));
    expect(await dated()).toEqual([OTHER]);
    await rig.list(statusEvent(2, 'cancelled', -5));
    await rig.publish(uuid(2));
    expect(await dated()).toEqual([]);
  });
});

describe('a reading and a fold of one order', () => {
  test('at the same time keep what the other found', async () => {
    const rig = await withOrder('submitted');
    await rig.list(statusEvent(2, 'foc-date-confirmed', -5));
    const during = rig.justBefore('facts', () => read(rig, details(ONE)));
    await rig.publish(uuid(2));
    expect(during()).toBe(true);
    expect(await rig.order(ORDER)).toMatchObject({
      state: { status: { value: 'foc-date-confirmed' } },
      reading: { details: { foc: ONE } },
    });

    await rig.list(commentEvent(3, -4));
    const folded = rig.justBefore('facts', () => rig.publish(uuid(3)));
    await read(rig, details(OTHER));
    expect(folded()).toBe(true);
    expect(await rig.order(ORDER)).toMatchObject({
      state: { events: { total: 3 } },
      reading: { details: { foc: OTHER, focBefore: ONE } },
    });
  });

  test('a dozen of each, all at once, lose nothing', async () => {
    const rig = await withOrder('submitted');
    const events = Array.from({ length: 12 }, (_, index) => commentEvent(index + 10, -60 + index));
    for (const event of events) await rig.list(event);
    await Promise.all([
      ...events.map(({ id }) => rig.publish(id)),
      ...events.map((_, index) => read(rig, { status: 'submitted', numberCount: index }).catch(() => undefined)),
    ]);
    // What met too many others is tried again.
    await rig.sweep();
    const { state, reading } = await rig.order(ORDER);
    expect(state.events.total).toBe(13);
    expect(reading?.details.numberCount).toEqual(expect.any(Number));
  });

  test('a reading that says nothing new writes nothing', async () => {
    const rig = await withOrder('submitted');
    const first = await read(rig, details(null, 'submitted'));
    rig.time += HOUR;
    const second = await read(rig, details(null, 'submitted'));
    expect([second?.version, second?.reading?.readAt]).toEqual([first?.version, first?.reading?.readAt]);
  });

  test('an order without any event is not recorded', async () => {
    const rig = await openRig();
    expect(await read(rig, details(ONE))).toBeUndefined();
    expect((await rig.order(ORDER)).version).toBe(0);
  });
});

describe("a comment of Telnyx's", () => {
  test('that is live is published at once, and leaves what else is undecided', async () => {
    const rig = await withOrder('foc-date-confirmed');
    await read(rig, details(null));
    await read(rig, details(ONE));
    await rig.deliver(commentEvent(2, -1));
    await rig.publish(uuid(2));
    expect(derived(rig)).toEqual([['comment_from_telnyx', `${uuid(2)}:comment_from_telnyx`]]);
    expect(rig.onBus('porting_order.comment_from_telnyx')[0]?.detail).toMatchObject({ live: true, event_id: uuid(2) });
    expect(await rig.decide()).toBe(1);
    expect(derived(rig).map(([type]) => type)).toEqual(['comment_from_telnyx', 'foc_set']);
    expect(await idsIn(undecidedOrders(rig.store, 10))).toEqual([]);
  });

  test('that the list brings is published when the ledger is current, if nothing has followed it', async () => {
    const rig = await withOrder('submitted');
    await rig.list(commentEvent(2, -90));
    await rig.publish(uuid(2));
    expect(derived(rig)).toEqual([]);
    await rig.decide();
    await rig.decide();
    expect(derived(rig)).toHaveLength(1);

    await rig.list(commentEvent(3, -80));
    await rig.publish(uuid(3));
    await rig.list(statusEvent(4, 'ported', -70));
    await rig.publish(uuid(4));
    await rig.decide();
    expect(derived(rig)).toHaveLength(1);
  });
});

describe('a draft', () => {
  const expiring = (rig: Rig) => findExpiringDrafts(rig.publisher, rig.current, rig.time);

  test('in its last five days is published once', async () => {
    const rig = await withOrder('draft', -25 * DAY + 60);
    expect(await expiring(rig)).toBe(0);
    rig.time += HOUR;
    await rig.synced();
    expect([await expiring(rig), await expiring(rig)]).toEqual([1, 0]);
    expect(derived(rig)).toEqual([['draft_expiring', `${uuid(1)}:draft_expiring`]]);
  });

  test('is not published while the ledger is not current', async () => {
    const rig = await withOrder('draft', -25 * DAY + 60);
    rig.time += 2 * HOUR;
    expect(await expiring(rig)).toBe(0);
    await rig.synced();
    expect(await expiring(rig)).toBe(1);
  });

  test('is not published once Telnyx has deleted it', async () => {
    const rig = await withOrder('draft', -25 * DAY + 60);
    rig.time += 5 * 24 * HOUR + HOUR;
    await rig.synced();
    expect(await expiring(rig)).toBe(0);
    expect(derived(rig)).toEqual([]);
  });
});
