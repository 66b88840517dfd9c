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

/** Ids of the published action_required events, oldest first. */
const actions = (rig: Rig) => rig.onBus('porting_order.action_required').map(({ detail }) => detail.id);

async function undecided(rig: Rig): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of undecidedOrders(rig.store, 10)) ids.push(...page);
  return ids;
}

/** The events of an order that was refused, corrected and ported. */
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
  ])('a first run, %s first: an order that was refused, corrected and ported asks for no action', async (_, events) => {
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

  test('a present refusal asks for action once, after the run has ended', async () => {
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

  test('a refusal after its act_by never asks for action, and its order does not stay undecided', async () => {
    const rig = await openRig();
    await rig.list(statusEvent(1, 'exception', -14 * DAY - 1));
    await rig.publish(uuid(1));
    expect(await undecided(rig)).toEqual([]);
    await rig.list(statusEvent(2, 'exception', -14 * DAY + 10));
    await rig.publish(uuid(2));
    // The stay in the status began with the first of the two events.
    expect(await undecided(rig)).toEqual([]);
    await rig.synced();
    await rig.decide();
    expect(actions(rig)).toEqual([]);
  });

  test('a refusal whose act_by passes while its order is undecided asks for no action', async () => {
    const rig = await openRig();
    await rig.list(statusEvent(1, 'exception', -14 * DAY + 10));
    await rig.publish(uuid(1));
    expect(await undecided(rig)).toEqual([ORDER]);
    rig.time += 11 * MINUTE;
    await rig.synced();
    expect(await rig.decide()).toBe(0);
    expect([actions(rig), await undecided(rig)]).toEqual([[], []]);
  });

  test('the event itself is published at once', async () => {
    const rig = await openRig();
    await rig.list(statusEvent(1, 'exception', -DAY));
    await rig.publish(uuid(1));
    expect(rig.onBus('porting_order.status_changed')).toHaveLength(1);
  });
});

describe('a webhook', () => {
  test('that is live asks for action at once, although no run has completed for a day', async () => {
    const rig = await openRig();
    await rig.synced(NOON - 24 * HOUR);
    await rig.deliver(statusEvent(1, 'exception', -59));
    await rig.publish(uuid(1));
    expect(actions(rig)).toEqual([`${uuid(1)}:action_required`]);
    expect(await undecided(rig)).toEqual([]);
  });

  test('whose event is an hour old asks for action only once the ledger is current', async () => {
    const rig = await openRig();
    await rig.deliver(statusEvent(1, 'exception', -61));
    await rig.publish(uuid(1));
    expect([actions(rig), await undecided(rig)]).toEqual([[], [ORDER]]);
    await rig.synced();
    await rig.decide();
    expect(actions(rig)).toEqual([`${uuid(1)}:action_required`]);
  });

  test('that is live asks for no action if another stored webhook shows the order as corrected', async () => {
    const rig = await openRig();
    await rig.deliver(statusEvent(1, 'exception', -30));
    await rig.deliver(statusEvent(2, 'submitted', -10));
    // The stream hands over the first one only.
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

  test('while a run holds the lease; the lease of a dead run holds until it expires', async () => {
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
  ])('unless the cursor is near, where runs are further apart: %s', async (_, interval, later, expected) => {
    const rig = await refusedOrder();
    rig.interval = interval;
    await rig.synced(NOON + HOUR);
    rig.time = NOON + HOUR + later;
    expect(await rig.decide()).toBe(expected);
  });

  test.each([
    ['5 s', 5 * MINUTE, 5_000],
    ['a quarter of the interval, where runs are seconds apart', 2_000, 500],
  ])('right after a run, for %s', async (_, interval, moment) => {
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

  test('while a requested run waits for its next part', async () => {
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

  test('without the stored events that are not published yet', async () => {
    const rig = await refusedOrder();
    await rig.list(statusEvent(2, 'submitted', -10));
    await rig.synced();
    expect(await rig.decide()).toBe(0);
    expect([actions(rig), await undecided(rig)]).toEqual([[], []]);
  });
});

describe('each refusal has one id', () => {
  test('even if the function dies before it records the publication', async () => {
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

  test('and is published later if the bus did not accept it', async () => {
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

  test('and an order that cannot be read does not hold up the others', async () => {
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

  test('and a refusal that arrives while the previous one is published gets its own publication', async () => {
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
