import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import type { OutcomeCounts } from '../../functions/ledger/jobs/job.ts';
import { LEASE_FOR } from '../../functions/ledger/table/lease.ts';
import type { Store } from '../../functions/ledger/table/store.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { eventsApi } from '../../functions/telnyx/events-api.ts';
import { Death } from '../mortal.ts';
import { listedEvent } from '../porting-events.ts';
import { listed } from '../query-events/reader.ts';
import { mortal } from './mortal.ts';
import { API_KEY, openRig, type Rig, repeated, TIMEOUT } from './rig.ts';

/** Counts the outcomes in the rows of the items. */
async function tally(rig: Rig, id: string): Promise<OutcomeCounts> {
  const counts = { sent: 0, not_found: 0, failed: 0, unknown: 0 };
  for (const { outcome } of await rig.items(id)) {
    if (outcome === 'waiting' || outcome === 'asked') throw new Error(`An item is ${outcome}.`);
    counts[outcome] += 1;
  }
  return counts;
}

/** A store that calls `act` before its first PutItem. `act` may do that write itself. */
function beforeFirstPut(store: Store, act: (write: () => Promise<void>) => Promise<void>): Store {
  type Send = typeof store.client.send;
  let first = true;
  const client = Object.create(store.client, {
    send: {
      async value(command: Parameters<Send>[0], ...rest: never[]) {
        if (!first || command.constructor.name !== 'PutItemCommand') return store.client.send(command, ...rest);
        first = false;
        let answer: Promise<unknown> | undefined;
        const write = async () => {
          answer ??= store.client.send(command, ...rest);
          await answer;
        };
        await act(write);
        return answer ?? store.client.send(command, ...rest);
      },
    },
  });
  return { ...store, client };
}

describe.each(['before', 'after'] as const)('a worker dies %s the effect of any step', (when) => {
  test('the next worker continues, requests no item twice, and its counts equal those of the items', async () => {
    let diesAt = 1;
    for (let alive = false; !alive; diesAt += 1) {
      const rig = await openRig();
      const id = await rig.makeJob(3);
      const [first, second, third] = await rig.items(id);
      await listed(rig.store, { ...listedEvent(0), id: first?.event_id ?? '' }, rig.time);
      rig.telnyx.remove(second?.event_id ?? '');
      const { store, api, died } = mortal(rig, diesAt, when);
      await rig.run({ store, api }).catch((error: unknown) => expect(error).toBeInstanceOf(Death));
      alive = !died();

      rig.time += LEASE_FOR;
      await rig.run();
      expect(repeated(rig.telnyx)).toEqual([]);
      expect(rig.telnyx.requests.length).toBeLessThanOrEqual(3);
      const { status, done, outcomes } = await rig.job(id);
      expect({ status, done }).toEqual({ status: 'complete', done: 3 });
      expect(outcomes).toEqual(await tally(rig, id));
      // At most the item under way has an unknown outcome; each item recorded as sent was sent.
      expect(outcomes.unknown).toBeLessThanOrEqual(1);
      for (const { event_id, outcome } of await rig.items(id)) {
        if (outcome === 'sent') expect(rig.telnyx.republished).toContain(event_id);
      }
      if (alive) expect(rig.telnyx.republished).toEqual([first?.event_id, third?.event_id]);
      await rig.telnyx.close();
    }
    // Four writes and a call for each item, and the steps around them: with fewer steps the test has missed some.
    expect(diesAt).toBeGreaterThan(22);
  });
});

describe('the lease', () => {
  test('lets one of three workers run; the others do nothing', async () => {
    const rig = await openRig();
    const id = await rig.makeJob(6);
    const runs = await Promise.all([rig.run(), rig.run(), rig.run()]);
    expect(runs.map(({ status }) => status).sort()).toEqual(['ended', 'skipped', 'skipped']);
    expect(rig.telnyx.requests).toHaveLength(6);
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 6 } });
  });

  test('of a dead worker expires after 90 s, and not earlier', async () => {
    const rig = await openRig();
    const id = await rig.makeJob(2);
    const { store, api } = mortal(rig, 8, 'after');
    await expect(rig.run({ store, api })).rejects.toThrow(Death);
    rig.time += LEASE_FOR - 1;
    expect(await rig.run()).toEqual({ status: 'skipped' });
    rig.time += 1;
    expect(await rig.run()).toEqual({ status: 'ended' });
    expect(await rig.job(id)).toMatchObject({ status: 'complete', done: 2 });
  });

  test('is taken from a live worker: it stops, no item is requested twice, the counts are right', async () => {
    for (const stolenIn of [1, 2, 3]) {
      const rig = await openRig();
      const id = await rig.makeJob(4);
      const telnyx = eventsApi({ apiKey: API_KEY, baseUrl: rig.telnyx.url, timeout: TIMEOUT });
      let calls = 0;
      const old = await rig.run({
        api: async () => ({
          ...telnyx,
          async republish(eventId) {
            calls += 1;
            if (calls === stolenIn) {
              rig.time += LEASE_FOR;
              expect(await rig.run()).toEqual({ status: 'ended' });
            }
            return telnyx.republish(eventId);
          },
        }),
      });
      expect(old).toEqual({ status: 'skipped' });
      expect(calls).toBe(stolenIn);
      expect(repeated(rig.telnyx)).toEqual([]);
      const { status, outcomes } = await rig.job(id);
      expect({ status, outcomes }).toEqual({ status: 'complete', outcomes: await tally(rig, id) });
      // The new owner cannot know the outcome of the call under way.
      expect(outcomes).toMatchObject({ sent: 3, unknown: 1 });
    }
  });

  test('is taken right before a claim: only one of the two workers requests the item', async () => {
    const rig = await openRig();
    const id = await rig.makeJob(3);
    // The new owner has read the items and is about to claim the first; the old owner claims it first.
    const store = beforeFirstPut(rig.store, async (claim) => {
      rig.time += LEASE_FOR;
      const thief = beforeFirstPut(rig.store, claim);
      expect(await rig.run({ store: thief })).toEqual({ status: 'ended' });
    });
    expect(await rig.run({ store })).toEqual({ status: 'skipped' });
    expect(repeated(rig.telnyx)).toEqual([]);
    expect(rig.telnyx.requests.length).toBeLessThanOrEqual(3);
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 2, unknown: 1 } });
    expect(await tally(rig, id)).toMatchObject({ sent: 2, unknown: 1 });
  });

  test('is renewed by a worker that runs longer than the lease lasts', async () => {
    const rig = await openRig();
    const id = await rig.makeJob(4);
    const telnyx = eventsApi({ apiKey: API_KEY, baseUrl: rig.telnyx.url, timeout: TIMEOUT });
    const others: unknown[] = [];
    const republish = async (eventId: string) => {
      rig.time += 40_000;
      others.push(await rig.run());
      return telnyx.republish(eventId);
    };
    expect(await rig.run({ api: async () => ({ ...telnyx, republish }) })).toEqual({ status: 'ended' });
    expect(others).toEqual(Array(4).fill({ status: 'skipped' }));
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 4 } });
  });
});

test('a job of 10,000 whose worker dies after item 4,000 continues at 4,001 and shows its progress', async () => {
  const rig = await openRig({ requestsPerSecond: 5 });
  const id = await rig.makeJob(10_000);
  const ids = (await rig.items(id)).map(({ event_id }) => event_id);
  // The rows that such a worker leaves behind; to request all items here would take minutes.
  const rows = ids.slice(0, 3_950).map((eventId, position) => ({
    kind: { S: `republish-item/${id}` },
    id: { S: `${String(position).padStart(6, '0')}#${eventId}` },
    outcome: { S: 'sent' },
    at: { S: timestampOf(rig.time) },
  }));
  for (let from = 0; from < rows.length; from += 25) {
    const puts = rows.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
    await rig.store.client.send(new BatchWriteItemCommand({ RequestItems: { [rig.store.control]: puts } }));
  }
  let dead = false;
  const client = Object.create(rig.store.client, {
    send: {
      value(command: Parameters<typeof rig.store.client.send>[0], ...rest: never[]) {
        dead ||= rig.telnyx.republished.length === 50 && command.constructor.name === 'PutItemCommand';
        // The first write of item 4,001 is its claim.
        if (dead) throw new Death();
        return rig.store.client.send(command, ...rest);
      },
    },
  });
  const store = { ...rig.store, client } as Store;

  await expect(rig.run({ store })).rejects.toThrow(Death);
  expect(rig.telnyx.republished).toEqual(ids.slice(3_950, 4_000));
  expect(await rig.job(id)).toMatchObject({ status: 'running', total: 10_000, done: 4_000 });
  rig.time += LEASE_FOR;
  // Time for 51 more items; the time ends while the last one waits for its turn.
  expect(await rig.run({ endsAt: rig.time + 30_000 + 50 * 1_000 - 1 })).toEqual({ status: 'out of time' });
  expect(rig.telnyx.republished).toEqual(ids.slice(3_950, 4_051));
  expect(await rig.job(id)).toMatchObject({ status: 'running', done: 4_051, outcomes: { sent: 4_051 } });
});
