import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { getEvent, listEvents } from '../../functions/ledger/events/event-list.ts';
import { learnIdsAgree, learnIdsDiffer } from '../../functions/ledger/events/id-agreement.ts';
import { changeOrder } from '../../functions/ledger/orders/orders.ts';
import { beginRun, moveCursor } from '../../functions/ledger/runs/sync-state.ts';
import { readOverdueLimits } from '../../functions/porting/overdue.ts';
import { findOverdue, findUnlisted, retireOld } from '../../functions/publish-events/close-day.ts';
import { mortal } from '../mortal.ts';
import { uuid } from '../porting-events.ts';
import { commentEvent, ORDER, splitEvent, statusEvent } from './events.ts';
import { MINUTE, NOON, openRig, type Rig } from './rig.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const dayOf = (rig: Rig, retainDays?: number) => ({
  store: rig.store,
  bus: rig.publisher.bus,
  limits: readOverdueLimits('default'),
  current: rig.current,
  retainDays,
});

/** How many overdue orders closing the day finds at an instant, in a current ledger. */
async function overdueAt(rig: Rig, now: number): Promise<number> {
  rig.time = now;
  await rig.synced();
  return findOverdue(dayOf(rig), now);
}

describe('an order that stays in a status longer than its limit', () => {
  test('is published as overdue once for each stay in the status', async () => {
    const rig = await openRig();
    // It is Friday noon: five business days end on the next Friday at noon.
    await rig.deliver(statusEvent(1, 'exception', 0));
    await rig.sweep();
    expect(await overdueAt(rig, NOON + 7 * DAY - MINUTE)).toBe(0);
    expect(await overdueAt(rig, NOON + 7 * DAY + MINUTE)).toBe(1);
    expect(await overdueAt(rig, NOON + 8 * DAY)).toBe(1);
    expect(rig.onBus('porting_order.overdue')).toMatchObject([
      {
        detail: {
          id: `${ORDER}:overdue:2026-03-20T12:00:00.000000Z`,
          overdue_since: '2026-03-27T12:00:00.000000Z',
          limit_business_days: 5,
          order: { id: ORDER, status: { value: 'exception' } },
        },
      },
    ]);
    // After a comment it is still overdue; after another status it is not.
    await rig.deliver(commentEvent(2, 8 * 24 * 60));
    await rig.sweep();
    expect(await overdueAt(rig, NOON + 9 * DAY)).toBe(1);
    await rig.deliver(statusEvent(3, 'submitted', 9 * 24 * 60));
    await rig.deliver(statusEvent(4, 'exception', 10 * 24 * 60));
    await rig.sweep();
    expect(await overdueAt(rig, NOON + 11 * DAY)).toBe(0);
    expect(await overdueAt(rig, NOON + 18 * DAY)).toBe(1);
    expect(rig.onBus('porting_order.overdue')).toHaveLength(2);
  });

  test('is published as overdue later if the bus was down', async () => {
    const rig = await openRig();
    await rig.deliver(statusEvent(1, 'exception', 0));
    await rig.sweep();
    rig.faults.request = () => ({ refuse: 500, type: 'InternalException' });
    expect(await overdueAt(rig, NOON + 8 * DAY)).toBe(1);
    delete rig.faults.request;
    await overdueAt(rig, NOON + 9 * DAY);
    expect(rig.onBus('porting_order.overdue')).toHaveLength(1);
  });

  test('an order that cannot be read does not hold up the others', async () => {
    const rig = await openRig();
    await rig.list(statusEvent(1, 'submitted', 0));
    await rig.list({ ...statusEvent(2, 'submitted', 0, { id: uuid(0xb) }), porting_order_id: uuid(0xb) });
    await rig.sweep();
    const failed = rig.justBefore('by_order', () => Promise.reject(new Error('unreadable')));
    expect(await overdueAt(rig, NOON + 40 * DAY)).toBe(2);
    expect([failed(), rig.onBus('porting_order.overdue').length]).toEqual([true, 1]);
    await overdueAt(rig, NOON + 41 * DAY);
    expect(rig.onBus('porting_order.overdue')).toHaveLength(2);
  });

  test('is not published as overdue while the ledger is not current', async () => {
    const rig = await openRig();
    await rig.deliver(statusEvent(1, 'exception', 0));
    await rig.sweep();
    await rig.synced(NOON + 8 * DAY);
    rig.time = NOON + 8 * DAY + HOUR;
    expect(await findOverdue(dayOf(rig), rig.time)).toBe(1);
    expect(rig.onBus('porting_order.overdue')).toEqual([]);
    await overdueAt(rig, NOON + 9 * DAY);
    expect(rig.onBus('porting_order.overdue')).toHaveLength(1);
  });

  test('is not published as overdue after its act_by, or a month after its limit', async () => {
    const rig = await openRig();
    const of = (order: string, event: ReturnType<typeof statusEvent>) =>
      rig.list({ ...event, porting_order_id: order, payload: { ...event.payload, id: order } });
    await of(uuid(0xa), statusEvent(1, 'exception', 0));
    await of(uuid(0xb), statusEvent(2, 'submitted', 0));
    await of(uuid(0xc), statusEvent(3, 'submitted', -40 * 24 * 60));
    await rig.sweep();
    expect(await overdueAt(rig, NOON + 40 * DAY)).toBe(3);
    const published = rig.onBus('porting_order.overdue').map(({ detail }) => (detail.order as { id: string }).id);
    expect(published).toEqual([uuid(0xb)]);
  });
});

test('an event that only a webhook brought is recorded as unlisted once the cursor has passed it', async () => {
  const rig = await openRig();
  await rig.deliver(statusEvent(1, 'submitted', 0));
  await rig.deliver(statusEvent(2, 'exception', 1));
  await rig.list(statusEvent(2, 'exception', 1));
  await learnIdsAgree(rig.store, rig.time);
  const lease = await beginRun(rig.store, 'test', rig.time);
  if (!lease) throw new Error('no lease');
  await moveCursor(rig.store, lease, NOON + 12 * HOUR);
  expect(await findUnlisted(dayOf(rig), NOON + 2 * DAY)).toBe(0);
  await moveCursor(rig.store, lease, NOON + 2 * DAY);
  expect(await findUnlisted(dayOf(rig), NOON + 2 * DAY)).toBe(1);
  expect(await findUnlisted(dayOf(rig), NOON + 2 * DAY)).toBe(0);
  expect((await rig.row(uuid(1)))?.gap).toEqual({ S: 'unlisted' });
  expect((await rig.row(uuid(2)))?.gap).toBeUndefined();
});

test('an event that may be listed under another id is not unlisted until ids are known to agree', async () => {
  const rig = await openRig();
  await rig.deliver(splitEvent(1, 0, uuid(0xdef)));
  await rig.deliver(statusEvent(2, 'exception', 1));
  const lease = await beginRun(rig.store, 'test', rig.time);
  if (!lease) throw new Error('no lease');
  await moveCursor(rig.store, lease, NOON + 2 * DAY);
  expect(await findUnlisted(dayOf(rig), NOON + 2 * DAY)).toBe(0);
  await learnIdsDiffer(rig.store, rig.time);
  // The status change would have been recognised and joined.
  expect(await findUnlisted(dayOf(rig), NOON + 2 * DAY)).toBe(1);
  await learnIdsAgree(rig.store, rig.time);
  expect(await findUnlisted(dayOf(rig), NOON + 2 * DAY)).toBe(1);
});

describe('retention', () => {
  const life = [statusEvent(1, 'submitted', 0), commentEvent(2, 5), statusEvent(3, 'ported', 10)];
  const later = NOON + 100 * DAY;

  async function openWithEnded(): Promise<Rig> {
    const rig = await openRig();
    for (const event of life) await rig.list(event);
    await rig.sweep();
    return rig;
  }
  const retire = (rig: Rig, days?: number) => retireOld(dayOf(rig, days), later, () => false);
  const listed = async (rig: Rig) => (await listEvents(rig.store, {}, { number: 1, size: 20 }, 1e6)).total;

  test('is permanent if nothing is set', async () => {
    const rig = await openWithEnded();
    expect(await retire(rig)).toBe(0);
    expect(await listed(rig)).toBe(3);
  });

  test('expires the events of a terminal order: they are hidden at once, the state of the order stays', async () => {
    const rig = await openWithEnded();
    expect(await retire(rig, 101)).toBe(0);
    expect(await retire(rig, 99)).toBe(3);
    expect(await retire(rig, 99)).toBe(0);
    expect(await listed(rig)).toBe(0);
    expect(await getEvent(rig.store, uuid(1))).toBeUndefined();
    expect((await rig.row(uuid(1)))?.expires_at?.N).toBe(String(later / 1000 + 2 * 24 * 3_600));
    expect((await rig.order(ORDER)).state).toMatchObject({ status: { value: 'ported' }, events: { total: 3 } });
  });

  test('brings nothing back when the function dies before the order remembers what expired', async () => {
    for (let diesAt = 1, died = true; died; diesAt += 1) {
      const rig = await openWithEnded();
      const process = mortal(rig.store, diesAt, 'after');
      await retireOld({ ...dayOf(rig, 99), store: process.store }, later, () => false).catch(() => undefined);
      died = process.died();
      // DynamoDB has a day to delete what may be deleted, and then the list shows it all again.
      rig.time = later + DAY;
      for (const { id } of life) {
        const { expires_at } = (await rig.row(id)) ?? {};
        if (Number(expires_at?.N ?? Number.POSITIVE_INFINITY) * 1000 > rig.time) continue;
        await rig.store.client.send(new DeleteItemCommand({ TableName: rig.store.events, Key: { id: { S: id } } }));
      }
      const published = rig.onBus().length;
      for (const event of life) await rig.list(event);
      await rig.sweep();
      expect(rig.onBus(), `death at ${diesAt}`).toHaveLength(published);
      await retireOld(dayOf(rig, 99), rig.time, () => false);
      expect(await listed(rig)).toBe(0);
      expect((await rig.order(ORDER)).facts.every(({ gone }) => gone)).toBe(true);
    }
  });

  test('keeps the splits of another order that is not terminal', async () => {
    const rig = await openWithEnded();
    const living = uuid(0xdef);
    const split = { ...splitEvent(5, 7, ORDER), porting_order_id: living };
    await rig.list({ ...split, payload: { from: { id: living }, to: { id: ORDER } } });
    await rig.sweep();
    expect((await rig.order(ORDER)).state.split_from).toEqual([living]);
    expect(await retire(rig, 99)).toBe(3);
    expect(await listed(rig)).toBe(1);
    expect(await retire(rig, 99)).toBe(0);
  });

  test('keeps events without payload, unpublished events and events of an order that is not terminal', async () => {
    const rig = await openWithEnded();
    await rig.list({ ...commentEvent(4, 6) });
    expect(await retire(rig, 99)).toBe(3);
    expect(await listed(rig)).toBe(1);
    const other = await openRig();
    await other.list(statusEvent(1, 'submitted', 0));
    await other.sweep();
    expect(await retire(other, 1)).toBe(0);
  });

  test('an expired event that DynamoDB deleted and the list shows again is neither published nor shown', async () => {
    const rig = await openWithEnded();
    await retire(rig, 99);
    for (const { id } of life) {
      const Key = { id: { S: id } };
      await rig.store.client.send(new DeleteItemCommand({ TableName: rig.store.events, Key }));
    }
    const before = rig.onBus().length;
    rig.time = later + DAY;
    for (const event of life) await rig.list(event);
    await rig.deliver(life[2] as (typeof life)[2]);
    await rig.sweep();
    expect(rig.onBus()).toHaveLength(before);
    expect(await listed(rig)).toBe(0);
    expect(await getEvent(rig.store, uuid(1))).toBeUndefined();
    expect((await rig.order(ORDER)).state.events.total).toBe(3);
    expect((await rig.sweep()).left).toBe(0);
  });

  test('also expires events that their order has gathered into one fact or only counts', async () => {
    const rig = await openRig();
    const comments = [2, 3, 4].map((number) => commentEvent(number, number));
    for (const event of [...comments, statusEvent(9, 'ported', 10)]) await rig.list(event);
    await rig.sweep();
    const gathered = (id: string) => id === uuid(4);
    await changeOrder(rig.store, ORDER, rig.time, (held) =>
      held
        .filter(({ id }) => gathered(id) || id === uuid(9))
        .map((fact) => (gathered(fact.id) ? { ...fact, also: [uuid(3)], more: 1 } : fact)),
    );
    expect(await retire(rig, 99)).toBe(4);
    expect(await listed(rig)).toBe(0);
    const Key = { id: { S: uuid(3) } };
    await rig.store.client.send(new DeleteItemCommand({ TableName: rig.store.events, Key }));
    const before = rig.onBus().length;
    rig.time = later + DAY;
    await rig.list(comments[1] as (typeof life)[0]);
    await rig.sweep();
    expect([rig.onBus().length, await listed(rig)]).toEqual([before, 0]);
  });

  test('a new event of a retired order is published', async () => {
    const rig = await openWithEnded();
    await retire(rig, 99);
    await rig.list(commentEvent(9, 20));
    await rig.sweep();
    expect(rig.onBus('porting_order.new_comment').map(({ detail }) => detail.id)).toContain(uuid(9));
    expect((await rig.order(ORDER)).state.events.total).toBe(4);
  });
});
