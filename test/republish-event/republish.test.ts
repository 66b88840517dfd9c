import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { takeSingleCall } from '../../functions/ledger/status/single-calls.ts';
import { readUpstream } from '../../functions/ledger/status/upstream-state.ts';
import type { Fault } from '../../infra/local/simulator/events-api.ts';
import { eventually } from '../eventually.ts';
import { startFaultyEngine } from '../faulty-engine.ts';
import { captureLog } from '../handlers.ts';
import { passDeadlinesSoon } from '../own-time.ts';
import { listedEvent } from '../porting-events.ts';
import { operateToken } from '../query-events/reader.ts';
import { rowsIn } from '../receive-webhook/receiver.ts';
import { apiKey, putUpstream, type Republisher, rowOf, startRepublisher } from './republisher.ts';

const caller = `operate:${createHash('sha256').update(operateToken).digest('hex').slice(0, 8)}`;

let log: ReturnType<typeof captureLog>;
let republisher: Republisher;

beforeEach(async () => {
  log = captureLog();
  republisher = await startRepublisher();
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await republisher.close();
});

test('204 with an empty body; one upstream call; recorded with count, time, caller and outcome', async () => {
  const { republish, telnyx, event, store } = republisher;
  const before = new Date().toISOString();
  const { status, text } = await republish(event.id);
  expect({ status, text }).toEqual({ status: 204, text: '' });
  expect(telnyx.requests).toMatchObject([{ method: 'POST', path: `/v2/porting/events/${event.id}/republish` }]);
  expect(telnyx.republished).toEqual([event.id]);

  const row = await rowOf(store, event.id);
  expect(row).toMatchObject({
    republish_count: { N: '1' },
    republish_last_by: { S: caller },
    republish_last_outcome: { S: 'sent' },
  });
  expect((row?.republish_last_at?.S ?? '') >= before.slice(0, 23)).toBe(true);
  expect(log.lines()).toMatchObject([{ event: 'republish', id: event.id, outcome: 'sent', caller }]);
});

test('a second republish is a second upstream call; the row counts both and shows the latest', async () => {
  const { republish, telnyx, event, store } = republisher;
  await republish(event.id);
  telnyx.intercept = () => ({ status: 500 });
  await republish(event.id);
  expect(telnyx.requests).toHaveLength(2);
  expect(await rowOf(store, event.id)).toMatchObject({
    republish_count: { N: '2' },
    republish_last_outcome: { S: 'failed' },
  });
});

describe('the share of single calls', () => {
  test('a call within a second of another waits for its turn', async () => {
    const { republish, telnyx, event } = republisher;
    const begun = performance.now();
    for (const after of [1_000, 700]) expect((await republish(event.id, { after })).status).toBe(204);
    expect(telnyx.requests).toHaveLength(2);
    // The calendar stands still, so only the wait itself can be measured, and it may only be longer.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(290);
  });

  test('more than two that wait: a 429 says when to ask again, nothing is recorded, and the key stays free', async () => {
    const { republish, telnyx, event, store } = republisher;
    for (let taken = 0; taken < 3; taken += 1) await takeSingleCall(store, Date.now());
    const { status, headers, body } = await republish(event.id, { key: 'a-key', after: 0 });
    expect([status, headers['retry-after']]).toEqual([429, '2']);
    expect(body.errors).toMatchObject([
      { code: '10011', detail: expect.stringMatching(/one thing a second.*Ask again in 2 s/) },
    ]);
    expect(telnyx.requests).toEqual([]);
    expect(await rowOf(store, event.id)).not.toHaveProperty('republish_count');
    expect((await republish(event.id, { key: 'a-key', after: 3_000 })).status).toBe(204);
  });
});

test('an id that is not in the ledger is still tried, and creates no row', async () => {
  const { republish, telnyx, store } = republisher;
  const unknown = listedEvent(2);
  putUpstream(telnyx, unknown);
  expect((await republish(unknown.id)).status).toBe(204);
  expect(telnyx.republished).toEqual([unknown.id]);
  expect(await rowsIn(store, 'events')).toHaveLength(1);
});

test('during the call the row already records it, so that a death leaves a trace', async () => {
  const { republish, telnyx, event, store } = republisher;
  const { promise: until, resolve: answer } = Promise.withResolvers<void>();
  telnyx.intercept = () => ({ until });
  const asked = republish(event.id);
  await eventually(() => expect(telnyx.requests).toHaveLength(1));
  expect(await rowOf(store, event.id)).toMatchObject({
    republish_count: { N: '1' },
    republish_last_outcome: { S: 'asked' },
  });
  answer();
  expect((await asked).status).toBe(204);
});

test.each([
  [403, '10010', 'key refused'],
  [403, '10038', 'not available'],
  [429, '10011', 'rate limited'],
  [503, '10007', 'unavailable'],
  [422, '10027', undefined],
])('a %i with the code %s is recorded as the latest fault of Telnyx: %s', async (status, code, fault) => {
  const { republish, telnyx, event, store } = republisher;
  telnyx.intercept = () => ({ status, headers: { 'retry-after': '20' }, body: { errors: [{ code }] } });
  await republish(event.id);
  const { lastFault, rateLimitedUntil } = await readUpstream(store);
  expect(lastFault?.fault).toBe(fault);
  expect((rateLimitedUntil ?? 0) > Date.now()).toBe(status === 429);
});

describe('Telnyx refuses or fails: a plain answer after one call, and the outcome on the row', () => {
  const errors = [{ code: '10009', title: 'Authentication failed', detail: apiKey }];
  const unknown = [{ code: '10005', title: 'Resource not found', detail: apiKey }];
  const forbidden = [{ code: '10038', title: 'Not permitted at this level', detail: apiKey }];
  const retryable = { retryable: true };
  test.each<[string, Fault, { status: number; code: string; says: RegExp; outcome: string }]>([
    [
      '404',
      { status: 404, body: { errors: unknown } },
      { status: 404, code: '10005', says: /no such event.*404 \(10005 Resource not found\)/, outcome: 'not_found' },
    ],
    [
      '429',
      { status: 429, body: { errors: [{ code: '10011', title: 'Too many requests' }] } },
      {
        status: 429,
        code: '10011',
        says: /429 \(10011 Too many requests\)\. Nothing was sent.*again in 1 s/,
        outcome: 'rate_limited',
      },
    ],
    [
      '401',
      { status: 401, body: { errors } },
      { status: 502, code: '10007', says: /refused this ledger's API key\. Nothing was sent/, outcome: 'key_refused' },
    ],
    [
      '403',
      { status: 403, body: { errors } },
      { status: 502, code: '10007', says: /refused this ledger's API key\. Nothing was sent/, outcome: 'key_refused' },
    ],
    [
      '403 with 10038',
      { status: 403, body: { errors: forbidden } },
      {
        status: 502,
        code: '10007',
        says: /not available for this account.*403 \(10038 Not permitted at this level\)\. Nothing was sent/,
        outcome: 'not_available',
      },
    ],
    [
      '403 with 10038, retryable',
      { status: 403, body: { errors: [{ ...forbidden[0], meta: retryable }] } },
      {
        status: 503,
        code: '10007',
        says: /403 \(10038 Not permitted at this level\)\. Nothing was sent\. Ask again in 5 s/,
        outcome: 'not_available',
      },
    ],
    [
      '422, retryable',
      { status: 422, body: { errors: [{ code: '10027', title: 'Unprocessable', meta: retryable }] } },
      {
        status: 503,
        code: '10007',
        says: /422 \(10027 Unprocessable\)\. Nothing was sent\. Ask again in 5 s/,
        outcome: 'refused',
      },
    ],
    [
      '302',
      { status: 302, headers: { location: '/v2/porting/events' } },
      {
        status: 502,
        code: '10007',
        says: /302\. Redirects are not followed: check TELNYX_BASE_URL\. Nothing was sent/,
        outcome: 'not_sent',
      },
    ],
    ['422', { status: 422 }, { status: 502, code: '10007', says: /refused to republish.*422/, outcome: 'refused' }],
    ['500', { status: 500 }, { status: 502, code: '10007', says: /Telnyx failed.*500/, outcome: 'failed' }],
    [
      '503 with HTML',
      { status: 503, body: '<html>' },
      { status: 503, code: '10007', says: /503\. Nothing was sent\. Ask again in 5 s/, outcome: 'not_sent' },
    ],
    [
      '200 with HTML',
      { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } },
      { status: 504, code: '10007', says: /answered 200.* may have been sent/, outcome: 'unknown' },
    ],
    [
      '200 with errors',
      { status: 200, body: { errors } },
      { status: 504, code: '10007', says: /answered 200.* may have been sent/, outcome: 'unknown' },
    ],
    [
      '202',
      { status: 202 },
      { status: 504, code: '10007', says: /answered 202.* may have been sent/, outcome: 'unknown' },
    ],
  ])('%s', async (_, fault, { status, code, says, outcome }) => {
    const { republish, telnyx, event, store } = republisher;
    telnyx.intercept = () => fault;
    const answer = await republish(event.id);
    expect(answer.status).toBe(status);
    expect(answer.body.errors).toMatchObject([{ code, detail: expect.stringMatching(says) }]);
    expect(telnyx.requests).toHaveLength(1);
    expect(await rowOf(store, event.id)).toMatchObject({
      republish_count: { N: '1' },
      republish_last_outcome: { S: outcome },
    });
    for (const place of [answer.text, log.text()]) expect(place).not.toContain(apiKey);
  });

  test("its port is closed: 503, nothing was sent, and Telnyx's SDK may retry", async () => {
    const { republish, telnyx, event, store } = republisher;
    await telnyx.close();
    const { status, headers, text } = await republish(event.id);
    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'retry-after': '5' });
    expect(headers).not.toHaveProperty('x-should-retry');
    expect(text).toMatch(/cannot be reached: .*ECONNREFUSED.* Nothing was sent\./);
    expect(await rowOf(store, event.id)).toMatchObject({ republish_last_outcome: { S: 'not_sent' } });
    expect((await readUpstream(store)).lastFault?.fault).toBe('not reached');
  });

  test('503 with Retry-After: the answer passes it on', async () => {
    const { republish, telnyx, event } = republisher;
    telnyx.intercept = () => ({ status: 503, headers: { 'retry-after': '17' } });
    const { status, headers } = await republish(event.id);
    expect({ status, headers }).toMatchObject({ status: 503, headers: { 'retry-after': '17' } });
    expect(headers).not.toHaveProperty('x-should-retry');
  });

  test.each<[string, Record<string, string>, string]>([
    ['Retry-After in seconds', { 'retry-after': '7' }, '7'],
    ['Retry-After with a fraction', { 'retry-after': '1.2' }, '2'],
    ['Retry-After of 0', { 'retry-after': '0' }, '1'],
    ['a reset in seconds', { 'x-ratelimit-reset': '12' }, '12'],
    ['a window', { 'ratelimit-limit': '5, 5;w=3' }, '3'],
    ['a wait of two hours', { 'retry-after': '7200' }, '3600'],
    ['a wait of a month', { 'retry-after': '2592000' }, '1'],
    ['no header', {}, '1'],
  ])('429 with %s: Retry-After in whole seconds', async (_, headers, seconds) => {
    const { republish, telnyx, event } = republisher;
    telnyx.intercept = () => ({ status: 429, headers });
    expect((await republish(event.id)).headers).toMatchObject({ 'retry-after': seconds });
  });

  test.each<[string, () => string | number]>([
    ['Retry-After as a date', () => new Date(Date.now() + 30_000).toUTCString()],
    ['a reset as an epoch', () => Math.floor(Date.now() / 1000) + 30],
    ['a reset as an epoch in milliseconds', () => Date.now() + 30_000],
  ])('429 with %s: Retry-After in whole seconds from now', async (which, value) => {
    const { republish, telnyx, event } = republisher;
    const header = which.startsWith('Retry') ? 'retry-after' : 'x-ratelimit-reset';
    telnyx.intercept = () => ({ status: 429, headers: { [header]: String(value()) } });
    const seconds = Number((await republish(event.id)).headers['retry-after']);
    expect(seconds).toBeGreaterThan(25);
    expect(seconds).toBeLessThanOrEqual(30);
  });
});

describe('Telnyx succeeds, but its answer is lost: a 504 says that the notification may have been sent', () => {
  const expectDoubt = async (asked: Promise<{ status: number; text: string }>) => {
    const { status, text } = await asked;
    expect(status).toBe(504);
    expect(text).toContain('may have been sent');
    const { telnyx, event, store } = republisher;
    expect(telnyx.republished).toEqual([event.id]);
    expect(telnyx.requests.filter(({ path }) => path.includes(event.id))).toHaveLength(1);
    expect(await rowOf(store, event.id)).toMatchObject({ republish_last_outcome: { S: 'unknown' } });
  };

  test('a time-out', async () => {
    const { republish, telnyx, event } = republisher;
    telnyx.intercept = () => {
      passDeadlinesSoon(15_000);
      return { hang: true };
    };
    await expectDoubt(republish(event.id));
  });

  test('a connection that breaks', async () => {
    const { republish, telnyx, event } = republisher;
    telnyx.intercept = () => {
      setImmediate(() => telnyx.close());
      return { hang: true };
    };
    await expectDoubt(republish(event.id));
  });
});

describe('no call is possible: 503, no upstream call', () => {
  test.each([
    ['has no value yet', undefined],
    ['is empty', ''],
    ['is not a key', '{"key": "KEY0123456789ABCDEF_secret"}'],
  ])('the API key %s', async (_, secret) => {
    const { republish, secrets, telnyx, event, store } = republisher;
    secrets.values.delete('the-key');
    if (secret !== undefined) secrets.values.set('the-key', secret);
    const { status, text } = await republish(event.id);
    expect(status).toBe(503);
    expect(text).toContain('nothing was asked of Telnyx');
    expect(telnyx.requests).toEqual([]);
    expect(await rowOf(store, event.id)).not.toHaveProperty('republish_count');
    for (const place of [text, log.text()]) expect(place).not.toContain(apiKey);
  });

  test.each([undefined, 'a-key'])('DynamoDB fails before the call (Idempotency-Key: %s)', async (key) => {
    const engine = await startFaultyEngine();
    engine.fault = () => ({ refuse: 400, type: 'AccessDeniedException' });
    const broken = await startRepublisher({ endpoint: engine.endpoint });
    const { status } = await broken.republish(broken.event.id, key === undefined ? {} : { key });
    expect(status).toBe(503);
    expect(broken.telnyx.requests).toEqual([]);
    await Promise.all([broken.close(), engine.close()]);
  });
});

test.each([
  undefined,
  'a-key',
])('DynamoDB fails after the call (Idempotency-Key: %s): the answer still has its outcome', async (key) => {
  const engine = await startFaultyEngine();
  const failing = await startRepublisher({ endpoint: engine.endpoint });
  engine.fault = () =>
    failing.telnyx.republished.length > 0 ? { refuse: 400, type: 'AccessDeniedException' } : undefined;
  expect((await failing.republish(failing.event.id, key === undefined ? {} : { key })).status).toBe(204);
  expect(log.lines().filter(({ level }) => level === 'error')).toHaveLength(key === undefined ? 1 : 2);
  await Promise.all([failing.close(), engine.close()]);
});

test('no log line, row or answer holds the API key or a token', async () => {
  const { republish, telnyx, event, store } = republisher;
  const answers = [
    await republish(event.id, { key: 'some-key' }),
    await republish(event.id, { token: 'x'.repeat(20) }),
  ];
  telnyx.intercept = () => ({ status: 401, body: { errors: [{ code: '10009', title: 'No', detail: apiKey }] } });
  answers.push(await republish(event.id));
  const rows = JSON.stringify([await rowsIn(store, 'events'), await rowsIn(store, 'control')]);
  for (const place of [JSON.stringify(answers), rows, log.text()]) {
    for (const secret of [apiKey, operateToken, 'x'.repeat(20), 'some-key']) expect(place).not.toContain(secret);
  }
});
