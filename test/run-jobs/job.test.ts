import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cancelJob } from '../../functions/ledger/jobs/job-progress.ts';
import { readUpstream } from '../../functions/ledger/status/upstream-state.ts';
import { eventsApi } from '../../functions/telnyx/events-api.ts';
import type { Fault } from '../../infra/local/simulator/events-api.ts';
import { closedPort } from '../closed-port.ts';
import { counting } from '../counting-client.ts';
import { captureLog } from '../handlers.ts';
import { passDeadlinesSoon } from '../own-time.ts';
import { listedEvent } from '../porting-events.ts';
import { listed } from '../query-events/reader.ts';
import { API_KEY, MINUTE, NOON, openRig, type Rig, repeated, TIMEOUT } from './rig.ts';

let log: ReturnType<typeof captureLog>;

beforeEach(() => {
  log = captureLog();
});

afterEach(() => {
  vi.restoreAllMocks();
});

test('each item is requested once, in order; the job, its items and the events record it', async () => {
  const rig = await openRig();
  const id = await rig.makeJob(9);
  const ids = (await rig.items(id)).map(({ event_id }) => event_id);
  for (const eventId of ids.slice(0, 2)) await listed(rig.store, { ...listedEvent(0), id: eventId }, rig.time);
  rig.telnyx.remove(ids[4] ?? '');
  expect(await rig.job(id)).toMatchObject({ status: 'pending', total: 9, done: 0, started_at: null, ended_at: null });
  expect((await rig.items(id))[0]).toEqual({ event_id: ids[0], outcome: 'waiting', at: null });

  expect(await rig.run()).toEqual({ status: 'ended' });
  expect(rig.telnyx.requests.map(({ path }) => path.split('/')[4])).toEqual(ids);
  expect(await rig.job(id)).toMatchObject({
    status: 'complete',
    done: 9,
    outcomes: { sent: 8, not_found: 1, failed: 0, unknown: 0 },
    started_at: '2026-03-20T12:00:00.000000Z',
    ended_at: '2026-03-20T12:00:08.000000Z',
    error: null,
  });
  const items = await rig.items(id);
  expect(items.map(({ outcome }) => outcome)).toEqual([
    ...Array(4).fill('sent'),
    'not_found',
    ...Array(4).fill('sent'),
  ]);
  expect(items[8]?.at).toBe('2026-03-20T12:00:08.000000Z');
  expect(await rig.eventRow(ids[0] ?? '')).toMatchObject({
    republish_count: { N: '1' },
    republish_last_by: { S: `job:${id}` },
    republish_last_outcome: { S: 'sent' },
  });
  expect(await rig.eventRow(ids[2] ?? '')).toBeUndefined();
  expect(log.lines().at(-1)).toMatchObject({ event: 'job', id, status: 'complete', total: 9, done: 9, sent: 8 });

  expect(await rig.run()).toEqual({ status: 'idle' });
});

test('a run that has nothing to do costs one read', async () => {
  const rig = await openRig();
  await rig.makeJob(1);
  await rig.run();
  const counted = counting(rig.store);
  expect(await rig.run({ store: counted.store })).toEqual({ status: 'idle' });
  expect(counted.requests()).toEqual({ Query: 1 });
});

test('the oldest job runs first', async () => {
  const rig = await openRig();
  const first = await rig.makeJob(2);
  rig.time += 1;
  const second = await rig.makeJob(2);
  const order = [...(await rig.items(first)), ...(await rig.items(second))].map(({ event_id }) => event_id);
  await rig.run();
  expect(rig.telnyx.republished).toEqual(order);
});

describe('a call to Telnyx', () => {
  const errors = [{ code: '10009', title: 'Authentication failed' }];
  test.each<[string, Fault, string, string]>([
    ['404', { status: 404, body: { errors: [{ code: '10005' }] } }, 'not_found', 'not_found'],
    ['422', { status: 422 }, 'failed', 'refused'],
    ['500', { status: 500 }, 'failed', 'failed'],
    ['a time-out after success', { hang: true }, 'unknown', 'unknown'],
    ['a body that is not JSON', { status: 200, body: '{"a' }, 'unknown', 'unknown'],
    ['200 with HTML', { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } }, 'unknown', 'unknown'],
    ['200 with errors', { status: 200, body: { errors } }, 'unknown', 'unknown'],
    [
      'a 303, which means that the call was processed',
      { status: 303, headers: { location: '/' } },
      'unknown',
      'unknown',
    ],
  ])('%s: requested once, and recorded', async (_, fault, outcome, onEvent) => {
    const rig = await openRig();
    const id = await rig.makeJob(3);
    const eventId = (await rig.items(id))[1]?.event_id ?? '';
    await listed(rig.store, { ...listedEvent(0), id: eventId }, rig.time);
    rig.telnyx.intercept = ({ path }) => {
      if (!path.includes(eventId)) return undefined;
      if (fault.hang) passDeadlinesSoon(TIMEOUT);
      return fault;
    };
    expect(await rig.run()).toEqual({ status: 'ended' });
    expect(rig.telnyx.requests).toHaveLength(3);
    const { status, outcomes } = await rig.job(id);
    expect({ status, outcomes }).toEqual({
      status: 'complete',
      outcomes: { sent: 2, not_found: 0, failed: 0, unknown: 0, [outcome]: 1 },
    });
    expect((await rig.items(id))[1]).toMatchObject({ event_id: eventId, outcome });
    expect(await rig.eventRow(eventId)).toMatchObject({ republish_last_outcome: { S: onEvent } });
  });

  test('429: the item waits as long as Telnyx asks, and is requested again', async () => {
    const rig = await openRig();
    const id = await rig.makeJob(3);
    let left = 2;
    rig.telnyx.intercept = () => (left-- > 0 ? { status: 429, headers: { 'retry-after': '7' } } : undefined);
    expect(await rig.run()).toEqual({ status: 'ended' });
    expect(rig.telnyx.requests.map(({ at }) => at - NOON).slice(0, 3)).toEqual([0, 7_000, 14_000]);
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 3 } });
  });

  test('endless 429: the item is not counted; the job has the reason and continues after a pause', async () => {
    const rig = await openRig();
    const id = await rig.makeJob(3);
    let limited = true;
    rig.telnyx.intercept = () => (limited ? { status: 429 } : undefined);
    expect(await rig.run()).toEqual({ status: 'paused' });
    expect(rig.telnyx.requests).toHaveLength(5);
    expect(await rig.job(id)).toMatchObject({ status: 'running', done: 0, error: expect.stringContaining('429') });
    expect((await rig.items(id))[0]).toMatchObject({ outcome: 'waiting' });

    rig.time += 30_000;
    expect(await rig.run()).toEqual({ status: 'skipped' });
    expect(rig.telnyx.requests).toHaveLength(5);
    limited = false;
    rig.time += 31_000;
    expect(await rig.run()).toEqual({ status: 'ended' });
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 3 }, error: null });
    expect(repeated(rig.telnyx)).toEqual([]);
  });

  test('429 that asks for a quarter of an hour: no request until then', async () => {
    const rig = await openRig();
    const id = await rig.makeJob(1);
    rig.telnyx.intercept = () => ({ status: 429, headers: { 'retry-after': '900' } });
    expect(await rig.run()).toEqual({ status: 'paused' });
    rig.telnyx.intercept = undefined;
    for (; rig.time < NOON + 15 * MINUTE; rig.time += MINUTE) await rig.run();
    expect(rig.telnyx.requests).toHaveLength(1);
    expect(await readUpstream(rig.store)).toMatchObject({ rateLimitedUntil: NOON + 15 * MINUTE });
    rig.time += MINUTE;
    expect(await rig.run()).toEqual({ status: 'ended' });
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 1 } });
  });

  test.each([401, 403])('%i: the job pauses, has the reason, and continues once the key is right', async (status) => {
    const rig = await openRig();
    const id = await rig.makeJob(3);
    const [, second] = await rig.items(id);
    rig.telnyx.intercept = ({ path }) =>
      path.includes(second?.event_id ?? '') ? { status, body: { errors } } : undefined;
    expect(await rig.run()).toEqual({ status: 'paused' });
    expect(rig.telnyx.requests).toHaveLength(2);
    const paused = await rig.job(id);
    expect(paused).toMatchObject({ status: 'running', done: 1, error: expect.stringContaining(`${status} (10009`) });
    expect(JSON.stringify([paused, log.text()])).not.toContain(API_KEY);
    expect(await readUpstream(rig.store)).toMatchObject({ lastFault: { fault: 'key refused' } });

    rig.telnyx.intercept = undefined;
    rig.time += MINUTE + 1_000;
    expect(await rig.run()).toEqual({ status: 'ended' });
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 3 }, error: null });
    expect(repeated(rig.telnyx)).toEqual([]);
  });

  test('403 with 10038: the job waits with the reason, asks for nothing more, and continues when it is over', async () => {
    const rig = await openRig();
    const id = await rig.makeJob(3);
    const error = { code: '10038', title: 'Not permitted at this account level' };
    rig.telnyx.intercept = () => ({ status: 403, body: { errors: [error] } });
    expect(await rig.run()).toEqual({ status: 'paused' });
    expect(rig.telnyx.requests).toHaveLength(1);
    expect(await rig.job(id)).toMatchObject({
      status: 'running',
      done: 0,
      error: expect.stringMatching(/not available for this account, or not now.*403 \(10038 Not permitted at this/),
    });
    expect(log.metrics().filter((line) => line.UpstreamKeyRefused === 1)).toEqual([]);
    expect(await readUpstream(rig.store)).toMatchObject({ lastFault: { fault: 'not available' } });

    rig.telnyx.intercept = undefined;
    rig.time += MINUTE + 1_000;
    expect(await rig.run()).toEqual({ status: 'ended' });
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 3 }, error: null });
    expect(repeated(rig.telnyx)).toEqual([]);
  });

  test.each([
    [undefined, 1],
    [true, 5],
  ])('a 409 with meta.retryable %s: %i requests, then the item has failed, and the log says why', async (retryable, requests) => {
    const rig = await openRig();
    const id = await rig.makeJob(1);
    const error = { code: '10015', title: 'Busy', meta: { retryable } };
    rig.telnyx.intercept = () => ({ status: 409, body: { errors: [error] } });
    expect(await rig.run()).toEqual({ status: 'ended' });
    expect(rig.telnyx.requests).toHaveLength(requests);
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { failed: 1 } });
    const [failed] = log.lines().filter(({ event }) => event === 'republish');
    expect(failed).toMatchObject({ outcome: 'refused', error: 'Telnyx answered 409 (10015 Busy).' });
  });

  test('a secret without a key yet: no item is claimed', async () => {
    const rig = await openRig();
    const id = await rig.makeJob(2);
    const api = () => Promise.reject(new Error('no Telnyx API key has been put into it yet'));
    expect(await rig.run({ api })).toEqual({ status: 'paused' });
    expect(await rig.job(id)).toMatchObject({
      status: 'running',
      done: 0,
      error: expect.stringContaining('no Telnyx'),
    });
    expect((await rig.items(id))[0]).toMatchObject({ outcome: 'waiting', at: null });
    rig.time += MINUTE;
    expect(await rig.run()).toEqual({ status: 'ended' });
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 2 } });
  });
});

describe('Telnyx has certainly accepted nothing', () => {
  const closed = async () => `http://127.0.0.1:${await closedPort()}/v2`;

  test.each<[string, Fault | typeof closed, RegExp]>([
    ['its port is closed', closed, /^Telnyx cannot be reached: .*ECONNREFUSED/],
    ['503', { status: 503, headers: { 'retry-after': '5' } }, /^Telnyx is not available for now\. Telnyx answered 503/],
    [
      'a redirect',
      { status: 302, headers: { location: '/' } },
      /302\. Redirects are not followed: check TELNYX_BASE_URL/,
    ],
  ])('%s: the job pauses, counts no item, and continues when Telnyx answers', async (_, trouble, says) => {
    const rig = await openRig();
    const id = await rig.makeJob(6);
    const [, second] = await rig.items(id);
    await listed(rig.store, { ...listedEvent(0), id: second?.event_id ?? '' }, rig.time);
    const away = eventsApi({
      apiKey: API_KEY,
      baseUrl: trouble === closed ? await closed() : rig.telnyx.url,
      timeout: TIMEOUT,
    });
    const there = eventsApi({ apiKey: API_KEY, baseUrl: rig.telnyx.url, timeout: TIMEOUT });
    let isAway = true;
    rig.telnyx.intercept = () => (isAway && rig.telnyx.republished.length > 0 ? (trouble as Fault) : undefined);
    const api = async () => (isAway && rig.telnyx.republished.length > 0 ? away : there);

    expect(await rig.run({ api })).toEqual({ status: 'paused' });
    expect(await rig.job(id)).toMatchObject({
      status: 'running',
      done: 1,
      outcomes: { sent: 1, unknown: 0, failed: 0 },
      error: expect.stringMatching(says),
    });
    expect((await rig.items(id))[1]).toMatchObject({ outcome: 'waiting' });
    expect(await rig.eventRow(second?.event_id ?? '')).toMatchObject({ republish_last_outcome: { S: 'not_sent' } });

    rig.time += 30_000;
    expect(await rig.run({ api })).toEqual({ status: 'skipped' });
    rig.time += MINUTE;
    expect(await rig.run({ api })).toEqual({ status: 'paused' });
    isAway = false;
    rig.time += MINUTE + 1_000;
    expect(await rig.run({ api })).toEqual({ status: 'ended' });
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 6 }, error: null });
    expect(repeated(rig.telnyx)).toEqual([]);
  });

  test('a temporary 503: the item is requested again in the same run', async () => {
    const rig = await openRig();
    const id = await rig.makeJob(3);
    let left = 2;
    rig.telnyx.intercept = () => (left-- > 0 ? { status: 503, headers: { 'retry-after': '7' } } : undefined);
    expect(await rig.run()).toEqual({ status: 'ended' });
    expect(rig.telnyx.requests.map(({ at }) => at - NOON).slice(0, 3)).toEqual([0, 7_000, 14_000]);
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 3 } });
    expect(await readUpstream(rig.store)).toMatchObject({ lastFault: { fault: 'unavailable' } });
  });
});

describe('cancel', () => {
  test('stops the job before its next item, and counts the one under way', async () => {
    const rig = await openRig();
    const id = await rig.makeJob(6);
    const telnyx = eventsApi({ apiKey: API_KEY, baseUrl: rig.telnyx.url, timeout: TIMEOUT });
    const republish = async (eventId: string) => {
      if (rig.telnyx.republished.length === 2) expect(await cancelJob(rig.store, id, rig.time)).toBe(true);
      return telnyx.republish(eventId);
    };
    expect(await rig.run({ api: async () => ({ ...telnyx, republish }) })).toEqual({ status: 'ended' });
    expect(rig.telnyx.republished).toHaveLength(3);
    expect(await rig.job(id)).toMatchObject({
      status: 'cancelled',
      done: 3,
      outcomes: { sent: 3 },
      ended_at: '2026-03-20T12:00:02.000000Z',
    });
    expect((await rig.items(id)).map(({ outcome }) => outcome)).toEqual([
      ...Array(3).fill('sent'),
      ...Array(3).fill('waiting'),
    ]);
    expect(await rig.run()).toEqual({ status: 'idle' });
    expect(rig.telnyx.republished).toHaveLength(3);
  });

  test('of a job that has not begun: nothing is requested', async () => {
    const rig = await openRig();
    const id = await rig.makeJob(2);
    await cancelJob(rig.store, id, rig.time);
    expect(await rig.run()).toEqual({ status: 'ended' });
    expect(rig.telnyx.requests).toEqual([]);
    expect(await rig.job(id)).toMatchObject({ status: 'cancelled', done: 0 });
    expect(await rig.run()).toEqual({ status: 'idle' });
  });

  test("of a job whose worker died in a call: that item's outcome is unknown", async () => {
    const rig = await openRig();
    const id = await rig.makeJob(3);
    const telnyx = eventsApi({ apiKey: API_KEY, baseUrl: rig.telnyx.url, timeout: TIMEOUT });
    const republish = () => Promise.reject(new TypeError('died'));
    await expect(rig.run({ api: async () => ({ ...telnyx, republish }) })).rejects.toThrow('died');
    await cancelJob(rig.store, id, rig.time);
    expect(await rig.job(id)).toMatchObject({ status: 'cancelled', done: 0 });
    expect(await rig.run()).toEqual({ status: 'ended' });
    expect(await rig.job(id)).toMatchObject({ status: 'cancelled', done: 1, outcomes: { unknown: 1 } });
    expect((await rig.items(id)).map(({ outcome }) => outcome)).toEqual(['unknown', 'waiting', 'waiting']);
    expect(rig.telnyx.requests).toEqual([]);
  });

  test('of an ended job changes nothing', async () => {
    const rig = await openRig();
    const id = await rig.makeJob(1);
    await rig.run();
    expect(await cancelJob(rig.store, id, rig.time)).toBe(false);
    expect(await cancelJob(rig.store, '2026-01-01T00:00:00.000Z-none', rig.time)).toBe(false);
    expect(await rig.job(id)).toMatchObject({ status: 'complete' });
  });
});

describe('the rate', () => {
  test('is at most 1 call in any second, across consecutive runs', async () => {
    const rig = await openRig({ requestsPerSecond: 5 });
    const id = await rig.makeJob(30);
    // Each run has so little time that the job needs several.
    const statuses = [];
    do statuses.push((await rig.run({ endsAt: rig.time + 30_000 + 6_400 })).status);
    while (statuses.at(-1) === 'out of time');
    expect(statuses.length).toBeGreaterThan(2);
    expect(await rig.job(id)).toMatchObject({ status: 'complete', outcomes: { sent: 30 } });
    await rig.makeJob(3);
    await rig.run();
    const starts = rig.telnyx.requests.map(({ at }) => at);
    for (const [index, at] of starts.entries())
      expect((starts[index + 1] ?? at + 1_000) - at).toBeGreaterThanOrEqual(1_000);
    expect(rig.telnyx.requests.every(({ status }) => status === 204)).toBe(true);
  });
});

test('an expired job neither runs nor is shown', async () => {
  const rig = await openRig();
  const id = await rig.makeJob(1);
  rig.time += 30 * 24 * 60 * MINUTE + 1_000;
  expect(await rig.run()).toEqual({ status: 'idle' });
  await expect(rig.job(id)).rejects.toThrow('no job');
  expect(await cancelJob(rig.store, id, rig.time)).toBe(false);
});

test('no row, log line or result holds the API key', async () => {
  const rig: Rig = await openRig();
  const id = await rig.makeJob(1);
  rig.telnyx.intercept = () => ({ status: 401, body: { errors: [{ code: '10009', title: 'No', detail: API_KEY }] } });
  await rig.run();
  expect(JSON.stringify([await rig.job(id), await rig.items(id), log.text()])).not.toContain(API_KEY);
});
