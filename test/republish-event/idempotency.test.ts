import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { claimKey, readClaim, releaseKey } from '../../functions/ledger/jobs/idempotency-keys.ts';
import { startFaultyEngine } from '../faulty-engine.ts';
import { captureLog } from '../handlers.ts';
import { listedEvent, uuid } from '../porting-events.ts';
import { rowsIn } from '../receive-webhook/receiver.ts';
import { apiKey, putUpstream, type Republisher, rowOf, startRepublisher } from './republisher.ts';

const HOUR = 3_600_000;

let republisher: Republisher;

beforeEach(async () => {
  captureLog();
  republisher = await startRepublisher();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await republisher.close();
});

/** Makes a first request with the key `first` whose function recorded no outcome. */
async function claimedBefore(milliseconds: number): Promise<void> {
  const { store, event } = republisher;
  await claimKey(store, 'first', event.id, 'another request', Date.now() - milliseconds);
}

/**
 * The remaining time in a function's context: always plenty. Calls `act` once the waiting requests have looked for the
 * answer to the first one `looks` times: they read the remaining time after each look, and middy reads it once for each
 * request.
 */
function afterLooks({ requests, looks }: { requests: number; looks: number }, act: () => void): () => number {
  let left = requests + looks;
  return () => {
    left -= 1;
    if (left === 0) act();
    return 29_000;
  };
}

describe('the same key again', () => {
  test('the first outcome, without a second call, and marked as replayed', async () => {
    const { republish, telnyx, event, store } = republisher;
    const first = await republish(event.id, { key: 'first' });
    const second = await republish(event.id, { key: 'first' });
    expect([first.status, second.status]).toEqual([204, 204]);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(second.headers).toHaveProperty('idempotent-replayed', 'true');
    expect(telnyx.requests).toHaveLength(1);
    expect(await rowOf(store, event.id)).toMatchObject({ republish_count: { N: '1' } });
  });

  test.each([
    500, 502, 504, 200, 303,
  ])('a failure that may have sent it (%i upstream) is replayed, too', async (status) => {
    const { republish, telnyx, event } = republisher;
    telnyx.intercept = () => ({ status, headers: { location: '/' } });
    const first = await republish(event.id, { key: 'first' });
    telnyx.intercept = undefined;
    const second = await republish(event.id, { key: 'first' });
    expect({ ...second, headers: { ...second.headers, 'idempotent-replayed': undefined } }).toEqual({
      ...first,
      headers: { ...first.headers, 'idempotent-replayed': undefined },
    });
    expect(telnyx.requests).toHaveLength(1);
  });

  test.each<[number, Record<string, string>]>([
    [429, { 'retry-after': '7' }],
    [503, { 'retry-after': '7' }],
    [401, {}],
    [403, {}],
    [404, {}],
    [422, {}],
    [409, {}],
    [302, { location: '/' }],
    [308, { location: '/' }],
  ])('a %i, which sent nothing, frees the key: the same key calls again', async (status, headers) => {
    const { republish, telnyx, event, store } = republisher;
    telnyx.intercept = () => ({ status, headers });
    const first = await republish(event.id, { key: 'first' });
    expect(first.text).toMatch(/Nothing was sent|no such event/);
    // The caller follows the advice in the answer: wait, or correct the key, the URL or what Telnyx refused.
    if (headers['retry-after']) expect(first.headers['retry-after']).toBe('7');
    telnyx.intercept = undefined;
    const second = await republish(event.id, { key: 'first' });
    expect(second.status).toBe(204);
    expect(second.headers).not.toHaveProperty('idempotent-replayed');
    // From now on the stored outcome is the success.
    expect((await republish(event.id, { key: 'first' })).headers).toHaveProperty('idempotent-replayed', 'true');
    expect(telnyx.republished).toEqual([event.id]);
    expect(await rowOf(store, event.id)).toMatchObject({ republish_count: { N: '2' } });
  });

  test('after a refused API key and then a valid one, the same Idempotency-Key calls again', async () => {
    const { republish, telnyx, secrets, event } = republisher;
    secrets.values.set('the-key', 'KEYwrong');
    expect((await republish(event.id, { key: 'first' })).text).toContain('Put a valid key into its secret.');
    secrets.values.set('the-key', apiKey);
    vi.setSystemTime(Date.now() + 30_000);
    expect((await republish(event.id, { key: 'first' })).status).toBe(204);
    expect(telnyx.republished).toEqual([event.id]);
  });

  test('a refused connection frees the key, too', async () => {
    const { republish, telnyx, event, store } = republisher;
    await telnyx.close();
    const first = await republish(event.id, { key: 'first' });
    expect(first).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(await readClaim(store, 'first')).toBeUndefined();
  });

  test('at the same time as a first request that sends nothing: a 503 says to ask again', async () => {
    const { republish, telnyx, event } = republisher;
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    telnyx.intercept = () => ({ status: 429, until });
    const remaining = afterLooks({ requests: 2, looks: 1 }, answer);
    const answers = await Promise.all([1, 2].map(() => republish(event.id, { key: 'first', remaining })));
    expect(answers.map(({ status }) => status).sort()).toEqual([429, 503]);
    telnyx.intercept = undefined;
    expect((await republish(event.id, { key: 'first' })).status).toBe(204);
  });

  test('ten times at once, as by clicks: one upstream call, and all get its outcome', async () => {
    const { republish, telnyx, event, store } = republisher;
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    telnyx.intercept = () => ({ until });
    const remaining = afterLooks({ requests: 10, looks: 9 }, answer);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => republish(event.id, { key: 'first', remaining })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(204));
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(9);
    expect(telnyx.requests).toHaveLength(1);
    expect(await rowOf(store, event.id)).toMatchObject({ republish_count: { N: '1' } });
  });

  test('with the event id in capitals: the same event', async () => {
    const { republish, telnyx } = republisher;
    const event = { ...listedEvent(2), id: 'da7989d5-ffeb-47b5-9dc4-4a177a4094b0' };
    putUpstream(telnyx, event);
    expect((await republish(event.id, { key: 'first' })).status).toBe(204);
    expect((await republish(event.id.toUpperCase(), { key: 'first' })).status).toBe(204);
    expect(telnyx.requests).toHaveLength(1);
  });

  test('for another event: a 422 names the first event, no upstream call', async () => {
    const { republish, telnyx, event } = republisher;
    await republish(event.id, { key: 'first' });
    const { status, body } = await republish(uuid(77), { key: 'first' });
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ code: '10015', source: { parameter: 'Idempotency-Key' } }]);
    expect(body.errors[0]?.detail).toContain(event.id);
    expect(telnyx.requests).toHaveLength(1);
  });
});

describe('a new request is never refused because of an earlier one', () => {
  test('another key, or none: another call', async () => {
    const { republish, telnyx, event, store } = republisher;
    for (const key of ['first', 'second', undefined, undefined]) {
      expect((await republish(event.id, key === undefined ? {} : { key })).status).toBe(204);
    }
    expect(telnyx.republished).toHaveLength(4);
    expect(await rowOf(store, event.id)).toMatchObject({ republish_count: { N: '4' } });
  });

  test('another key while the first request is under way', async () => {
    const { republish, telnyx, event } = republisher;
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    telnyx.intercept = () => {
      if (telnyx.requests.length === 2) answer();
      return { until };
    };
    const answers = await Promise.all(['first', 'second'].map((key) => republish(event.id, { key })));
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect(telnyx.republished).toHaveLength(2);
  });

  test('the same key after 24 h, although its row is still there', async () => {
    const { republish, telnyx, event, store } = republisher;
    await claimedBefore(24 * HOUR + 1_000);
    expect(await readClaim(store, 'first')).toBeDefined();
    expect((await republish(event.id, { key: 'first' })).headers).not.toHaveProperty('idempotent-replayed');
    expect(telnyx.republished).toHaveLength(1);
    expect((await republish(event.id, { key: 'first' })).headers).toHaveProperty('idempotent-replayed', 'true');
  });

  test('the same key after a request that called nothing: the key is free', async () => {
    const engine = await startFaultyEngine();
    const { republish, telnyx, event, store, close } = await startRepublisher({ endpoint: engine.endpoint });
    engine.fault = (operation) =>
      operation === 'UpdateItem' ? { refuse: 400, type: 'AccessDeniedException' } : undefined;
    expect((await republish(event.id, { key: 'first' })).status).toBe(503);
    expect(await readClaim(store, 'first')).toBeUndefined();
    engine.fault = () => undefined;
    expect((await republish(event.id, { key: 'first' })).status).toBe(204);
    expect(telnyx.republished).toHaveLength(1);
    await Promise.all([close(), engine.close()]);
  });
});

describe('a first request that never recorded its outcome', () => {
  test.each([31_000, 23 * HOUR])('%i ms ago: a 504 says that it may have been sent, no upstream call', async (ago) => {
    const { republish, telnyx, event } = republisher;
    await claimedBefore(ago);
    const { status, text } = await republish(event.id, { key: 'first' });
    expect(status).toBe(504);
    expect(text).toMatch(/may have been sent.*new key/);
    expect(telnyx.requests).toEqual([]);
  });

  test('is awaited until it must be dead', async () => {
    const { republish, event } = republisher;
    await claimedBefore(29_200);
    let asked = 0;
    // Read by middy, and after each look.
    const remaining = () => {
      asked += 1;
      vi.setSystemTime(Date.now() + 400);
      return 29_000;
    };
    expect((await republish(event.id, { key: 'first', remaining, after: 0 })).status).toBe(504);
    expect(asked).toBe(1 + 2);
  });

  test("and outlasts the second request's own time: a 409 says when to ask again", async () => {
    const { republish, telnyx, event } = republisher;
    await claimedBefore(0);
    // Middy gets plenty of time, because its timer is real.
    const left = [29_000, 2_300, 2_100, 1_900];
    const remaining = () => left.shift() ?? 0;
    const { status, headers } = await republish(event.id, { key: 'first', remaining });
    expect(status).toBe(409);
    expect(headers).toHaveProperty('retry-after');
    expect(telnyx.requests).toEqual([]);
  });

  test('but freed its key: a 503 says to ask again', async () => {
    const { republish, telnyx, event, store } = republisher;
    await claimedBefore(0);
    const remaining = afterLooks({ requests: 1, looks: 1 }, () => void releaseKey(store, 'first', 'another request'));
    expect(await republish(event.id, { key: 'first', remaining })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
    });
    expect(telnyx.requests).toEqual([]);
  });
});

test.each([
  ['empty', ''],
  ['256 characters', 'x'.repeat(256)],
  ['a tab', 'a\tb'],
  ['beyond ASCII', 'schlüssel'],
])('a key that is %s: 422, no upstream call, nothing written', async (_, key) => {
  const { republish, telnyx, event, store } = republisher;
  const { status, body } = await republish(event.id, { key });
  expect(status).toBe(422);
  expect(body.errors).toMatchObject([{ source: { parameter: 'Idempotency-Key' } }]);
  expect(telnyx.requests).toEqual([]);
  expect(await rowsIn(store, 'control')).toEqual([]);
});

test('a key of 255 characters is accepted; only a digest of it is stored, for 24 h', async () => {
  const { republish, event, store } = republisher;
  const key = 'k'.repeat(255);
  expect((await republish(event.id, { key })).status).toBe(204);
  const [row] = await rowsIn(store, 'control');
  expect(JSON.stringify(row)).not.toContain('kkk');
  expect((Number(row?.expires_at?.N) - Date.now() / 1000) / 3600).toBeCloseTo(24, 1);
});
