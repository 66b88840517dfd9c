import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { uuid } from '../porting-events.ts';
import { at, commentEvent, ORDER, splitEvent, statusEvent } from './events.ts';
import { openRig, type Rig } from './rig.ts';

/** The webhook's date is some seconds after the list's. */
function delivered(event: PortingEvent, seconds: number): PortingEvent {
  const occurred = new Date(Date.parse(event.created_at ?? '') + seconds * 1_000).toISOString();
  return { ...event, created_at: occurred, updated_at: occurred };
}

async function versionOf(rig: Rig): Promise<number> {
  return (await rig.order(ORDER)).version;
}

describe('the list confirms what a webhook brought', () => {
  test.each([
    ['a status', statusEvent(1, 'exception', 0)],
    ['a comment', commentEvent(1, 0)],
  ])('%s, with its own date: the order needs no second fold, and its state has one date', async (_, event) => {
    const [rig, listedOnly] = [await openRig(), await openRig()];
    await rig.deliver(delivered(event, 3));
    await rig.publish(event.id);
    const version = await versionOf(rig);
    await rig.list(event);
    expect(await rig.row(event.id)).toMatchObject({ created_at_id: { S: `${event.created_at}#${event.id}` } });
    expect((await rig.row(event.id))?.unpublished).toBeUndefined();
    await rig.sweep();
    expect(await versionOf(rig)).toBe(version);
    expect(await rig.event(event.id)).toMatchObject({ ...event, ledger: { revision: 2 } });

    await listedOnly.list(event);
    await listedOnly.sweep();
    expect((await rig.order(ORDER)).state).toEqual((await listedOnly.order(ORDER)).state);
  });

  test.each([
    ['a split, which has no time of its own', splitEvent(1, 0, uuid(0xdef)), {}],
    ['a status with another reason', statusEvent(1, 'exception', 0), { status: { value: 'exception', details: [] } }],
    ['a status with a time far from its date', statusEvent(1, 'exception', 0), { updated_at: at(-2) }],
  ])('%s: the order is folded again', async (_, event, told) => {
    const rig = await openRig();
    await rig.deliver(delivered({ ...event, payload: { ...event.payload, ...told } }, 3));
    await rig.publish(event.id);
    const version = await versionOf(rig);
    await rig.list(event);
    await rig.sweep();
    expect(await versionOf(rig)).toBeGreaterThan(version);
    expect((await rig.order(ORDER)).state.changed_at.slice(0, 19)).toBe(event.created_at?.slice(0, 19));
  });

  test('before the order is folded: it is folded once, with the list’s record', async () => {
    const rig = await openRig();
    const event = statusEvent(1, 'exception', 0);
    await rig.deliver(delivered(event, 3));
    await rig.list(event);
    await rig.sweep();
    expect((await rig.order(ORDER)).facts).toMatchObject([{ listed: true, webhook: true, created: event.created_at }]);
    expect(rig.onBus('porting_order.status_changed')).toHaveLength(1);
  });
});

describe('statuses within one second', () => {
  const [first, second, third] = [
    statusEvent(1, 'submitted', 0),
    statusEvent(2, 'exception', 0),
    statusEvent(3, 'foc-date-confirmed', 0),
  ];
  const events = [first, second, third].map((event, index) => ({
    ...event,
    created_at: `2026-03-20T12:00:00.${index + 1}00000Z`,
  }));
  const steps = events.flatMap(({ id }) => ['deliver', 'list', 'publish'].map((what) => ({ what, id })));

  test('end in the order of the list, whatever came first and whatever the dates of the webhooks', async () => {
    const skews = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 3, maxLength: 3 });
    const some = fc.shuffledSubarray([...steps, ...steps.filter(({ what }) => what === 'publish')]);
    await fc.assert(
      fc.asyncProperty(some, skews, async (actions, seconds) => {
        const rig = await openRig();
        for (const { what, id } of actions) {
          const index = events.findIndex((event) => event.id === id);
          const event = events[index] as PortingEvent;
          if (what === 'deliver') await rig.deliver(delivered(event, seconds[index] ?? 0));
          if (what === 'list') await rig.list(event);
          if (what === 'publish') await rig.publish(id);
        }
        for (const event of events) await rig.list(event);
        await rig.sweep();
        await rig.sweep();
        expect((await rig.order(ORDER)).state).toMatchObject({
          status: { value: 'foc-date-confirmed' },
          last_event: { id: uuid(3) },
          first_event: { id: uuid(1) },
        });
      }),
      { numRuns: 30 },
    );
  });

  test('are folded again by the confirmation that a fold overtook', async () => {
    const rig = await openRig();
    const [one, other] = events as [PortingEvent, PortingEvent];
    await rig.deliver(delivered(one, 5));
    await rig.publish(one.id);
    // The sync has read the row of `one`, and writes it after `other` has come and been folded.
    const came = rig.justBefore('listing', async () => {
      await rig.deliver(delivered(other, 0));
      await rig.publish(other.id);
    });
    await rig.list(one);
    expect(came()).toBe(true);
    expect((await rig.order(ORDER)).state.status?.value).toBe('submitted');
    await rig.sweep();
    expect((await rig.order(ORDER)).state.status?.value).toBe('exception');
  });
});

test('two splits of one instant end in the order of the list, whatever came by webhook', async () => {
  const rig = await openRig();
  const [one, other] = [splitEvent(1, 0, uuid(0xdef)), splitEvent(2, 0, uuid(0xdef))];
  const changedLater = { ...one, updated_at: at(1) };
  await rig.deliver(one);
  await rig.publish(one.id);
  await rig.list(changedLater);
  await rig.list(other);
  await rig.publish(other.id);
  await rig.sweep();
  expect((await rig.order(ORDER)).state).toMatchObject({ first_event: { id: other.id }, last_event: { id: one.id } });
});
