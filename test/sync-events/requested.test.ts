import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { cancelRun, NO_COUNTS, oldestRequested, requestRun } from '../../functions/ledger/runs/requested-runs.ts';
import { putRun, runIn, type ShownRun } from '../../functions/ledger/runs/sync-runs.ts';
import { LEASE_FOR } from '../../functions/ledger/table/lease.ts';
import type { Window } from '../../functions/porting/window.ts';
import { asksForRequested, readInput } from '../../functions/sync-events/input.ts';
import { runRequested } from '../../functions/sync-events/requested.ts';
import type { SyncOptions } from '../../functions/sync-events/run.ts';
import { listedEvent } from '../porting-events.ts';
import { MINUTE, NOON, openRig, PAGE, type Rig } from './rig.ts';

/** More than two windows' worth of pages. */
const MANY = 18 * PAGE;

const DAY = 24 * 60 * MINUTE;
const MARCH = { from: NOON - 10 * DAY, to: NOON - DAY };

function fill(rig: Rig, many: number): void {
  for (let number = 0; number < many; number += 1) {
    rig.telnyx.put(listedEvent(number, { created_at: new Date(MARCH.from + number * 25 * 60_000).toISOString() }));
  }
}

let requests = 0;

async function request(rig: Rig, window: Window = MARCH): Promise<string> {
  requests += 1;
  const id = `${new Date(rig.time).toISOString()}-${String(requests).padStart(8, '0')}`;
  await requestRun(rig.store, id, window, rig.time);
  return id;
}

/** What the schedule does each minute. */
async function minute(rig: Rig, changes: Partial<SyncOptions> = {}) {
  const results = await runRequested({
    store: rig.store,
    bus: { put: async () => new Map() },
    api: async () => rig.client,
    clock: {
      now: () => rig.time,
      sleep: async (milliseconds) => {
        rig.time += milliseconds;
      },
    },
    requestsPerSecond: Number.POSITIVE_INFINITY,
    endsAt: rig.time + 900_000,
    ...changes,
  });
  return results.map(({ status }) => status);
}

async function shown(rig: Rig, id: string): Promise<ShownRun> {
  const Key = { kind: { S: 'sync-run' }, id: { S: id } };
  const get = new GetItemCommand({ TableName: rig.store.control, Key, ConsistentRead: true });
  const { Item } = await rig.store.client.send(get);
  if (!Item) throw new Error(`There is no run ${id}.`);
  return runIn(Item);
}

test('what was asked for is listed, oldest first, each in the row that was shown for it; the cursor stays', async () => {
  const rig = await openRig();
  await rig.run();
  const before = await rig.state();
  fill(rig, 2.4 * PAGE);
  const first = await request(rig);
  rig.time += 1;
  const second = await request(rig);
  expect(await shown(rig, first)).toMatchObject({ status: 'pending', trigger: 'requested', started_at: null });
  rig.time += MINUTE;

  expect(await minute(rig)).toEqual(['complete', 'complete']);
  expect(await shown(rig, first)).toMatchObject({
    status: 'complete',
    trigger: 'requested',
    from: '2026-03-10T12:00:00.000000Z',
    to: '2026-03-19T12:00:00.000000Z',
    complete_through: '2026-03-19T12:00:00.000000Z',
    started_at: '2026-03-20T12:01:00.001000Z',
    seen: 2.4 * PAGE,
    inserted: 2.4 * PAGE,
    error: null,
  });
  expect(await shown(rig, second)).toMatchObject({ status: 'complete', seen: 2.4 * PAGE, inserted: 0 });
  expect(await rig.state()).toEqual({ ...before, runs: before.runs + 2, endedAt: rig.time });
  await rig.expectComplete();
  expect(await minute(rig)).toEqual([]);
});

describe('a run that is cut off', () => {
  test('goes on where it was cut, once the scheduled run has had its turn or its time; its row adds up', async () => {
    const rig = await openRig();
    await rig.run();
    fill(rig, MANY);
    const id = await request(rig);
    // Telnyx is so slow that four minutes are not enough.
    rig.telnyx.intercept = () => {
      rig.time += 20_000;
      return undefined;
    };
    expect(await minute(rig)).toEqual(['partial']);
    const cut = await shown(rig, id);
    expect(cut).toMatchObject({ status: 'running', from: '2026-03-10T12:00:00.000000Z' });
    expect(cut.seen).toBeGreaterThan(0);
    expect(cut.complete_through > cut.from && cut.complete_through < cut.to).toBe(true);
    const requested = await oldestRequested(rig.store);
    expect(requested).toMatchObject({ id, whole: MARCH, failures: 0, counts: { seen: cut.seen } });
    expect(requested?.rest.from).toBeGreaterThan(MARCH.from);
    expect(requested?.rest.to).toBe(MARCH.to);

    rig.time += MINUTE;
    expect(await minute(rig)).toEqual([]);
    expect(await rig.run()).toMatchObject({ status: 'complete' });
    expect(await minute(rig)).toEqual(['partial']);
    rig.time += 5 * MINUTE;
    expect(await minute(rig)).toEqual([]);
    rig.time += 2 * MINUTE;
    let last: readonly string[] = [];
    for (let piece = 0; piece < 20 && last[0] !== 'complete'; piece += 1, rig.time += 7 * MINUTE) {
      last = await minute(rig);
    }
    expect(last).toEqual(['complete']);
    expect(await shown(rig, id)).toMatchObject({
      status: 'complete',
      inserted: MANY,
      started_at: cut.started_at,
      from: cut.from,
      to: cut.to,
    });
    await rig.expectComplete();
    expect(await oldestRequested(rig.store)).toBeUndefined();
  });
});

describe('a run that fails', () => {
  test('is tried three times, then it has failed, and says why', async () => {
    const rig = await openRig();
    fill(rig, 10);
    const id = await request(rig);
    rig.telnyx.intercept = () => ({ status: 401, body: { errors: [{ code: '10009', title: 'No' }] } });
    for (const status of ['pending', 'pending', 'failed']) {
      expect(await minute(rig)).toEqual(['failed']);
      expect(await shown(rig, id)).toMatchObject({ status, error: expect.stringContaining('401 (10009') });
      rig.time += 7 * MINUTE;
    }
    expect(await oldestRequested(rig.store)).toBeUndefined();
    expect(await minute(rig)).toEqual([]);
  });

  test('and then does not: its row says nothing more of it', async () => {
    const rig = await openRig();
    fill(rig, 10);
    const id = await request(rig);
    rig.telnyx.intercept = () => ({ status: 500 });
    expect(await minute(rig)).toEqual(['failed']);
    rig.telnyx.intercept = undefined;
    rig.time += 7 * MINUTE;
    expect(await minute(rig)).toEqual(['complete']);
    expect(await shown(rig, id)).toMatchObject({ status: 'complete', inserted: 10, error: null });
  });

  test('a function that died in it leaves it in the queue', async () => {
    const rig = await openRig();
    fill(rig, 10);
    const id = await request(rig);
    const client = Object.create(rig.store.client, {
      send: {
        value: (command: Parameters<typeof rig.store.client.send>[0], ...rest: never[]) => {
          if (rig.telnyx.requests.length > 0) throw new TypeError('died');
          return rig.store.client.send(command, ...rest);
        },
      },
    });
    await expect(minute(rig, { store: { ...rig.store, client } })).rejects.toThrow('died');
    expect(await shown(rig, id)).toMatchObject({ status: 'running' });
    expect(await minute(rig)).toEqual([]);
    rig.time += LEASE_FOR + 1;
    expect(await minute(rig)).toEqual(['complete']);
    expect(await shown(rig, id)).toMatchObject({ status: 'complete', inserted: 10 });
  });
});

describe('a run that is cancelled', () => {
  test('before it begins, does not begin, and lets the next one go on', async () => {
    const rig = await openRig();
    fill(rig, 10);
    const [first, second] = [await request(rig), await request(rig)];
    expect(await cancelRun(rig.store, first, rig.time)).toBe(true);
    expect(await shown(rig, first)).toMatchObject({ status: 'cancelled', started_at: null });
    expect(await minute(rig)).toEqual(['complete']);
    expect(await shown(rig, first)).toMatchObject({ status: 'cancelled', seen: 0 });
    expect(await shown(rig, second)).toMatchObject({ status: 'complete', seen: 10 });
    expect(await cancelRun(rig.store, first, rig.time)).toBe(false);
    expect(await cancelRun(rig.store, second, rig.time)).toBe(false);
    expect(await shown(rig, second)).toMatchObject({ status: 'complete' });
  });

  test('at work, ends after the part that it reads: what it has stored stays, and nothing is left to do', async () => {
    const rig = await openRig();
    fill(rig, MANY);
    const id = await request(rig);
    let asked = false;
    rig.telnyx.intercept = ({ query }) => {
      // Of its first part, which is an eighth of the time: 65 events.
      if (query['page[number]'] === '7') asked = true;
      return undefined;
    };
    const send = rig.store.client.send.bind(rig.store.client);
    const client = Object.create(rig.store.client, {
      send: {
        async value(command: Parameters<typeof send>[0], ...rest: never[]) {
          if (asked) {
            asked = false;
            await cancelRun(rig.store, id, rig.time);
            expect(await shown(rig, id)).toMatchObject({ status: 'cancelled' });
          }
          return send(command, ...rest);
        },
      },
    });
    expect(await minute(rig, { store: { ...rig.store, client } })).toEqual(['partial']);
    const { seen, inserted, status, error } = await shown(rig, id);
    expect({ status, error }).toEqual({ status: 'cancelled', error: null });
    expect(seen).toBeGreaterThan(0);
    expect(seen).toBeLessThan(MANY);
    expect(inserted).toBeGreaterThanOrEqual(seen);
    expect(await oldestRequested(rig.store)).toBeUndefined();
    expect(await minute(rig)).toEqual([]);
  });

  test('between two pieces, does not go on; one whose function died is settled too', async () => {
    const rig = await openRig();
    fill(rig, 10);
    const id = await request(rig);
    rig.telnyx.intercept = () => ({ status: 500 });
    expect(await minute(rig)).toEqual(['failed']);
    await cancelRun(rig.store, id, rig.time);
    // The last words of a function that has not heard of it.
    await putRun(
      rig.store,
      {
        id,
        startedAt: rig.time,
        trigger: 'requested',
        window: MARCH,
        through: MARCH.from,
        status: 'running',
        ...NO_COUNTS,
        error: undefined,
      },
      rig.time,
    );
    expect(await minute(rig)).toEqual([]);
    expect(await shown(rig, id)).toMatchObject({ status: 'cancelled' });
    expect(await oldestRequested(rig.store)).toBeUndefined();
  });
});

test('two functions at once: one lists, the other does nothing', async () => {
  const rig = await openRig();
  fill(rig, 2.4 * PAGE);
  const id = await request(rig);
  const runs = await Promise.all([minute(rig), minute(rig)]);
  expect(runs.flat()).toEqual(['complete']);
  expect(await shown(rig, id)).toMatchObject({ status: 'complete', inserted: 2.4 * PAGE });
});

test('while another run has the lease, it waits', async () => {
  const rig = await openRig();
  fill(rig, 10);
  const id = await request(rig);
  let other: readonly string[] | undefined;
  rig.telnyx.intercept = () => undefined;
  await rig.run(undefined, {
    api: async () => {
      other ??= await minute(rig);
      return rig.client;
    },
  });
  expect(other).toEqual([]);
  expect(await shown(rig, id)).toMatchObject({ status: 'pending' });
  expect(await minute(rig)).toEqual(['complete']);
});

test('the input says that it is about these runs', () => {
  expect(asksForRequested({ requested: true })).toBe(true);
  for (const other of [{}, undefined, null, { requested: 'yes' }, { requested: true, days: 7 }]) {
    expect(asksForRequested(other)).toBe(false);
  }
  expect(() => readInput({ requested: true, days: 7 }, NOON)).toThrow('It has "requested"');
});
