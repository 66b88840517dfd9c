import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { takeSingleCall } from '../../functions/ledger/status/single-calls.ts';
import type { Fault } from '../../infra/local/simulator/events-api.ts';
import { startFaultyEngine } from '../faulty-engine.ts';
import { captureLog } from '../handlers.ts';
import { passDeadlinesSoon } from '../own-time.ts';
import { uuid } from '../porting-events.ts';
import { bearer, operateToken, readToken } from '../query-events/reader.ts';
import { type Asker, apiKey, PATH, startAsker } from './asker.ts';

let asker: Asker;
let log: ReturnType<typeof captureLog>;

const errors = [{ code: '10010', title: 'Authorization failed', detail: apiKey }];

beforeAll(async () => {
  asker = await startAsker({ history: 1 });
});

beforeEach(() => {
  log = captureLog();
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  asker.telnyx.api.intercept = undefined;
});

afterAll(() => asker.close());

const whileTelnyx = async (fault: Fault) => {
  const before = asker.telnyx.api.requests.length;
  asker.telnyx.api.intercept = () => fault;
  const answer = await asker.get();
  expect(asker.telnyx.api.requests).toHaveLength(before + 1);
  return answer;
};

describe('Telnyx has no log to show: 200, with the reason', () => {
  test.each<[number, string, RegExp]>([
    [403, '10010', /does not let this API key read.*403 \(10010 No\)/],
    [403, '10038', /not available for this account, or not now.*403 \(10038 No\)/],
    [404, '10005', /has no log.*404 \(10005 No\)/],
  ])('%i with the code %s', async (status, code, reason) => {
    const answer = await whileTelnyx({ status, body: { errors: [{ code, title: 'No', detail: apiKey }] } });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ data: [], meta: { available: false, reason: expect.stringMatching(reason) } });
    expect(log.lines()).toMatchObject([{ level: 'warn', event: 'delivery_log_unavailable' }]);
    expect(answer.text + log.text()).not.toContain(apiKey);
  });

  test('an account without the log, as simulated', async () => {
    const without = await startAsker({ history: 1, hasDeliveryLog: false });
    expect((await without.get()).body.meta).toMatchObject({ available: false });
    await without.close();
  });
});

describe('Telnyx refuses or fails: a plain answer after one request', () => {
  test.each<[string, Fault, { status: number; code: string; says: RegExp }]>([
    [
      '401',
      { status: 401, body: { errors } },
      { status: 502, code: '10007', says: /refused this ledger's API key.*Put a valid key into its secret/ },
    ],
    ['422', { status: 422 }, { status: 502, code: '10007', says: /refused to show its log.*422/ }],
    [
      '422, retryable',
      { status: 422, body: { errors: [{ meta: { retryable: true } }] } },
      { status: 503, code: '10007', says: /422.*not read.*again in 5 s/ },
    ],
    ['500', { status: 500 }, { status: 502, code: '10007', says: /Telnyx failed.*500/ }],
    ['429', { status: 429 }, { status: 429, code: '10011', says: /no more requests.*429.*not read.*again in 1 s/ }],
    ['HTML', { body: '<html>' }, { status: 502, code: '10007', says: /cannot be read/ }],
    ['no list', { body: { meta: {} } }, { status: 502, code: '10007', says: /no page of webhook deliveries/ }],
    ['null', { body: 'null' }, { status: 502, code: '10007', says: /no page of webhook deliveries/ }],
    ['half an answer', { truncate: true }, { status: 502, code: '10007', says: /Telnyx/ }],
  ])('%s', async (_, fault, { status, code, says }) => {
    const answer = await whileTelnyx(fault);
    expect(answer.status).toBe(status);
    expect(answer.body.errors).toMatchObject([{ code, detail: expect.stringMatching(says) }]);
    expect(answer.text + log.text()).not.toContain(apiKey);
    if (status >= 500 && status !== 503) expect(answer.headers['x-should-retry']).toBe('false');
  });

  test('429: the answer passes on how long to wait', async () => {
    const { status, headers } = await whileTelnyx({ status: 429, headers: { 'x-ratelimit-reset': '7' } });
    expect([status, headers['retry-after']]).toEqual([429, '7']);
  });

  test("503: nothing was read, and Telnyx's SDK may retry after the time that Telnyx asks for", async () => {
    const { status, headers, text } = await whileTelnyx({ status: 503, headers: { 'retry-after': '9' } });
    expect([status, headers['retry-after'], headers['x-should-retry']]).toEqual([503, '9', undefined]);
    expect(text).toMatch(/answered 503\. Its log of deliveries was not read\. Ask again in 9 s/);
  });

  test('a closed port: 503', async () => {
    const gone = await startAsker({ history: 1 });
    await gone.telnyx.api.close();
    const { status, headers, text } = await gone.get();
    expect([status, headers['retry-after']]).toEqual([503, '5']);
    expect(text).toMatch(/cannot be reached: .*ECONNREFUSED/);
    await gone.close();
  });

  test('a redirect: a 502 says what to check', async () => {
    const { status, text } = await whileTelnyx({ status: 302, headers: { location: '/' } });
    expect(status).toBe(502);
    expect(text).toMatch(/302\. Redirects are not followed: check TELNYX_BASE_URL/);
  });

  test('a refused key is read again from its secret', async () => {
    asker.secrets.values.set('the-key', 'KEYwrong');
    vi.setSystemTime(Date.now() + 300_000);
    expect((await asker.get()).status).toBe(502);
    asker.secrets.values.set('the-key', apiKey);
    vi.setSystemTime(Date.now() + 30_000);
    expect((await asker.get()).status).toBe(200);
  });

  test('no answer: 504', async () => {
    asker.telnyx.api.intercept = () => {
      passDeadlinesSoon(10_000);
      return { hang: true };
    };
    const { status, body } = await asker.get();
    expect(status).toBe(504);
    expect(body.errors).toMatchObject([{ detail: expect.stringMatching(/did not answer.*not read/) }]);
  });
});

test('others wait for their single call already: 429, and Telnyx is not asked', async () => {
  const now = Date.now() + 10_000;
  for (let taken = 0; taken < 4; taken += 1) await takeSingleCall(asker.store, now);
  vi.setSystemTime(now);
  const before = asker.telnyx.api.requests.length;
  const { status, headers, text } = await asker.invoke({ target: PATH, headers: bearer(readToken) });
  expect([status, headers['retry-after']]).toEqual([429, '2']);
  expect(text).toContain('one thing a second');
  expect(asker.telnyx.api.requests).toHaveLength(before);
});

describe('the ledger cannot answer: 503', () => {
  test('DynamoDB refuses', async () => {
    const engine = await startFaultyEngine();
    engine.fault = () => ({ refuse: 400, type: 'ProvisionedThroughputExceededException' });
    const behind = await startAsker({ history: 1, engine: engine.endpoint });
    const data = [{ status: 'failed', webhook: { id: uuid(1) } }];
    behind.telnyx.api.intercept = () => ({ body: { data } });
    const { status, body } = await behind.get();
    expect(status).toBe(503);
    expect(body.errors).toMatchObject([{ detail: expect.stringContaining('ledger cannot be reached') }]);
    expect(new Set(engine.operations)).toEqual(new Set(['UpdateItem', 'BatchGetItem']));
    await Promise.all([behind.close(), engine.close()]);
  });

  test('the API key is not there yet', async () => {
    const without = await startAsker({ history: 1 });
    without.secrets.values.delete('the-key');
    const { status, body } = await without.get();
    expect(status).toBe(503);
    expect(body.errors).toMatchObject([{ detail: expect.stringContaining('API key cannot be read') }]);
    expect(without.telnyx.api.requests).toEqual([]);
    await without.close();
  });
});

describe('who may send a request', () => {
  const ask = (headers: Record<string, string>) => asker.invoke({ target: PATH, headers });

  test.each([readToken, operateToken])('a token of the ledger: %s', async (token) => {
    expect((await ask(bearer(token))).status).toBe(200);
  });

  test.each([
    ['no token', {}],
    ['an unknown token', bearer('unknown-token-0123456789')],
  ])('%s: 401, and no request to Telnyx', async (_, headers) => {
    const before = asker.telnyx.api.requests.length;
    expect((await ask(headers)).status).toBe(401);
    expect(asker.telnyx.api.requests).toHaveLength(before);
  });
});
