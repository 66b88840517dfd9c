import { describe, expect, test } from 'vitest';
import { readOpenSpans } from '../../functions/ledger/runs/open-spans.ts';
import { cancelRun, oldestRequested } from '../../functions/ledger/runs/requested-runs.ts';
import { newRun, putRun } from '../../functions/ledger/runs/sync-runs.ts';
import { LEASE_FOR } from '../../functions/ledger/table/lease.ts';
import { readControl } from '../../functions/ledger/table/read-rows.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { SETTLE } from '../../functions/porting/window.ts';
import { InvalidInput, readInput } from '../../functions/sync-events/input.ts';
import { requestLastDays } from '../../functions/sync-events/requested.ts';
import { eventually } from '../eventually.ts';
import { listedEvent } from '../porting-events.ts';
import { aBatch } from '../wake-ups.ts';
import { DAY, fill, MANY, MARCH, openSynced, request, shown, work, workAll } from './requested-runs.ts';
import { MINUTE, NOON, PAGE, type Rig } from './rig.ts';

test('requested runs are worked on oldest first, each recorded in its own row; the cursor does not move', async () => {
  const rig = await openSynced();
  const before = await rig.state();
  fill(rig, 2.4 * PAGE);
  const first = await request(rig);
  rig.time += 1;
  const second = await request(rig);
  expect(await shown(rig, first)).toMatchObject({ status: 'pending', trigger: 'requested', started_at: null });
  rig.time += MINUTE;

  expect(await work(rig)).toEqual(['complete', 'complete']);
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
  expect(await work(rig)).toEqual([]);
});

describe('a run that takes long', () => {
  /** Telnyx answers so slowly that nine minutes are not enough. */
  async function openSlow() {
    const rig = await openSynced();
    fill(rig, MANY);
    const id = await request(rig);
    rig.telnyx.intercept = () => {
      rig.time += 20_000;
      return undefined;
    };
    return { rig, id };
  }

  test('works in pieces, with a scheduled run between two, until the time is up; the next call continues', async () => {
    const { rig, id } = await openSlow();
    const nineMinutes = () => ({ endsAt: rig.time + 9 * MINUTE });
    expect(await workAll(rig, nineMinutes())).toEqual(['partial', 'scheduled complete', 'partial']);
    const cut = await shown(rig, id);
    expect(cut).toMatchObject({ status: 'running', from: '2026-03-10T12:00:00.000000Z' });
    expect(cut.seen).toBeGreaterThan(0);
    expect(cut.complete_through > cut.from && cut.complete_through < cut.to).toBe(true);
    const requested = await oldestRequested(rig.store, rig.time);
    expect(requested).toMatchObject({ id, window: MARCH, failures: 0, seen: cut.seen });
    expect(requested?.through).toBeGreaterThan(MARCH.from);

    let last: readonly string[] = [];
    for (let call = 0; call < 20 && !last.includes('complete'); call += 1) {
      rig.time += 5 * MINUTE;
      last = await work(rig, nineMinutes());
    }
    expect(last.at(-1)).toBe('complete');
    expect(await shown(rig, id)).toMatchObject({
      status: 'complete',
      inserted: MANY,
      started_at: cut.started_at,
      from: cut.from,
      to: cut.to,
    });
    await rig.expectComplete();
    expect(await oldestRequested(rig.store, rig.time)).toBeUndefined();
  });

  test('never delays a scheduled run: one begins at least every 5 minutes', async () => {
    const { rig } = await openSlow();
    // These are short, but one after another they take longer than a turn.
    for (let more = 0; more < 9; more += 1) await request(rig, { from: MARCH.to - 3 * DAY, to: MARCH.to });
    while (await oldestRequested(rig.store, rig.time)) {
      await workAll(rig);
      rig.time += 10_000;
    }
    const began: number[] = [];
    for await (const row of readControl(rig.store, 'sync-run')) began.push(Date.parse(row.started_at?.S ?? ''));
    began.sort((a, b) => a - b);
    began.push(rig.time);
    const pauses = began.slice(1).map((at, index) => at - (began[index] ?? 0));
    expect(rig.time - NOON).toBeGreaterThan(12 * MINUTE);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5 * MINUTE);
  });

  test('waits when the scheduled run fails, for the time in which another is due', async () => {
    const { rig, id } = await openSlow();
    rig.telnyx.intercept = ({ query }) => {
      rig.time += 20_000;
      return Date.parse(query['filter[created_at][gte]'] ?? '') > MARCH.to ? { status: 422 } : undefined;
    };
    expect(await workAll(rig)).toEqual(['partial', 'scheduled failed']);
    expect(await shown(rig, id)).toMatchObject({ status: 'running' });
    expect(await workAll(rig)).toEqual(['scheduled failed']);
    rig.time += 6 * MINUTE;
    expect((await workAll(rig)).slice(0, 2)).toEqual(['scheduled failed', 'partial']);
  });
});

describe('a run that fails', () => {
  test('is tried three times, then has the status failed and the reason', async () => {
    const rig = await openSynced();
    fill(rig, 10);
    const id = await request(rig);
    rig.telnyx.intercept = () => ({ status: 401, body: { errors: [{ code: '10009', title: 'No' }] } });
    for (const status of ['pending', 'pending', 'failed']) {
      expect(await work(rig)).toEqual(['failed']);
      expect(await shown(rig, id)).toMatchObject({ status, error: expect.stringContaining('401 (10009') });
      rig.time += 7 * MINUTE;
    }
    expect(await oldestRequested(rig.store, rig.time)).toBeUndefined();
    expect(await work(rig)).toEqual([]);
  });

  test('and then succeeds: its row no longer shows the error', async () => {
    const rig = await openSynced();
    fill(rig, 10);
    const id = await request(rig);
    rig.telnyx.intercept = () => ({ status: 500 });
    expect(await work(rig)).toEqual(['failed']);
    rig.telnyx.intercept = undefined;
    rig.time += 7 * MINUTE;
    expect(await work(rig)).toEqual(['complete']);
    expect(await shown(rig, id)).toMatchObject({ status: 'complete', inserted: 10, error: null });
  });

  test('whose function dies stays in the queue', async () => {
    const rig = await openSynced();
    fill(rig, 10);
    const id = await request(rig);
    const before = rig.telnyx.requests.length;
    const client = Object.create(rig.store.client, {
      send: {
        value: (command: Parameters<typeof rig.store.client.send>[0], ...rest: never[]) => {
          if (rig.telnyx.requests.length > before) throw new TypeError('died');
          return rig.store.client.send(command, ...rest);
        },
      },
    });
    await expect(work(rig, { store: { ...rig.store, client } })).rejects.toThrow('died');
    expect(await shown(rig, id)).toMatchObject({ status: 'running' });
    expect(await work(rig)).toEqual([]);
    rig.time += LEASE_FOR + 1;
    expect(await work(rig)).toEqual(['complete']);
    expect(await shown(rig, id)).toMatchObject({ status: 'complete', inserted: 10 });
  });
});

describe('a run that is cancelled', () => {
  test('before it begins never begins, and the next run takes its turn', async () => {
    const rig = await openSynced();
    fill(rig, 10);
    const [first, second] = [await request(rig), await request(rig)];
    expect(await cancelRun(rig.store, first, rig.time)).toBe(true);
    expect(await shown(rig, first)).toMatchObject({ status: 'cancelled', started_at: null });
    expect(await work(rig)).toEqual(['complete']);
    expect(await shown(rig, first)).toMatchObject({ status: 'cancelled', seen: 0 });
    expect(await shown(rig, second)).toMatchObject({ status: 'complete', seen: 10 });
    expect(await cancelRun(rig.store, first, rig.time)).toBe(false);
    expect(await cancelRun(rig.store, second, rig.time)).toBe(false);
    expect(await shown(rig, second)).toMatchObject({ status: 'complete' });
  });

  test('at work ends after its current part: what it has stored stays, and nothing is left to do', async () => {
    const rig = await openSynced();
    fill(rig, MANY);
    const id = await request(rig);
    let asked = false;
    rig.telnyx.intercept = ({ query }) => {
      // Page 7 is in its first part: an eighth of the window, with 65 events.
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
    expect(await work(rig, { store: { ...rig.store, client } })).toEqual(['cancelled']);
    const { seen, inserted, status, error } = await shown(rig, id);
    expect({ status, error }).toEqual({ status: 'cancelled', error: null });
    expect(seen).toBeGreaterThan(0);
    expect(seen).toBeLessThan(MANY);
    expect(inserted).toBeGreaterThanOrEqual(seen);
    expect(await oldestRequested(rig.store, rig.time)).toBeUndefined();
    expect(await work(rig)).toEqual([]);
  });

  test('between two pieces does not continue, even if its function died', async () => {
    const rig = await openSynced();
    fill(rig, 10);
    const id = await request(rig);
    rig.telnyx.intercept = () => ({ status: 500 });
    expect(await work(rig)).toEqual(['failed']);
    await cancelRun(rig.store, id, rig.time);
    // The last write of a function that does not know of the cancellation.
    const run = newRun({ id, startedAt: rig.time, trigger: 'requested', window: MARCH, status: 'running' });
    expect(await putRun(rig.store, run, rig.time)).toBe(false);
    expect(await work(rig)).toEqual([]);
    expect(await shown(rig, id)).toMatchObject({ status: 'cancelled' });
    expect(await oldestRequested(rig.store, rig.time)).toBeUndefined();
  });
});

test('of two functions at once, one lists and the other does nothing', async () => {
  const rig = await openSynced();
  fill(rig, 2.4 * PAGE);
  const id = await request(rig);
  const runs = await Promise.all([work(rig), work(rig)]);
  expect(runs.flat()).toEqual(['complete']);
  expect(await shown(rig, id)).toMatchObject({ status: 'complete', inserted: 2.4 * PAGE });
});

test('a requested run waits while another run has the lease', async () => {
  const rig = await openSynced();
  fill(rig, 10);
  const id = await request(rig);
  let other: readonly string[] | undefined;
  rig.telnyx.intercept = () => undefined;
  await rig.run(undefined, {
    api: async () => {
      other ??= await work(rig);
      return rig.client;
    },
  });
  expect(other).toEqual([]);
  expect(await shown(rig, id)).toMatchObject({ status: 'pending' });
  expect(await work(rig)).toEqual(['complete']);
});

test('a requested run whose function died continues after the last part that it read; its counts add up', async () => {
  const rig = await openSynced();
  fill(rig, MANY);
  const id = await request(rig);
  let isDead = false;
  const list: typeof rig.client.list = async (...page) => {
    isDead = (await shown(rig, id)).seen > 0;
    return isDead ? new Promise<never>(() => {}) : rig.client.list(...page);
  };
  void work(rig, { api: async () => ({ ...rig.client, list }) });
  await eventually(() => expect(isDead).toBe(true));
  const { seen, status, complete_through } = await shown(rig, id);
  expect({ status, seen: seen > 0 }).toEqual({ status: 'running', seen: true });
  rig.time += LEASE_FOR;
  const before = rig.telnyx.requests.length;
  expect(await work(rig)).toEqual(['complete']);
  const again = rig.telnyx.requests.slice(before).map(({ query }) => query['filter[created_at][gte]'] ?? '');
  expect(again.every((from) => Date.parse(from) >= Date.parse(complete_through))).toBe(true);
  expect((await shown(rig, id)).seen).toBeGreaterThanOrEqual(MANY);
  await rig.expectComplete();
});

test('a requested run that has not ended within 7 days is given up, and shown as failed', async () => {
  const rig = await openSynced();
  fill(rig, 10);
  const id = await request(rig);
  rig.time += 7 * DAY;
  expect(await shown(rig, id)).toMatchObject({ status: 'pending', error: null });
  expect(await oldestRequested(rig.store, rig.time)).toMatchObject({ id });
  rig.time += 1_000;
  expect(await shown(rig, id)).toMatchObject({ status: 'failed', error: 'It did not end within 7 days.' });
  expect(await work(rig)).toEqual([]);
});

test('a run passes a part that contradicts itself only after it is recorded as an open span', async () => {
  const rig = await openSynced();
  fill(rig, 5);
  const id = await request(rig);
  const meta = { page_number: 1, page_size: PAGE, total_pages: 1, total_results: 7 };
  rig.telnyx.intercept = () => ({ status: 200, body: { data: [], meta } });
  const client = Object.create(rig.store.client, {
    send: {
      async value(command: { input: { Item?: { kind?: { S?: string } } } }, ...rest: never[]) {
        if (command.input.Item?.kind?.S === 'open-span') throw new Error('no write');
        return rig.store.client.send(command as never, ...rest);
      },
    },
  });
  expect(await work(rig, { store: { ...rig.store, client } })).toEqual(['failed']);
  expect(await shown(rig, id)).toMatchObject({ status: 'pending', complete_through: '2026-03-10T12:00:00.000000Z' });
  expect(await readOpenSpans(rig.store)).toEqual([]);
});

describe('the nightly run', () => {
  const night = async (rig: Rig) => {
    await requestLastDays(rig.store, 7, rig.time);
    return work(rig);
  };

  test('lists the last 7 days once a night, even if its event is repeated', async () => {
    const rig = await openSynced();
    rig.telnyx.put(listedEvent(1, { created_at: new Date(NOON - 6 * DAY).toISOString() }));
    rig.telnyx.put(listedEvent(2, { created_at: new Date(NOON - 8 * DAY).toISOString() }));
    const requested = rig.time;
    expect(await night(rig)).toEqual(['complete']);
    const id = '2026-03-20T00:00:00.000Z-last-7-days';
    expect(await shown(rig, id)).toMatchObject({
      trigger: 'requested',
      inserted: 1,
      from: timestampOf(requested - 7 * DAY),
      to: timestampOf(requested - SETTLE),
    });
    rig.time += 2 * MINUTE;
    expect(await night(rig)).toEqual([]);
    rig.time += DAY;
    expect(await night(rig)).toEqual(['complete']);
  });

  test('continues the same night if it is cut off', async () => {
    const rig = await openSynced();
    for (let number = 0; number < MANY; number += 1) {
      rig.telnyx.put(
        listedEvent(number, { created_at: new Date(NOON - 6 * DAY + number * 40 * MINUTE).toISOString() }),
      );
    }
    rig.telnyx.intercept = () => {
      rig.time += 20_000;
      return undefined;
    };
    expect(await night(rig)).toContain('partial');
    for (let piece = 0; piece < 20 && (await oldestRequested(rig.store, rig.time)); piece += 1) {
      rig.time += 7 * MINUTE;
      await work(rig);
    }
    expect(await shown(rig, '2026-03-20T00:00:00.000Z-last-7-days')).toMatchObject({
      status: 'complete',
      inserted: MANY,
    });
    await rig.expectComplete();
  });

  test('is tried three times if it fails', async () => {
    const rig = await openSynced();
    const before = rig.telnyx.requests.length;
    rig.telnyx.intercept = () => ({ status: 500 });
    expect(await night(rig)).toEqual(['failed']);
    for (let time = 0; time < 4; time += 1) {
      rig.time += 7 * MINUTE;
      await work(rig);
    }
    const { status, error } = await shown(rig, '2026-03-20T00:00:00.000Z-last-7-days');
    expect({ status, error }).toEqual({ status: 'failed', error: expect.stringContaining('500') });
    // The scheduled runs in between ask for less.
    const asked = rig.telnyx.requests.slice(before).map(({ query }) => query['filter[created_at][gte]'] ?? '');
    expect(asked.filter((from) => Date.parse(from) < NOON - 6 * DAY)).toHaveLength(15);
  });
});

describe('the input', () => {
  test('is a batch of the stream: a wake-up for requested runs', () => {
    expect(readInput(aBatch)).toBe('requested');
  });

  test.each([[{}], [undefined], [null]])('%j is the scheduled run', (input) => {
    expect(readInput(input)).toBe('scheduled');
  });

  test('selects requested runs, or the nightly run', () => {
    expect(readInput({ requested: true })).toBe('requested');
    expect(readInput({ days: 7 })).toEqual({ lastDays: 7 });
  });

  test.each([
    [{ requested: 'yes' }],
    [{ requested: true, days: 7 }],
    [{ days: '7' }],
    [{ days: 0 }],
    [{ days: 3661 }],
    [{ from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }],
    [[]],
    ['now'],
  ])('%j is refused, and the error names the allowed forms', (input) => {
    expect(() => readInput(input)).toThrow(InvalidInput);
    expect(() => readInput(input)).toThrow('The input must be {}, {"requested": true} or {"days": 7}');
    expect(() => readInput(input)).toThrow(`It is ${JSON.stringify(input)}.`);
  });
});
