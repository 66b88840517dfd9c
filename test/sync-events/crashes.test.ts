import { describe, expect, test } from 'vitest';
import { beginRun, endRun, moveCursor, setCursorBack } from '../../functions/ledger/runs/sync-state.ts';
import { LEASE_FOR, LeaseLost } from '../../functions/ledger/table/lease.ts';
import type { Window } from '../../functions/porting/window.ts';
import { Death, mortal as mortalProcess } from '../mortal.ts';
import { listedEvent, withoutPayload } from '../porting-events.ts';
import { MINUTE, NOON, openRig, type Rig } from './rig.ts';

/** A run that dies at its nth step. A step is a request to the ledger, or a page of the list. */
function mortal(rig: Rig, diesAt: number, when: 'before' | 'after') {
  const { step, ...process } = mortalProcess(rig.store, diesAt, when);
  return {
    ...process,
    api: async () => ({
      ...rig.client,
      list: (window: Window, page: number) => step(() => rig.client.list(window, page)),
    }),
  };
}

function fill(rig: Rig): void {
  for (let number = 0; number < 12; number += 1) {
    const event = listedEvent(number, {
      created_at: new Date(NOON - (number % 6) * 24 * 60 * MINUTE - MINUTE).toISOString(),
    });
    rig.telnyx.put(number % 5 === 0 ? withoutPayload(event) : event);
  }
}

describe.each(['before', 'after'] as const)('death %s the effect', (when) => {
  test('of any step of a run: the next run reaches the same end state', async () => {
    let diesAt = 1;
    for (let alive = false; !alive; diesAt += 1) {
      const rig = await openRig();
      fill(rig);
      const { store, api, died } = mortal(rig, diesAt, when);
      await rig.run(undefined, { store, api }).catch((error: unknown) => expect(error).toBeInstanceOf(Death));
      alive = !died();

      // Everything stored before the death is correct, and the lease expires.
      const held = await rig.records();
      for (const [id, record] of held) expect(record).toEqual(rig.telnyx.get(id));
      const { completeThrough } = await rig.state();
      if (completeThrough !== undefined) await rig.expectComplete();
      rig.time += LEASE_FOR + 1;
      expect(await rig.run()).toMatchObject({ status: 'complete' });
      await rig.expectComplete();
      expect((await rig.state()).completeThrough).toBe(rig.time - 5_000);
      await rig.telnyx.close();
    }
    // 12 writes and the other requests of a run. With fewer steps the test would no longer see all of them.
    expect(diesAt).toBeGreaterThan(25);
  });
});

describe('the lease', () => {
  test('lets only one of two simultaneous runs work; the other does nothing', async () => {
    const rig = await openRig();
    fill(rig);
    const runs = await Promise.all([rig.run(), rig.run(), rig.run()]);
    expect(runs.filter(Boolean)).toHaveLength(1);
    expect(runs.find(Boolean)).toMatchObject({ status: 'complete', inserted: 12 });
  });

  test('of an owner that died is free after 90 s, not before', async () => {
    const rig = await openRig();
    const { store, api } = mortal(rig, 3, 'after');
    await expect(rig.run(undefined, { store, api })).rejects.toThrow(Death);
    rig.time += LEASE_FOR - 1;
    expect(await rig.run()).toBeUndefined();
    rig.time += 1;
    expect(await rig.run()).toMatchObject({ status: 'complete' });
  });

  test('that another run took: its old owner can still store events, but no longer moves the cursor', async () => {
    const rig = await openRig();
    fill(rig);
    let thief: Awaited<ReturnType<typeof rig.run>>;
    const old = await rig.run(undefined, {
      api: async () => ({
        ...rig.client,
        async list(window, page) {
          const answer = await rig.client.list(window, page);
          rig.time += LEASE_FOR + 1;
          thief = await rig.run();
          rig.telnyx.put(listedEvent(99, { created_at: new Date(rig.time + MINUTE).toISOString() }));
          return answer;
        },
      }),
    });
    expect(thief).toMatchObject({ status: 'complete', inserted: 12 });
    expect(old).toMatchObject({ status: 'failed', error: expect.stringContaining('LeaseLost') });
    const state = await rig.state();
    expect(state).toMatchObject({ completeThrough: rig.time - 5_000, lastStatus: 'complete' });
    rig.time += 5 * MINUTE;
    expect(await rig.run()).toMatchObject({ status: 'complete', inserted: 1 });
    await rig.expectComplete();
  });

  test('that another run took: the write that would move the cursor, forward or back, fails', async () => {
    const { store, state } = await openRig();
    const old = await beginRun(store, 'old', NOON);
    const thief = await beginRun(store, 'thief', NOON + LEASE_FOR);
    if (!old || !thief) throw new Error('the lease was not free');
    await moveCursor(store, thief, NOON);
    await expect(moveCursor(store, old, NOON + 1)).rejects.toThrow(LeaseLost);
    await expect(setCursorBack(store, old, NOON - 1, NOON)).rejects.toThrow(LeaseLost);
    await expect(endRun(store, old, NOON, { status: 'complete', completedAt: NOON })).rejects.toThrow(LeaseLost);
    expect(await state()).toMatchObject({ completeThrough: NOON, lastCompleteAt: undefined, endedAt: undefined });
  });

  test('is renewed by a run that takes longer than the lease lasts', async () => {
    const rig = await openRig();
    fill(rig);
    let failures = 8;
    const others: unknown[] = [];
    const long = await rig.run(undefined, {
      api: async () => ({
        ...rig.client,
        async list(window, page) {
          rig.time += 35_000;
          others.push(await rig.run());
          const answer = await rig.client.list(window, page);
          // A contradiction makes the run read again, so it takes longer than several leases.
          return failures-- > 6 ? { ...answer, totalResults: answer.totalResults + 1 } : answer;
        },
      }),
    });
    expect(long).toMatchObject({ status: 'complete', inserted: 12 });
    // Two readings of two pages.
    expect(others).toEqual([undefined, undefined, undefined, undefined]);
  });
});
