import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cancelJob, handOver, startJob } from '../../functions/ledger/jobs/job-progress.ts';
import { LEASE_FOR } from '../../functions/ledger/table/lease.ts';
import type { Store } from '../../functions/ledger/table/store.ts';
import type { RunResult } from '../../functions/run-jobs/run.ts';
import type { Fault } from '../../infra/local/simulator/events-api.ts';
import { captureLog } from '../handlers.ts';
import { Death } from '../mortal.ts';
import { type WakeUps, watchWakeUps } from '../wake-ups.ts';
import { mortal } from './mortal.ts';
import { MINUTE, openRig, type Rig, repeated } from './rig.ts';

let rig: Rig;
let wakeUps: WakeUps;

beforeEach(async () => {
  captureLog();
  rig = await openRig();
  wakeUps = watchWakeUps(rig.store);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Calls a worker for each wake-up, and for those that its work brings, as the stream does. */
async function stream(changes: Parameters<Rig['run']>[0] = {}): Promise<readonly RunResult['status'][]> {
  const statuses: RunResult['status'][] = [];
  for (let woken = wakeUps.take(); woken.length > 0; woken = wakeUps.take()) {
    expect(new Set(woken)).toEqual(new Set(['run-jobs']));
    statuses.push((await rig.run(changes)).status);
    if (statuses.length > 100) throw new Error('The stream calls the worker again and again.');
  }
  return statuses;
}

test('a new job calls the worker once; its progress and its end call no one', async () => {
  const id = await rig.makeJob(12);
  expect(await wakeUps.ready('republish-job')).toEqual([id]);
  expect(await stream()).toEqual(['ended']);
  expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 12 } });
  expect(await wakeUps.ready('republish-job')).toEqual([]);
});

test('the schedule finds a job whose wake-up is lost', async () => {
  const id = await rig.makeJob(2);
  wakeUps.take();
  expect(await rig.run()).toEqual({ status: 'ended' });
  expect(await rig.job(id)).toMatchObject({ status: 'complete' });
});

test('of two wake-ups at once one works, and the other calls no one', async () => {
  const id = await rig.makeJob(4);
  wakeUps.take();
  const runs = await Promise.all([rig.run(), rig.run()]);
  expect(runs.map(({ status }) => status).sort()).toEqual(['ended', 'skipped']);
  expect(wakeUps.take()).toEqual([]);
  // A batch that the stream brings again.
  expect(await rig.run()).toEqual({ status: 'idle' });
  expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 4 } });
  expect(repeated(rig.telnyx)).toEqual([]);
});

test('a worker that dies calls no one, wherever it dies; the schedule continues once its lease has expired', async () => {
  for (let diesAt = 1, alive = false; !alive; diesAt += 1) {
    const id = await rig.makeJob(2);
    wakeUps.take();
    const { store, api, died } = mortal(rig, diesAt, 'after');
    await rig.run({ store, api }).catch((error: unknown) => expect(error).toBeInstanceOf(Death));
    alive = !died();
    // The stream tries the batch again while the dead worker still has the lease.
    await rig.run();
    rig.time += LEASE_FOR;
    await rig.run();
    expect(await rig.job(id)).toMatchObject({ status: 'complete', done: 2 });
    // At the first steps the job had not begun: it still is ready, and no write says so again.
    expect(wakeUps.take()).toEqual([]);
    expect(await wakeUps.ready('republish-job')).toEqual([]);
  }
});

describe('a worker whose time is up', () => {
  test('has the next one called at once, which finds the lease free', async () => {
    const id = await rig.makeJob(100);
    // 870 s at one in 20 s are 43 items.
    expect(await stream({ requestsPerSecond: 0.05 })).toEqual(['out of time', 'out of time', 'ended']);
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 100 } });
    expect(repeated(rig.telnyx)).toEqual([]);
  });

  test('calls no one when it had less than a minute to work: that could repeat without end', async () => {
    const id = await rig.makeJob(3);
    wakeUps.take();
    expect(await rig.run({ endsAt: rig.time + 30_000 })).toEqual({ status: 'out of time' });
    expect(wakeUps.take()).toEqual([]);
    expect(await rig.run()).toEqual({ status: 'ended' });
    expect(await rig.job(id)).toMatchObject({ status: 'complete' });
  });

  test('leaves a job alone that another has begun, or that is over', async () => {
    const id = await rig.makeJob(3);
    expect(await startJob(rig.store, id, 'one', rig.time)).toBe(true);
    expect(await startJob(rig.store, id, 'another', rig.time)).toBe(true);
    wakeUps.take();
    expect(await handOver(rig.store, id, 'one', rig.time)).toBe(false);
    await cancelJob(rig.store, id, rig.time);
    expect(await handOver(rig.store, id, 'another', rig.time)).toBe(false);
    expect(wakeUps.take()).toEqual([]);
  });
});

test('a job that is created while a worker is about to end is done by that worker', async () => {
  const first = await rig.makeJob(1);
  wakeUps.take();
  let second: string | undefined;
  const store = beforeRelease(rig.store, async () => {
    second = await rig.makeJob(2);
    expect(wakeUps.take()).toEqual(['run-jobs']);
    expect(await rig.run()).toEqual({ status: 'skipped' });
  });
  await rig.run({ store });
  for (const id of [first, second]) expect(await rig.job(id ?? '')).toMatchObject({ status: 'complete' });
  expect(wakeUps.take()).toEqual([]);
});

test('a cancelled job is not ready', async () => {
  const id = await rig.makeJob(1);
  wakeUps.take();
  await cancelJob(rig.store, id, rig.time);
  expect(wakeUps.take()).toEqual([]);
  expect(await wakeUps.ready('republish-job')).toEqual([]);
});

describe('while Telnyx accepts nothing', () => {
  test.each<[string, Fault]>([
    ['401', { status: 401 }],
    ['429', { status: 429 }],
    ['429 for an hour', { status: 429, headers: { 'retry-after': '3600' } }],
    ['503', { status: 503 }],
  ])('%s: only the schedule tries a job again, each time with one item', async (_, fault) => {
    const hour = 60 * MINUTE;
    // It accepts four items first: the worker works for more than a minute before it stops.
    let accepted = 4;
    rig.telnyx.intercept = () => {
      accepted -= 1;
      return accepted < 0 ? fault : undefined;
    };
    const id = await rig.makeJob(9);
    const began = rig.time;
    const calls: RunResult['status'][] = [...(await stream({ requestsPerSecond: 0.05 }))];
    // Another job calls a worker once, however that ends.
    await rig.makeJob(5);
    calls.push(...(await stream()));
    expect(calls).toHaveLength(2);
    const asked = rig.telnyx.requests.length;
    for (let at = began + 5 * MINUTE; at < began + hour; at += 5 * MINUTE) {
      rig.time = at;
      calls.push((await rig.run()).status, ...(await stream()));
    }
    expect(calls).toHaveLength(2 + 11);
    expect(calls).not.toContain('ended');
    // The pace repeats a call that may soon succeed up to four times.
    expect(rig.telnyx.requests.length).toBeLessThanOrEqual(asked + 11 * 5);
    expect(await rig.job(id)).toMatchObject({ status: 'running', done: 4, error: expect.any(String) });

    rig.telnyx.intercept = undefined;
    rig.time = began + hour + 5 * MINUTE;
    expect(await rig.run()).toEqual({ status: 'ended' });
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 9 } });
  });
});

/** A store that calls `act` before the first write that releases the lease. */
function beforeRelease(store: Store, act: () => Promise<void>): Store {
  type Send = typeof store.client.send;
  let first = true;
  const client = Object.create(store.client, {
    send: {
      async value(command: Parameters<Send>[0] & { input: { UpdateExpression?: string } }, ...rest: never[]) {
        if (first && /REMOVE .*#lease_until/.test(command.input.UpdateExpression ?? '')) {
          first = false;
          await act();
        }
        return store.client.send(command, ...rest);
      },
    },
  });
  return { ...store, client };
}
