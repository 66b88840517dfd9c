import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { captureLog } from '../handlers.ts';
import { passDeadlinesSoon } from '../own-time.ts';
import { uuid } from '../porting-events.ts';
import { bearer, operateToken, type Reader, readToken, startReader } from './reader.ts';

const MINUTE = 60_000;
const targets = ['/v2/porting/events', `/v2/porting/events/${uuid(1)}`];

let reader: Reader;
let log: ReturnType<typeof captureLog>;

beforeEach(async () => {
  log = captureLog();
  // Set before the function is loaded, because the function keeps the clock that it finds.
  vi.useFakeTimers({ toFake: ['Date'] });
  reader = await startReader();
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reader.secrets.close();
});

/** The HTTP status of the list for a token. */
const statusFor = async (token: string) =>
  (await reader.invoke({ target: '/v2/porting/events', headers: bearer(token) })).status;

const setTokens = (tokens: object) => reader.secrets.values.set('the-tokens', JSON.stringify(tokens));

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

describe('without a valid token: 401 in the format of Telnyx', () => {
  test.each<[string, Record<string, string>]>([
    ['no token', {}],
    ['a wrong token', bearer('wrong-token-0123456789')],
    ['Basic', { authorization: `Basic ${Buffer.from(`${readToken}:`).toString('base64')}` }],
    ['the token in a query', {}],
  ])('%s', async (how, headers) => {
    for (const target of targets) {
      const query = how === 'the token in a query' ? `?access_token=${readToken}` : '';
      const { status, body } = await reader.invoke({ target: target + query, headers });
      expect(status).toBe(401);
      expect(body.errors).toMatchObject([{ code: '10009', title: 'Authentication failed' }]);
    }
    expect(log.text()).not.toContain(readToken);
  });

  test('the request is refused before its parameters are read', async () => {
    expect((await reader.invoke({ target: '/v2/porting/events?page[size]=x' })).status).toBe(401);
  });
});

test('read and operate tokens may query', async () => {
  expect([await statusFor(readToken), await statusFor(operateToken)]).toEqual([200, 200]);
});

describe('rotation', () => {
  test('old and new tokens together, then the new one only: each change works within 5 minutes', async () => {
    expect(await statusFor(readToken)).toBe(200);
    setTokens({ read: [readToken, 'new-read-token-0123456789'] });
    expect(await statusFor('new-read-token-0123456789')).toBe(401);
    later(5 * MINUTE);
    expect(await statusFor('new-read-token-0123456789')).toBe(200);
    expect(await statusFor(readToken)).toBe(200);
    setTokens({ read: ['new-read-token-0123456789'] });
    later(5 * MINUTE);
    expect(await statusFor(readToken)).toBe(401);
  });

  test('the text that the deployment generated', async () => {
    setTokens({ read: [], operate: [], generated: 'r'.repeat(32) + 'o'.repeat(32) });
    expect(await statusFor('r'.repeat(32))).toBe(200);
    expect(await statusFor('o'.repeat(32))).toBe(200);
    expect(await statusFor('r'.repeat(32) + 'o'.repeat(32))).toBe(401);
  });
});

describe('Secrets Manager cannot be reached', () => {
  test.each(['refuses', 'hangs'] as const)('from the start (%s): every token gets 503', async (state) => {
    reader.secrets.state = state;
    reader.secrets.onHang = () => passDeadlinesSoon(3_000);
    for (const token of [readToken, operateToken, 'wrong-token-0123456789']) expect(await statusFor(token)).toBe(503);
    expect((await reader.invoke({ target: '/health' })).status).toBe(200);
    expect(log.text()).not.toContain(readToken);
  });

  test('later: known tokens still work, unknown ones are refused', async () => {
    expect(await statusFor(readToken)).toBe(200);
    reader.secrets.state = 'refuses';
    for (const minutes of [5, 60, 24 * 60]) {
      later(minutes * MINUTE);
      expect(await statusFor(readToken)).toBe(200);
      expect(await statusFor('new-read-token-0123456789')).toBe(401);
    }
    expect(reader.secrets.requests).toBeGreaterThanOrEqual(1 + 3);
  });

  test('an unreadable secret refuses every token at the start, and no known token later', async () => {
    reader.secrets.values.set('the-tokens', `{"read": ["${readToken}"`);
    expect(await statusFor(readToken)).toBe(503);
    setTokens({ read: [readToken] });
    later(MINUTE);
    expect(await statusFor(readToken)).toBe(200);
    reader.secrets.values.set('the-tokens', `{"read": "${readToken}"}`);
    later(5 * MINUTE);
    expect(await statusFor(readToken)).toBe(200);
    expect(log.text()).not.toContain(readToken);
  });
});
