import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { deliveriesApi } from '../../functions/telnyx/deliveries-api.ts';
import { type EventsApi as Api, eventsApi } from '../../functions/telnyx/events-api.ts';
import { isPassing, tookNothing, UpstreamError, upstreamErrorOf } from '../../functions/telnyx/upstream-error.ts';
import { type EventsApi, type Fault, startEventsApi } from '../../infra/local/simulator/events-api.ts';
import { passDeadlinesSoon } from '../own-time.ts';
import { listedEvent } from '../porting-events.ts';
import { caught } from './caught.ts';

const NOW = Date.parse('2026-03-12T19:03:58.250Z');

describe('a failed call', () => {
  const apiKey = 'KEY0123456789_SECRET';
  const window = { from: Date.parse('2026-01-01'), to: Date.parse('2027-01-01') };
  let upstream: EventsApi;
  let telnyx: Api;

  beforeAll(async () => {
    upstream = await startEventsApi({ apiKey, requestsPerSecond: Number.POSITIVE_INFINITY });
    upstream.put(listedEvent(1) as Parameters<EventsApi['put']>[0]);
    telnyx = eventsApi({ apiKey, baseUrl: upstream.url, timeout: 500 });
  });

  afterEach(() => {
    upstream.intercept = undefined;
  });

  afterAll(() => upstream.close());

  const errors = [{ code: '10009', title: 'Authentication failed', detail: 'KEY0123456789_SECRET is not known' }];

  test.each<[string, Fault, UpstreamError['fault']]>([
    ['401', { status: 401, body: { errors } }, 'key refused'],
    ['401 without a body', { status: 401 }, 'key refused'],
    ['401 with 10038', { status: 401, body: { errors: [{ code: '10038' }] } }, 'key refused'],
    ['403 with 10009', { status: 403, body: { errors } }, 'key refused'],
    ['403 with 10010', { status: 403, body: { errors: [{ code: '10010' }] } }, 'key refused'],
    ['403 with 10038', { status: 403, body: { errors: [{ code: '10038' }] } }, 'not available'],
    ['403 with 10039', { status: 403, body: { errors: [{ code: '10039' }] } }, 'not available'],
    ['403 with 10038 as a number', { status: 403, body: { errors: [{ code: 10038 }] } }, 'not available'],
    ['403 with 10038 and 10009', { status: 403, body: { errors: [{ code: '10038' }, ...errors] } }, 'key refused'],
    ['403 with an unknown code', { status: 403, body: { errors: [{ code: '80001' }] } }, 'key refused'],
    ['403 without a code', { status: 403, body: { errors: [null, {}] } }, 'key refused'],
    ['403 without a body', { status: 403 }, 'key refused'],
    ['403 with HTML', { status: 403, body: '<html>', headers: { 'content-type': 'text/html' } }, 'key refused'],
    ['404', { status: 404, body: { errors: [{ code: '10005' }] } }, 'not found'],
    ['400 with 10009', { status: 400, body: { errors } }, 'key refused'],
    ['422 with 10038', { status: 422, body: { errors: [{ code: '10038' }] } }, 'not available'],
    ['422', { status: 422, body: { errors: [{ code: '10027' }] } }, 'refused'],
    ['429', { status: 429, body: { errors } }, 'rate limited'],
    ['500', { status: 500, body: { errors } }, 'failed'],
    ['503 with 10038', { status: 503, body: { errors: [{ code: '10038' }] } }, 'unavailable'],
    ['503 without a body', { status: 503 }, 'unavailable'],
    ['503 with HTML', { status: 503, body: '<html>', headers: { 'content-type': 'text/html' } }, 'unavailable'],
    ['502 with HTML', { status: 502, body: '<html>', headers: { 'content-type': 'text/html' } }, 'failed'],
    ['a truncated answer', { truncate: true }, 'unreadable'],
    ['200 with half a JSON', { body: '{"data":[{"id":' }, 'unreadable'],
    ['200 with HTML', { body: '<html>', headers: { 'content-type': 'text/html' } }, 'unreadable'],
    ['200 with null', { body: 'null' }, 'unreadable'],
    ['200 without totals', { body: { data: [] } }, 'unreadable'],
    [
      '200 with totals that are not numbers',
      { body: { data: [], meta: { total_results: '1', total_pages: 1 } } },
      'unreadable',
    ],
    ['no answer', { hang: true }, 'no answer'],
  ])('%s: one request, one fault, and no key in the message', async (_, fault, expected) => {
    upstream.intercept = () => {
      if ('hang' in fault) passDeadlinesSoon(500);
      return fault;
    };
    const before = upstream.requests.length;
    const error = await caught(telnyx.list(window, 1));
    expect(error.fault).toBe(expected);
    expect(upstream.requests.length - before).toBe(1);
    expect(error.message).not.toContain('SECRET');
  });

  test.each([
    301, 302, 303, 307, 308,
  ])('a redirect (%i) of any call is not followed, and the message says what to check', async (status) => {
    const location = `${upstream.url}/porting/events`;
    const before = upstream.requests.length;
    upstream.intercept = () => ({ status, headers: { location } });
    const log = deliveriesApi({ apiKey, baseUrl: upstream.url, timeout: 500 });
    for (const ask of [
      () => telnyx.republish(listedEvent(1).id),
      () => telnyx.list(window, 1),
      () => log.failed({}, { number: 1, size: 20 }),
    ]) {
      const error = await caught(ask());
      expect(error).toMatchObject({ fault: 'unreadable', status });
      expect(error.message).toBe(`Telnyx answered ${status}. Redirects are not followed: check TELNYX_BASE_URL.`);
      expect(tookNothing(error)).toBe(status !== 303);
    }
    expect(upstream.requests.length - before).toBe(3);
  });

  test.each<[string, Fault]>([
    ['200 with HTML', { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } }],
    ['200 with errors', { status: 200, body: { errors } }],
    ['200 without a body', { status: 200, body: '' }],
    ['200 with half a JSON', { status: 200, body: '{"a' }],
    ['202', { status: 202, body: {} }],
  ])('the answer to a republish is 204; %s proves nothing', async (_, fault) => {
    upstream.intercept = () => fault;
    const error = await caught(telnyx.republish(listedEvent(1).id));
    expect(error).toMatchObject({ fault: 'unreadable', status: fault.status });
    expect(tookNothing(error)).toBe(false);
  });

  test("the error has Telnyx's status, code and the time to wait", async () => {
    upstream.intercept = () => ({
      status: 429,
      headers: { 'Retry-After': '3' },
      body: { errors: [{ code: '10011' }] },
    });
    const error = await caught(telnyx.list(window, 1));
    expect(error).toMatchObject({ status: 429, retryAfterSeconds: 3, message: 'Telnyx answered 429 (10011).' });
  });

  test.each<[string, unknown[], string]>([
    ['a code and a title', [{ code: '10038', title: 'Not permitted', detail: 'x' }], '403 (10038 Not permitted)'],
    ['a title alone', [{ title: 'Forbidden' }], '403 (Forbidden)'],
    ['two errors', [{ code: '10038', title: 'A' }, { code: 80001 }], '403 (10038 A, 80001)'],
    ['a title over two lines', [{ code: '1', title: 'Not\r\n  permitted ' }], '403 (1 Not permitted)'],
    ['nothing to quote', [{ code: null, title: {} }, 7], '403'],
  ])('the message quotes %s', async (_, errors, says) => {
    upstream.intercept = () => ({ status: 403, body: { errors } });
    expect((await caught(telnyx.list(window, 1))).message).toBe(`Telnyx answered ${says}.`);
  });

  const retryable = { meta: { retryable: true } };
  test.each<[number, unknown[], boolean]>([
    [403, [{ code: '10038', ...retryable }], true],
    [409, [retryable], true],
    [422, [{ code: '10027', ...retryable }], true],
    [403, [{ code: '10038' }], false],
    [403, [{ code: '10038', meta: { retryable: 'true' } }], false],
    [403, [{ code: '10038', ...retryable }, { code: '10009' }], false],
    [408, [], false],
    [409, [], false],
    [422, [{ code: '10027', meta: { retryable: false } }], false],
  ])('a %i with the errors %j may be repeated: %s', async (status, errors, expected) => {
    upstream.intercept = () => ({ status, headers: { 'x-should-retry': 'true' }, body: { errors } });
    const before = upstream.requests.length;
    const error = await caught(telnyx.republish(listedEvent(1).id));
    expect(isPassing(error)).toBe(expected);
    expect(tookNothing(error)).toBe(true);
    expect(upstream.requests.length - before).toBe(1);
  });

  test('a refused key is reported as refused; what is not available to the account says nothing about the key', async () => {
    let refused = 0;
    const onKeyRefused = () => {
      refused += 1;
    };
    const counting = eventsApi({ apiKey, baseUrl: upstream.url, timeout: 500, onKeyRefused });
    upstream.intercept = () => ({ status: 403, body: { errors: [{ code: '10038' }] } });
    await caught(counting.list(window, 1));
    expect(refused).toBe(0);
    upstream.intercept = () => ({ status: 403, body: { errors: [{ code: '10010' }] } });
    await caught(counting.list(window, 1));
    expect(refused).toBe(1);
  });

  test('a call that its caller aborts', async () => {
    const caller = new AbortController();
    upstream.intercept = () => {
      setImmediate(() => caller.abort());
      return { hang: true };
    };
    const error = await caught(telnyx.list(window, 1, caller.signal));
    expect(error.fault).toBe('gave up');
  });

  test('an UpstreamError stays unchanged', () => {
    const error = new UpstreamError('failed', 'x');
    expect(upstreamErrorOf(error, NOW)).toBe(error);
  });

  test('a page requests its window, and says when the rate limit is used up', async () => {
    const page = await telnyx.list(window, 1);
    expect(page).toMatchObject({ totalResults: 1, totalPages: 1, pageSize: 250, holdSeconds: undefined });
    expect(page.telnyxTime).toBe(Math.floor(Date.now() / 1000) * 1000);
    expect(page.records).toEqual([listedEvent(1)]);
    expect(upstream.requests.at(-1)?.query).toEqual({
      'filter[created_at][gte]': '2026-01-01T00:00:00.000Z',
      'filter[created_at][lte]': '2027-01-01T00:00:00.000Z',
      'page[number]': '1',
      'page[size]': '250',
    });
    upstream.intercept = () => ({
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2' },
      body: { data: [], meta: { total_results: 0, total_pages: 0 } },
    });
    expect((await telnyx.list(window, 1)).holdSeconds).toBe(2);
  });
});
