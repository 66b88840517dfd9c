import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { captureLog, coldStart } from '../handlers.ts';
import type { Request } from '../http-event.ts';
import { openAccount, timestampIn } from '../telnyx/account.ts';
import { type Receiver, rowCount, rowsIn, signed, signedBytes, startReceiver, statusWebhook } from './receiver.ts';

let receiver: Receiver;
let log: ReturnType<typeof captureLog>;

beforeAll(async () => {
  receiver = await startReceiver();
});

beforeEach(() => {
  log = captureLog();
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

afterAll(() => vi.unstubAllEnvs());

/** Expects a refusal as docs/security.md describes it, which leaves nothing but a log line. */
async function expectRefused(request: Request, reason: string) {
  const { status, headers, body } = await receiver.invoke(request);
  expect({ status, type: headers['content-type'] }).toEqual({ status: 401, type: 'application/json' });
  expect(body.errors).toEqual([
    { code: '10009', title: 'Authentication failed', detail: expect.stringContaining(reason) },
  ]);
  expect(await rowCount(receiver.store)).toBe(0);
  expect(log.lines()).toMatchObject([{ event: 'webhook_refused', reason }]);
}

const body = statusWebhook(randomUUID());
const request = (headers: Readonly<Record<string, string | undefined>>, timestamp?: string) =>
  signed(receiver.account, body, headers, timestamp);
const signature = () => receiver.account.sign(timestampIn(0), body);
const encoded = (length: number) => randomBytes(length).toString('base64');

describe('headers', () => {
  test.each([
    ['no signature', { 'telnyx-signature-ed25519': undefined }, 'signature missing'],
    ['no timestamp', { 'telnyx-timestamp': undefined }, 'timestamp missing'],
    ['neither', { 'telnyx-signature-ed25519': undefined, 'telnyx-timestamp': undefined }, 'signature missing'],
    ['both empty', { 'telnyx-signature-ed25519': '', 'telnyx-timestamp': '' }, 'signature missing'],
    ['random 64 bytes', { 'telnyx-signature-ed25519': encoded(64) }, 'signature wrong'],
    ['64 zero bytes', { 'telnyx-signature-ed25519': Buffer.alloc(64).toString('base64') }, 'signature wrong'],
    ['63 bytes', { 'telnyx-signature-ed25519': encoded(63) }, 'signature malformed'],
    ['65 bytes', { 'telnyx-signature-ed25519': encoded(65) }, 'signature malformed'],
    ['not base64', { 'telnyx-signature-ed25519': '$'.repeat(88) }, 'signature malformed'],
    ['hex', { 'telnyx-signature-ed25519': randomBytes(64).toString('hex') }, 'signature malformed'],
  ])('%s: 401, nothing written', async (_, headers, reason) => {
    await expectRefused(request(headers), reason);
  });

  test('a duplicated signature, joined as AWS does: 401, nothing written', async () => {
    await expectRefused(
      request({ 'telnyx-signature-ed25519': `${signature()},${signature()}` }),
      'signature malformed',
    );
  });

  test('a duplicated timestamp, joined as AWS does: 401, nothing written', async () => {
    const now = timestampIn(0);
    await expectRefused(request({ 'telnyx-timestamp': `${now},${now}` }), 'timestamp malformed');
  });

  test('the right signature in base64url: 401, nothing written', async () => {
    let timestamp = Number(timestampIn(0));
    // About one signature in 15 has neither + nor / and is spelt alike in both alphabets.
    while (!/[+/]/.test(receiver.account.sign(String(timestamp), body))) timestamp -= 1;
    const valid = receiver.account.sign(String(timestamp), body);
    const url = Buffer.from(valid, 'base64').toString('base64url');
    for (const spelt of [url, `${url}==`]) {
      log = captureLog();
      await expectRefused(request({ 'telnyx-signature-ed25519': spelt }, String(timestamp)), 'signature malformed');
    }
  });

  test("another account's signature: 401, nothing written", async () => {
    const stranger = openAccount();
    await expectRefused(signed(stranger, body), 'signature wrong');
  });
});

describe('the body', () => {
  const changed = (text: string) => ({ ...request({}), body: text });

  test('one byte changed: 401, nothing written', async () => {
    await expectRefused(changed(body.replace('sr_10b316', 'sr_10b317')), 'signature wrong');
  });

  test('keys reordered: 401, nothing written', async () => {
    const { data, meta } = JSON.parse(body);
    await expectRefused(changed(JSON.stringify({ meta, data })), 'signature wrong');
  });

  test.each([
    ['spread over lines', (text: string) => JSON.stringify(JSON.parse(text), null, 2)],
    ['with a line break at its end', (text: string) => `${text}\n`],
    ['with a byte order mark', (text: string) => `\ufeff${text}`],
  ])('changed white space, %s: 401, nothing written', async (_, change) => {
    await expectRefused(changed(change(body)), 'signature wrong');
  });

  test('missing: 401, nothing written', async () => {
    const { body: _, ...withoutBody } = request({});
    await expectRefused(withoutBody, 'signature wrong');
  });

  // What a gateway may pass on that makes text of every JSON: the signed bytes are lost.
  test('a byte that is not UTF-8, replaced by U+FFFD on the way: 401, nothing written', async () => {
    const bytes = Buffer.from(statusWebhook(randomUUID(), { customer_reference: '?' }));
    bytes[bytes.indexOf('?')] = 0xff;
    const { headers = {} } = signedBytes(receiver.account, bytes);
    await expectRefused({ method: 'POST', headers, body: bytes.toString('utf8') }, 'signature wrong');
  });

  test.each([
    ['as text', (text: string) => ({ body: text })],
    ['in base64', (text: string) => ({ body: Buffer.from(text).toString('base64'), isBase64Encoded: true })],
  ])('forged, at the route of the HTTP API, %s: 401, nothing written', async (_, sent) => {
    const forged = { ...request({}), target: '/webhooks/telnyx', ...sent(body.replace('sr_10b316', 'sr_10b317')) };
    await expectRefused(forged, 'signature wrong');
  });

  test('text marked as base64: 401, nothing written', async () => {
    await expectRefused({ ...request({}), isBase64Encoded: true }, 'signature wrong');
  });
});

describe('the timestamp', () => {
  test.each([
    ['empty', '', 'timestamp missing'],
    ['NaN', 'NaN', 'timestamp malformed'],
    ['1e9', '1e9', 'timestamp malformed'],
    ['123abc', '123abc', 'timestamp malformed'],
    ['negative', '-1773342238', 'timestamp malformed'],
    ['0', '0', 'timestamp too old or ahead'],
    ['too large for a number', '9'.repeat(400), 'timestamp malformed'],
  ])('%s, and signed: 401, nothing written', async (_, timestamp, reason) => {
    await expectRefused(request({}, timestamp), reason);
  });

  test.each([
    ['milliseconds', () => String(Date.now()), 'timestamp malformed'],
    ['a leading +', () => `+${timestampIn(0)}`, 'timestamp malformed'],
    ['a leading blank', () => ` ${timestampIn(0)}`, 'timestamp malformed'],
    ['a trailing blank', () => `${timestampIn(0)} `, 'timestamp malformed'],
    ['a trailing line break', () => `${timestampIn(0)}\n`, 'timestamp malformed'],
    ['a leading zero', () => `0${timestampIn(0)}`, 'timestamp malformed'],
    ['a fraction', () => `${timestampIn(0)}.5`, 'timestamp malformed'],
    ['hexadecimal', () => `0x${Number(timestampIn(0)).toString(16)}`, 'timestamp malformed'],
  ])('%s, and signed: 401, nothing written', async (_, timestamp, reason) => {
    await expectRefused(request({}, timestamp()), reason);
  });

  test.each([-301, 301])('%i s from now, and signed: 401, nothing written', async (seconds) => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-12T19:03:58.999Z') });
    await expectRefused(request({}, timestampIn(seconds)), 'timestamp too old or ahead');
  });
});

describe('accepted', () => {
  test.each([-300, 300])('%i s from now, at either end of a second', async (seconds) => {
    for (const fraction of ['000', '999']) {
      vi.useFakeTimers({ toFake: ['Date'], now: new Date(`2026-03-12T19:03:58.${fraction}Z`) });
      const { store, account } = receiver;
      const { status } = await receiver.invoke(signed(account, statusWebhook(randomUUID()), {}, timestampIn(seconds)));
      expect(status).toBe(200);
      expect((await rowsIn(store, 'events')).length).toBeGreaterThan(0);
    }
  });

  test('a captured request, replayed within the window: 200, no second row', async () => {
    const { invoke, store, account } = await startReceiver();
    const capture = signed(account, body);
    expect([(await invoke(capture)).body, (await invoke(capture)).body]).toEqual([
      { result: 'stored' },
      { result: 'duplicate' },
    ]);
    expect(await rowsIn(store, 'events')).toHaveLength(1);
  });

  test('a body that AWS passes on in base64', async () => {
    const { invoke, store, account } = await startReceiver();
    expect((await invoke(signedBytes(account, Buffer.from(body)))).body).toEqual({ result: 'stored' });
    expect(await rowsIn(store, 'events')).toHaveLength(1);
  });
});

describe('public keys', () => {
  const [old, current, next] = [openAccount(), openAccount(), openAccount()];

  test('several: each is accepted, a removed one is refused', async () => {
    const rotating = await startReceiver({ publicKey: ` ${old.publicKey}, ${current.publicKey},${next.pem} ` });
    for (const account of [old, current, next]) {
      expect((await rotating.invoke(signed(account, statusWebhook(randomUUID())))).status).toBe(200);
    }
    const rotated = await startReceiver({ publicKey: `${current.publicKey},${next.publicKey}`, store: rotating.store });
    expect((await rotated.invoke(signed(old, statusWebhook(randomUUID())))).status).toBe(401);
    expect((await rotated.invoke(signed(next, statusWebhook(randomUUID())))).status).toBe(200);
    expect(await rowsIn(rotated.store, 'events')).toHaveLength(4);
  });

  test.each([
    ['PEM', current.pem],
    ['PEM with \\n, as variables often carry it', current.pem.replaceAll('\n', '\\n')],
  ])('%s is accepted', async (_, publicKey) => {
    const { invoke } = await startReceiver({ publicKey });
    expect((await invoke(signed(current, body))).status).toBe(200);
  });

  test.each([
    ['31 bytes', encoded(31)],
    ['33 bytes', encoded(33)],
    ['hex', randomBytes(32).toString('hex')],
    ['base64url', Buffer.alloc(32, 0xff).toString('base64url')],
    ['the word unset', 'unset'],
    ['PEM without a key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
  ])('a key that is %s prevents the start, and the error says what to set', async (_, publicKey) => {
    const start = startReceiver({ publicKey: `${current.publicKey},${publicKey}` });
    await expect(start).rejects.toThrow(
      'TELNYX_PUBLIC_KEY has no Ed25519 public key at position 2: ' +
        'copy it from the Telnyx portal, and set it to base64 of 32 bytes',
    );
  });

  test.each([
    [
      'four keys',
      Array(4).fill(current.publicKey).join(),
      'holds 4 keys: set it to one to three comma-separated public keys',
    ],
    ['only commas', ' , ,', 'holds no key: set it to one to three comma-separated public keys'],
  ])('%s prevent the start, and the error says what to set', async (_, publicKey, what) => {
    await expect(startReceiver({ publicKey })).rejects.toThrow(`TELNYX_PUBLIC_KEY ${what}`);
  });

  test('no setting prevents the start, and the error names the variable', async () => {
    await expect(coldStart('receive-webhook', { TELNYX_PUBLIC_KEY: '' })).rejects.toThrow(/TELNYX_PUBLIC_KEY/);
  });
});

test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s, signed or not: 405 with Allow', async (method) => {
  const answer = await receiver.invoke({ ...request({}), method });
  expect({ status: answer.status, allow: answer.headers.allow }).toEqual({ status: 405, allow: 'POST' });
  expect(answer.body.errors[0]?.detail).toContain(method);
});
