import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPublicKeys, refusalOf } from '../../functions/telnyx/signature.ts';
import { openAccount } from './account.ts';

const account = openAccount();
const keys = readPublicKeys(account.publicKey);

/** From 1973 on, so that earlier times stay positive. */
const instants = fc.integer({ min: 1e11, max: 4e12 });
const bodies = fc.uint8Array({ maxLength: 300 });

/** A webhook signed `seconds` from `now`. */
const webhooks = fc
  .record({ body: bodies, now: instants, seconds: fc.integer({ min: -300, max: 300 }) })
  .map(({ body, now, seconds }) => {
    const timestamp = String(Math.floor(now / 1000) + seconds);
    return { body, now, timestamp, signature: account.sign(timestamp, body) };
  });

describe('for any body and time', () => {
  test('a body that the account signed within 300 s is accepted', () => {
    fc.assert(
      fc.property(webhooks, ({ signature, timestamp, body, now }) => {
        expect(refusalOf(signature, timestamp, body, keys, now)).toBeUndefined();
      }),
    );
  });

  test('exactly 300 s is the limit: one more second in either direction is refused', () => {
    fc.assert(
      fc.property(bodies, instants, fc.constantFrom(-301, 301, -100_000, 100_000), (body, now, seconds) => {
        const timestamp = String(Math.floor(now / 1000) + seconds);
        const refusal = refusalOf(account.sign(timestamp, body), timestamp, body, keys, now);
        expect(refusal).toBe('timestamp too old or ahead');
      }),
    );
  });

  test('a body with one changed bit, one more or one less byte is refused', () => {
    fc.assert(
      fc.property(webhooks, fc.nat(), fc.nat(7), ({ signature, timestamp, body, now }, at, bit) => {
        const flipped = Uint8Array.from(body);
        if (body.length > 0) flipped[at % body.length] = (body[at % body.length] ?? 0) ^ (1 << bit);
        const others = [Uint8Array.of(...body, at % 256), body.slice(1), flipped].filter(
          (other) => Buffer.compare(other, body) !== 0,
        );
        for (const other of others) {
          expect(refusalOf(signature, timestamp, other, keys, now)).toBe('signature wrong');
        }
      }),
    );
  });

  test('a signature with one changed bit is refused', () => {
    fc.assert(
      fc.property(webhooks, fc.nat(511), ({ signature, timestamp, body, now }, bit) => {
        const bytes = Buffer.from(signature, 'base64');
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(refusalOf(bytes.toString('base64'), timestamp, body, keys, now)).toBe('signature wrong');
      }),
    );
  });

  test('a signature with one changed character is refused', () => {
    fc.assert(
      fc.property(webhooks, fc.nat(87), fc.string({ unit: 'binary', maxLength: 2 }), (webhook, at, put) => {
        const { signature, timestamp, body, now } = webhook;
        const changed = signature.slice(0, at) + put + signature.slice(at + 1);
        fc.pre(changed !== signature);
        expect(refusalOf(changed, timestamp, body, keys, now)).toMatch(/^signature (wrong|malformed)$/);
      }),
    );
  });

  test('another time within the window is refused', () => {
    fc.assert(
      fc.property(webhooks, fc.integer({ min: -300, max: 300 }), ({ signature, timestamp, body, now }, seconds) => {
        const other = String(Math.floor(now / 1000) + seconds);
        fc.pre(other !== timestamp);
        expect(refusalOf(signature, other, body, keys, now)).toBe('signature wrong');
      }),
    );
  });

  test('the separator between time and body cannot be moved', () => {
    const now = 1_773_342_238_000;
    const signature = account.sign('1773342238', '|{}');
    expect(refusalOf(signature, '1773342238|', Buffer.from('{}'), keys, now)).toBe('timestamp malformed');
    expect(refusalOf(signature, '1773342238', Buffer.from('{}'), keys, now)).toBe('signature wrong');
  });

  test('arbitrary headers are refused and never throw', () => {
    const header = fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), fc.nat().map(String)), {
      nil: undefined,
    });
    fc.assert(
      fc.property(header, header, bodies, instants, (signature, timestamp, body, now) => {
        expect(refusalOf(signature, timestamp, body, keys, now)).toEqual(expect.any(String));
      }),
    );
  });

  test('every configured key is tried, and no other key', () => {
    const accounts = [openAccount(), openAccount(), openAccount(), openAccount()];
    fc.assert(
      fc.property(
        fc.subarray([0, 1, 2, 3], { minLength: 1, maxLength: 3 }),
        fc.nat(3),
        bodies,
        (held, signer, body) => {
          const setting = held.map((index) => accounts[index]?.publicKey).join();
          const signature = accounts[signer]?.sign('1773342238', body);
          const refusal = refusalOf(signature, '1773342238', body, readPublicKeys(setting), 1_773_342_238_000);
          expect(refusal).toBe(held.includes(signer) ? undefined : 'signature wrong');
        },
      ),
    );
  });
});

test.each([
  ['signature', undefined, '1773342238'],
  ['signature', '', '1773342238'],
  ['timestamp', 'a signature', undefined],
  ['timestamp', 'a signature', ''],
])('a webhook without %s is refused for that reason: %j, %j', (missing, signature, timestamp) => {
  const refusal = refusalOf(signature, timestamp, Buffer.from('{}'), keys, 1_773_342_238_000);
  expect(refusal).toBe(`${missing} missing`);
});

describe('public keys', () => {
  test('are read in every form that settings accept', () => {
    const other = openAccount();
    const read = readPublicKeys(` ${account.publicKey} ,\n${other.pem}`);
    const matches = [account, other].map(({ pem }, index) => read[index]?.equals(createPublicKey(pem)));
    expect([read.length, ...matches]).toEqual([2, true, true]);
  });

  test('are refused if one of them is invalid', () => {
    expect(() => readPublicKeys(`${account.publicKey},nonsense`)).toThrow('no Ed25519 public key at position 2');
  });
});
