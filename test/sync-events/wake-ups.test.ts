import { describe, expect, test } from 'vitest';
import { cancelRun } from '../../functions/ledger/runs/requested-runs.ts';
import { LEASE_FOR } from '../../functions/ledger/table/lease.ts';
import { requestLastDays } from '../../functions/sync-events/requested.ts';
import { Death, mortal } from '../mortal.ts';
import { watchWakeUps } from '../wake-ups.ts';
import { fill, MANY, openSynced, request, shown, work, workAll } from './requested-runs.ts';
import { MINUTE } from './rig.ts';

async function openWatched() {
  const rig = await openSynced();
  fill(rig, 10);
  return { rig, wakeUps: watchWakeUps(rig.store) };
}

test('a requested run wakes the sync once; its progress, its pieces and its end wake no one', async () => {
  const { rig, wakeUps } = await openWatched();
  fill(rig, MANY);
  const id = await request(rig);
  expect(wakeUps.take()).toEqual(['sync-events']);
  expect(await wakeUps.ready('requested-run')).toEqual([id]);
  rig.telnyx.intercept = () => {
    rig.time += 20_000;
    return undefined;
  };
  expect(await workAll(rig)).toContain('partial');
  for (let call = 0; call < 9 && (await shown(rig, id)).status !== 'complete'; call += 1) await work(rig);
  expect(await shown(rig, id)).toMatchObject({ status: 'complete', inserted: MANY });
  expect(wakeUps.take()).toEqual([]);
  expect(await wakeUps.ready('requested-run')).toEqual([]);
});

test('of two wake-ups at once one works, and neither wakes another', async () => {
  const { rig, wakeUps } = await openWatched();
  const id = await request(rig);
  wakeUps.take();
  expect((await Promise.all([work(rig), work(rig)])).flat()).toEqual(['complete']);
  // A batch that the stream brings again.
  expect(await work(rig)).toEqual([]);
  expect(await shown(rig, id)).toMatchObject({ status: 'complete', inserted: 10 });
  expect(wakeUps.take()).toEqual([]);
});

test('a run that fails three times wakes no one', async () => {
  const { rig, wakeUps } = await openWatched();
  const id = await request(rig);
  wakeUps.take();
  rig.telnyx.intercept = () => ({ status: 503 });
  for (let call = 0; call < 12; call += 1) {
    await rig.run();
    await work(rig);
    rig.time += 5 * MINUTE;
  }
  expect(await shown(rig, id)).toMatchObject({ status: 'failed' });
  expect(wakeUps.take()).toEqual([]);
});

test('the wake-up for a second run does not hurry the first one, which has just failed', async () => {
  const { rig } = await openWatched();
  const first = await request(rig);
  rig.telnyx.intercept = () => ({ status: 503 });
  expect(await work(rig)).toEqual(['failed']);
  await request(rig);
  rig.time += 1_000;
  const asked = rig.telnyx.requests.length;
  expect(await work(rig)).toEqual([]);
  expect(rig.telnyx.requests).toHaveLength(asked);
  expect(await shown(rig, first)).toMatchObject({ status: 'pending' });
});

test.each([
  'before',
  'after',
] as const)('a sync that dies %s the effect of any step wakes no one; the next call continues', async (when) => {
  for (let diesAt = 1, alive = false; !alive; diesAt += 1) {
    const { rig, wakeUps } = await openWatched();
    const id = await request(rig);
    wakeUps.take();
    const { store, died } = mortal(rig.store, diesAt, when);
    await work(rig, { store }).catch((error: unknown) => expect(error).toBeInstanceOf(Death));
    alive = !died();
    rig.time += LEASE_FOR;
    await work(rig);
    rig.time += 5 * MINUTE;
    await work(rig);
    expect(await shown(rig, id)).toMatchObject({ status: 'complete' });
    expect(wakeUps.take()).toEqual([]);
    await rig.expectComplete();
    await rig.telnyx.close();
  }
});

describe('wakes no one:', () => {
  test('the nightly run, which the function begins itself', async () => {
    const { rig, wakeUps } = await openWatched();
    await requestLastDays(rig.store, 7, rig.time);
    expect(wakeUps.take()).toEqual([]);
    expect(await work(rig)).toEqual(['complete']);
  });

  test('a cancelled run', async () => {
    const { rig, wakeUps } = await openWatched();
    const id = await request(rig);
    wakeUps.take();
    await cancelRun(rig.store, id, rig.time);
    expect(wakeUps.take()).toEqual([]);
    expect(await wakeUps.ready('requested-run')).toEqual([]);
  });
});
