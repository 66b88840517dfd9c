import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { markMissed } from '../../functions/ledger/events/awaited.ts';
import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import { LEASE_FOR } from '../../functions/ledger/table/lease.ts';
import { eventsApi } from '../../functions/telnyx/events-api.ts';
import { closedPort } from '../closed-port.ts';
import { counting } from '../counting-client.ts';
import { captureLog } from '../handlers.ts';
import { Death } from '../mortal.ts';
import { deliveredEvent, listedEvent } from '../porting-events.ts';
import { listed } from '../query-events/reader.ts';
import { mortal } from './mortal.ts';
import { API_KEY, MINUTE, NOON, openRig, type Rig, repeated, TIMEOUT } from './rig.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let log: ReturnType<typeof captureLog>;

beforeEach(() => {
  log = captureLog();
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Makes a listed event that is missed. */
async function miss(rig: Rig, number: number, createdAt: number): Promise<string> {
  const event = listedEvent(number, { created_at: new Date(createdAt).toISOString() });
  rig.telnyx.put(event);
  await listed(rig.store, event, rig.time);
  expect(await markMissed(rig.store, event.id, rig.time)).toBe(true);
  return event.id;
}

async function missMany(rig: Rig, many: number, first = 1): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let number = first; number < first + many; number += 1) {
    ids.push(await miss(rig, number, rig.time - 5 * HOUR + number * MINUTE));
  }
  return ids;
}

const healing = (perDay = 50) => ({ healing: { mode: 'republish', perDay } as const });

test('each missed notification is republished once, oldest first, and its outcome is recorded', async () => {
  const rig = await openRig();
  const ids = await missMany(rig, 3);
  rig.telnyx.remove(ids[1] ?? '');
  expect(await rig.run(healing())).toEqual({ status: 'ended' });
  expect(rig.telnyx.requests.map(({ path }) => path.split('/')[4])).toEqual(ids);
  const outcomes = ['sent', 'not_found', 'sent'];
  for (const [index, id] of ids.entries()) {
    expect(await rig.eventRow(id)).toMatchObject({
      gap: { S: 'missed' },
      // Claimed before the call waits for its turn.
      healed_at: { S: `2026-03-20T12:00:0${Math.max(0, index - 1)}.000000Z` },
      healing_outcome: { S: outcomes[index] },
      republish_count: { N: '1' },
      republish_last_by: { S: 'healing' },
    });
  }
  const [told = [], failed = []] = ['healing', 'republish'].map((name) =>
    log.lines().filter(({ event }) => event === name),
  );
  expect(failed).toMatchObject([{ by: 'healing', error: 'Telnyx answered 404 (10005 Resource not found).' }]);
  expect(told).toMatchObject(outcomes.map((outcome, index) => ({ event: 'healing', id: ids[index], outcome })));

  for (let hour = 0; hour < 60; hour += 1) {
    rig.time += HOUR;
    await rig.run(healing());
  }
  expect(rig.telnyx.requests).toHaveLength(3);
});

test('off: nothing is republished, and no event is read', async () => {
  const rig = await openRig();
  await missMany(rig, 2);
  const counted = counting(rig.store);
  expect(await rig.run({ store: counted.store })).toEqual({ status: 'idle' });
  expect(counted.requests()).toEqual({ Query: 1 });
  expect(rig.telnyx.requests).toEqual([]);
});

test('an event that has recovered is not republished', async () => {
  const rig = await openRig();
  const [came = ''] = await missMany(rig, 1);
  await recordDelivery(rig.store, deliveredEvent(listedEvent(1, { id: came })), rig.time);
  expect(await rig.run(healing())).toEqual({ status: 'idle' });
  expect(rig.telnyx.requests).toEqual([]);
});

describe("a day's share", () => {
  test('is not exceeded: the other events wait for the next days, and a used-up day claims nothing', async () => {
    const rig = await openRig();
    const ids = await missMany(rig, 5);
    await rig.run(healing(2));
    rig.time += MINUTE;
    expect(await rig.run(healing(2))).toEqual({ status: 'idle' });
    expect(rig.telnyx.republished).toEqual(ids.slice(0, 2));
    expect(await rig.eventRow(ids[2] ?? '')).not.toHaveProperty('healed_at');
    rig.time += DAY;
    await rig.run(healing(2));
    rig.time += DAY;
    await rig.run(healing(2));
    expect(rig.telnyx.republished).toEqual(ids);
  });

  test('is not exceeded by two workers when one has lost its lease', async () => {
    const rig = await openRig();
    const ids = await missMany(rig, 6);
    const telnyx = eventsApi({ apiKey: API_KEY, baseUrl: rig.telnyx.url, timeout: TIMEOUT });
    let stolen = false;
    const republish = async (id: string) => {
      if (!stolen) {
        stolen = true;
        rig.time += LEASE_FOR;
        await rig.run(healing(3));
      }
      return telnyx.republish(id);
    };
    expect(await rig.run({ ...healing(3), api: async () => ({ ...telnyx, republish }) })).toEqual({
      status: 'skipped',
    });
    expect(rig.telnyx.republished).toHaveLength(3);
    expect([...rig.telnyx.republished].sort()).toEqual(ids.slice(0, 3));
    const claimed = await Promise.all(ids.map(async (id) => (await rig.eventRow(id))?.healed_at !== undefined));
    expect(claimed).toEqual([true, true, true, false, false, false]);
  });
});

test("if another worker uses up the day's share, a claimed event is released", async () => {
  const rig = await openRig();
  const ids = await missMany(rig, 2);
  let stolen = false;
  const client = Object.create(rig.store.client, {
    send: {
      async value(command: { input: { Key?: { kind?: { S?: string } } } }, ...rest: never[]) {
        // The old owner has claimed the first event and is about to count it towards the share.
        if (
          !stolen &&
          command.constructor.name === 'UpdateItemCommand' &&
          command.input.Key?.kind?.S === 'healing-day'
        ) {
          stolen = true;
          rig.time += LEASE_FOR;
          await rig.run(healing(1));
        }
        return rig.store.client.send(command as never, ...rest);
      },
    },
  });
  await rig.run({ ...healing(1), store: { ...rig.store, client } });
  expect(rig.telnyx.republished).toEqual([ids[1]]);
  expect(await rig.eventRow(ids[0] ?? '')).not.toHaveProperty('healed_at');
  rig.time += DAY;
  await rig.run(healing(1));
  expect(rig.telnyx.republished).toEqual([ids[1], ids[0]]);
});

describe('Telnyx accepts no republish', () => {
  test.each([
    302, 401, 429, 503,
  ])('%i: nothing counts as healed, and healing continues after a pause', async (status) => {
    const rig = await openRig();
    const ids = await missMany(rig, 3);
    rig.telnyx.intercept = () => ({ status });
    expect(await rig.run(healing(3))).toEqual({ status: 'paused' });
    expect(await rig.eventRow(ids[0] ?? '')).not.toHaveProperty('healed_at');
    const asked = rig.telnyx.requests.length;
    rig.time += 30_000;
    expect(await rig.run(healing(3))).toEqual({ status: 'skipped' });
    expect(rig.telnyx.requests).toHaveLength(asked);

    rig.telnyx.intercept = undefined;
    rig.time += MINUTE;
    expect(await rig.run(healing(3))).toEqual({ status: 'ended' });
    expect(rig.telnyx.republished).toEqual(ids);
  });

  test("a closed port uses up neither the event's only attempt nor the day's share", async () => {
    const rig = await openRig();
    const ids = await missMany(rig, 3);
    const gone = eventsApi({ apiKey: API_KEY, baseUrl: `http://127.0.0.1:${await closedPort()}/v2`, timeout: TIMEOUT });
    for (let minute = 0; minute < 4; minute += 1) {
      expect(await rig.run({ ...healing(3), api: async () => gone })).toEqual({ status: 'paused' });
      expect(await rig.eventRow(ids[0] ?? '')).not.toHaveProperty('healed_at');
      rig.time += 2 * MINUTE;
    }
    expect(await rig.run(healing(3))).toEqual({ status: 'ended' });
    expect(rig.telnyx.republished).toEqual(ids);
    expect(await rig.eventRow(ids[2] ?? '')).toMatchObject({ healing_outcome: { S: 'sent' } });
  });

  test('without an API key no event is claimed', async () => {
    const rig = await openRig();
    const [id = ''] = await missMany(rig, 1);
    const api = () => Promise.reject(new Error('no Telnyx API key has been put into it yet'));
    expect(await rig.run({ ...healing(), api })).toEqual({ status: 'paused' });
    expect(await rig.eventRow(id)).not.toHaveProperty('healed_at');
  });
});

describe.each(['before', 'after'] as const)('a worker dies %s the effect of any step', (when) => {
  test("no event is republished twice, at most the one under way is left out, and the day's share holds", async () => {
    let diesAt = 1;
    for (let alive = false; !alive; diesAt += 1) {
      const rig = await openRig();
      const ids = await missMany(rig, 3);
      const { store, api, died } = mortal(rig, diesAt, when);
      await rig.run({ ...healing(2), store, api }).catch((error: unknown) => expect(error).toBeInstanceOf(Death));
      alive = !died();

      rig.time += LEASE_FOR;
      await rig.run(healing(2));
      expect(repeated(rig.telnyx)).toEqual([]);
      expect(rig.telnyx.republished.length).toBeLessThanOrEqual(2);
      rig.time += DAY;
      await rig.run(healing(2));
      expect(repeated(rig.telnyx)).toEqual([]);
      const outcomes = await Promise.all(ids.map(async (id) => (await rig.eventRow(id))?.healing_outcome?.S));
      expect(outcomes.filter((outcome) => outcome !== 'sent' && outcome !== 'asked')).toEqual([]);
      expect(outcomes.filter((outcome) => outcome === 'asked').length).toBeLessThanOrEqual(alive ? 0 : 1);
      for (const [index, id] of ids.entries()) {
        if (outcomes[index] === 'sent') expect(rig.telnyx.republished).toContain(id);
      }
      await rig.telnyx.close();
    }
    // Five writes and a call for each of two events, and the steps around them.
    expect(diesAt).toBeGreaterThan(18);
  });
});

describe('the search for missed events', () => {
  test('does not read all of them again at each call', async () => {
    const rig = await openRig();
    await missMany(rig, 30);
    await rig.run(healing());
    rig.time += MINUTE;
    const counted = counting(rig.store);
    expect(await rig.run({ ...healing(), store: counted.store })).toEqual({ status: 'idle' });
    // The jobs, the day's row, and the missed events after the last one read.
    expect(counted.requests()).toEqual({ Query: 2, GetItem: 1 });
  });

  test('finds events missed out of order: those of the last hour at once, older ones the next day', async () => {
    const rig = await openRig();
    const recent = await miss(rig, 1, NOON - 20 * MINUTE);
    const old = await miss(rig, 2, NOON - 10 * HOUR);
    await rig.run(healing());
    const recentLate = await miss(rig, 3, NOON - 30 * MINUTE);
    const oldLate = await miss(rig, 4, NOON - 20 * HOUR);
    rig.time += MINUTE;
    await rig.run(healing());
    expect(rig.telnyx.republished).toEqual([old, recent, recentLate]);
    rig.time += DAY;
    await rig.run(healing());
    expect(rig.telnyx.republished).toEqual([old, recent, recentLate, oldLate]);
    expect(repeated(rig.telnyx)).toEqual([]);
  });

  test('covers the 30 days in which a webhook may be awaited', async () => {
    const rig = await openRig();
    const old = await miss(rig, 1, NOON - 29 * DAY);
    await rig.run(healing());
    expect(rig.telnyx.republished).toEqual([old]);
  });
});

test('jobs run before healing, and both share one rate', async () => {
  const rig = await openRig({ requestsPerSecond: 5 });
  const missed = await missMany(rig, 6);
  const id = await rig.makeJob(6);
  expect(await rig.run(healing())).toEqual({ status: 'ended' });
  expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 6 } });
  expect(rig.telnyx.republished.slice(6)).toEqual(missed);
  const starts = rig.telnyx.requests.map(({ at }) => at - NOON);
  expect(starts).toEqual(starts.map((_, index) => index * 1_000));
});
