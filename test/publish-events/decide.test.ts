import { describe, expect, test } from 'vitest';
import { undecidedOrders } from '../../functions/ledger/orders/undecided.ts';
import { oldestRequested, requestRun } from '../../functions/ledger/runs/requested-runs.ts';
import { putRun } from '../../functions/ledger/runs/sync-runs.ts';
import { beginRun, endRun } from '../../functions/ledger/runs/sync-state.ts';
import { uuid } from '../porting-events.ts';
import { commentEvent, ORDER, statusEvent } from './events.ts';
import { MINUTE, NOON, openRig, type Rig } from './rig.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * 60;

/** Ids of what was announced as asking for action, oldest first. */
const actions = (rig: Rig) => rig.onBus('porting_order.action_required').map(({ detail }) => detail.id);

async function undecided(rig: Rig): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of undecidedOrders(rig.store, 10)) ids.push(...page);
  return ids;
}

/** A life that was refused, corrected and ended. */
const settled = [
  statusEvent(1, 'submitted', -6 * DAY),
  statusEvent(2, 'exception', -5 * DAY),
  commentEvent(3, -5 * DAY + 10),
  statusEvent(4, 'submitted', -4 * DAY),
  statusEvent(5, 'ported', -1 * DAY),
];

describe('what the list brings', () => {
  test.each([
    ['oldest', settled],
    ['newest', settled.toReversed()],
    ['shuffled', [1, 3, 0, 4, 2].map((index) => settled[index] as (typeof settled)[0])],
  ])('in a first run, %s first: an order that was refused, corrected and ended long ago is not announced', async (_, events) => {
    const rig = await openRig();
    const lease = await beginRun(rig.store, 'first run', rig.time);
    for (const event of events) {
      await rig.list(event);
      await rig.publish(event.id);
      await rig.decide();
      expect(actions(rig)).toEqual([]);
    }
    if (lease) await endRun(rig.store, lease, rig.time, {});
    rig.time += MINUTE;
    await rig.synced();
    await rig.decide();
    expect([actions(rig), await undecided(rig)]).toEqual([[], []]);
  });

  test('and refuses an order now, is announced once, when the run has ended', async () => {
    const rig = await openRig();
    await rig.list(statusEvent(1, 'exception', -DAY));
    await rig.publish(uuid(1));
    await rig.decide();
    expect([actions(rig), await undecided(rig)]).toEqual([[], [ORDER]]);
    await rig.synced();
    expect(await rig.decide()).toBe(1);
    expect(await rig.decide()).toBe(0);
    expect(actions(rig)).toEqual([`${uuid(1)}:action_required`]);
    expect(await undecided(rig)).toEqual([]);
  });

  test('and refused an order whose time to act is over, is never announced, and waits no more', async () => {
    const rig = await openRig();
    await rig.list(statusEvent(1, 'exception', -14 * DAY - 1));
    await rig.publish(uuid(1));
    expect(await undecided(rig)).toEqual([]);
    await rig.list(statusEvent(2, 'exception', -14 * DAY + 10));
    await rig.publish(uuid(2));
    // The stay began with the first of the two.
    expect(await undecided(rig)).toEqual([]);
    await rig.synced();
    await rig.decide();
    expect(actions(rig)).toEqual([]);
  });

  test('and whose time to act runs out while it waits, is not announced', async () => {
    const rig = await openRig();
    await rig.list(statusEvent(1, 'exception', -14 * DAY + 10));
    await rig.publish(uuid(1));
    expect(await undecided(rig)).toEqual([ORDER]);
    rig.time += 11 * MINUTE;
    await rig.synced();
    expect(await rig.decide()).toBe(0);
    expect([actions(rig), await undecided(rig)]).toEqual([[], []]);
  });

  test('the event itself is published without waiting', async () => {
    const rig = await openRig();
    await rig.list(statusEvent(1, 'exception', -DAY));
    await rig.publish(uuid(1));
    expect(rig.onBus('porting_order.status_changed')).toHaveLength(1);
  });
});

describe('a webhook', () => {
  test('that is live is announced at once, although no run has completed for a day', async () => {
    const rig = await openRig();
    await rig.synced(NOON - 24 * HOUR);
    await rig.deliver(statusEvent(1, 'exception', -59));
    await rig.publish(uuid(1));
    expect(actions(rig)).toEqual([`${uuid(1)}:action_required`]);
    expect(await undecided(rig)).toEqual([]);
  });

  test('whose event occurred an hour before waits for the list', async () => {
    const rig = await openRig();
    await rig.deliver(statusEvent(1, 'exception', -61));
    await rig.publish(uuid(1));
    expect([actions(rig), await undecided(rig)]).toEqual([[], [ORDER]]);
    await rig.synced();
    await rig.decide();
    expect(actions(rig)).toEqual([`${uuid(1)}:action_required`]);
  });

  test('that is live, of an order that a webhook stored beside it has corrected, is not announced', async () => {
    const rig = await openRig();
    await rig.deliver(statusEvent(1, 'exception', -30));
    await rig.deliver(statusEvent(2, 'submitted', -10));
    // The stream hands over the first one alone.
    await rig.publish(uuid(1));
    expect(actions(rig)).toEqual([]);
    await rig.publish(uuid(2));
    expect([actions(rig), await undecided(rig)]).toEqual([[], []]);
  });
});

describe('nothing is decided', () => {
  async function refusedOrder(): Promise<Rig> {
    const rig = await openRig();
    await rig.list(statusEvent(1, 'exception', -DAY));
    await rig.publish(uuid(1));
    return rig;
  }

  test('while a run holds the lease; one that died holds it until it runs out', async () => {
    const rig = await refusedOrder();
    await rig.synced();
    await beginRun(rig.store, 'another run', rig.time);
    expect(await rig.decide()).toBeUndefined();
    rig.time += 91_000;
    expect(await rig.decide()).toBe(1);
  });

  test.each([
    ['20 minutes behind or less', 20 * MINUTE - 5_000, 1],
    ['further behind', 20 * MINUTE - 4_999, undefined],
    ['ahead of the clock', -5_001, undefined],
  ])('unless the cursor is near: %s', async (_, later, expected) => {
    const rig = await refusedOrder();
    await rig.synced(NOON + HOUR);
    rig.time = NOON + HOUR + later;
    expect(await rig.decide()).toBe(expected);
  });

  test.each([
    ['an hour apart, 4 hours behind or less', 60 * MINUTE, 4 * HOUR - 5_000, 1],
    ['an hour apart, further behind', 60 * MINUTE, 4 * HOUR - 4_999, undefined],
  ])('where runs are further apart: %s', async (_, interval, later, expected) => {
    const rig = await refusedOrder();
    rig.interval = interval;
    await rig.synced(NOON + HOUR);
    rig.time = NOON + HOUR + later;
    expect(await rig.decide()).toBe(expected);
  });

  test.each([
    ['5 s', 5 * MINUTE, 5_000],
    ['a quarter of the interval, where runs are a moment apart', 2_000, 500],
  ])('in the moment after a run: %s', async (_, interval, moment) => {
    const rig = await refusedOrder();
    rig.interval = interval;
    await rig.synced(NOON);
    const lease = await beginRun(rig.store, 'another run', NOON);
    if (lease) await endRun(rig.store, lease, NOON, {});
    rig.time = NOON + moment - 1;
    expect(await rig.decide()).toBeUndefined();
    rig.time = NOON + moment;
    expect(await rig.decide()).toBe(1);
  });

  test('while a run that was asked for waits for its next piece', async () => {
    const rig = await refusedOrder();
    await rig.synced();
    await requestRun(rig.store, 'a-run', { from: NOON - 9 * HOUR, to: NOON - HOUR }, rig.time);
    const requested = await oldestRequested(rig.store, rig.time);
    if (!requested) throw new Error('no run');
    const cutOff = { status: 'running', startedAt: rig.time, cutOffAt: rig.time } as const;
    await putRun(rig.store, { ...requested, ...cutOff }, rig.time);
    expect(await rig.decide()).toBeUndefined();
  });

  test('when a run begins while the order is read', async () => {
    const rig = await refusedOrder();
    await rig.synced();
    const began = rig.justBefore('by_order', () => beginRun(rig.store, 'another run', rig.time));
    expect(await rig.decide()).toBeUndefined();
    expect([began(), actions(rig)]).toEqual([true, []]);
  });

  test('without what is stored and has not been published yet', async () => {
    const rig = await refusedOrder();
    await rig.list(statusEvent(2, 'submitted', -10));
    await rig.synced();
    expect(await rig.decide()).toBe(0);
    expect([actions(rig), await undecided(rig)]).toEqual([[], []]);
  });
});

describe('each refusal has one id', () => {
  test('also when the function dies before it has written down that it was announced', async () => {
    const rig = await openRig();
    await rig.list(statusEvent(1, 'exception', -DAY));
    await rig.publish(uuid(1));
    await rig.synced();
    const died = rig.justBefore('action_told', () => Promise.reject(new Error('died')));
    await rig.decide();
    expect(died()).toBe(true);
    expect(await undecided(rig)).toEqual([ORDER]);
    await rig.decide();
    expect(actions(rig)).toEqual(Array(2).fill(`${uuid(1)}:action_required`));
  });

  test('is announced later when the bus did not take it', async () => {
    const rig = await openRig();
    await rig.list(statusEvent(1, 'exception', -DAY));
    await rig.publish(uuid(1));
    await rig.synced();
    rig.faults.entry = () => 'InternalFailure';
    expect(await rig.decide()).toBe(0);
    delete rig.faults.entry;
    expect(await rig.decide()).toBe(1);
    expect(actions(rig)).toHaveLength(1);
  });

  test('one order that cannot be read holds up no other one', async () => {
    const rig = await openRig();
    const other = uuid(0xabd);
    await rig.list(statusEvent(1, 'exception', -DAY));
    await rig.list({ ...statusEvent(2, 'exception', -DAY, { id: other }), porting_order_id: other });
    await rig.publish(uuid(1), uuid(2));
    await rig.synced();
    const failed = rig.justBefore('by_order', () => Promise.reject(new Error('unreadable')));
    expect(await rig.decide()).toBe(1);
    expect(failed()).toBe(true);
    expect(await undecided(rig)).toHaveLength(1);
    expect(await rig.decide()).toBe(1);
    expect(actions(rig).toSorted()).toEqual([1, 2].map((number) => `${uuid(number)}:action_required`));
  });

  test('a refusal that becomes known while the one before is announced, waits for its own turn', async () => {
    const rig = await openRig();
    await rig.list(statusEvent(1, 'exception', -DAY));
    await rig.publish(uuid(1));
    await rig.synced();
    const next = rig.justBefore('action_told', async () => {
      await rig.list(statusEvent(2, 'submitted', -90));
      await rig.list(statusEvent(3, 'exception', -80));
      await rig.publish(uuid(2), uuid(3));
    });
    await rig.decide();
    expect([next(), await undecided(rig)]).toEqual([true, [ORDER]]);
    await rig.decide();
    expect(actions(rig)).toEqual([1, 3].map((number) => `${uuid(number)}:action_required`));
  });
});
