import fc from 'fast-check';
import { Telnyx } from 'telnyx';
import { describe, expect, test } from 'vitest';
import { readPublicKeys, refusalOf } from '../../functions/telnyx/signature.ts';
import { openAccount, timestampIn } from './account.ts';

const account = openAccount();
const keys = readPublicKeys(account.publicKey);

/**
 * The signature R|S with S + L in place of S, where L is the order of Ed25519's group. A verifier that does not check
 * the range accepts it.
 */
function shiftedByGroupOrder(signature: string): string {
  const bytes = Buffer.from(signature, 'base64');
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const scalar = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + order;
  Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse().copy(bytes, 32);
  return bytes.toString('base64');
}

/** Base64 with bits in its last character that decoding ignores. */
function withStrayBits(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return `${signature.slice(0, 85)}${alphabet[alphabet.indexOf(signature[85] as string) + 1]}==`;
}

describe("compared with Telnyx's own SDK", () => {
  const telnyx = new Telnyx({ apiKey: 'unused', publicKey: account.publicKey });

  async function sdkAccepts(headers: Record<string, string>, body: string): Promise<boolean> {
    try {
      await telnyx.webhooks.unwrap(body, { headers });
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'TelnyxWebhookVerificationError') return false;
      // The SDK verifies before it parses: if the body is not JSON, it has been verified.
      if (error instanceof SyntaxError) return true;
      throw error;
    }
  }

  function headersOf(signature: string | undefined, timestamp: string | undefined): Record<string, string> {
    return {
      ...(signature !== undefined && { 'telnyx-signature-ed25519': signature }),
      ...(timestamp !== undefined && { 'telnyx-timestamp': timestamp }),
    };
  }

  const body = '{"data":{"id":"1","event_type":"porting_order.split","payload":{"text":"😀\r\n"}}}';
  const signedAt = (timestamp: string, text = body) => ({
    signature: account.sign(timestamp, text),
    timestamp,
    text,
  });
  const valid = () => signedAt(timestampIn(0));
  const bytes = (length: number) => Buffer.alloc(length, 7).toString('base64');

  type Case = {
    readonly signature?: string | undefined;
    readonly timestamp?: string | undefined;
    readonly text: string;
  };

  test.each<[string, () => Case, 'accepted' | 'refused']>([
    ['a valid webhook', valid, 'accepted'],
    ['290 s old', () => signedAt(timestampIn(-290)), 'accepted'],
    ['290 s ahead', () => signedAt(timestampIn(290)), 'accepted'],
    ['not JSON', () => signedAt(timestampIn(0), 'not JSON'), 'accepted'],
    ['empty', () => signedAt(timestampIn(0), ''), 'accepted'],
    ['with a byte order mark', () => signedAt(timestampIn(0), `\ufeff${body}`), 'accepted'],
    ['310 s old', () => signedAt(timestampIn(-310)), 'refused'],
    ['310 s ahead', () => signedAt(timestampIn(310)), 'refused'],
    ['no signature', () => ({ ...valid(), signature: undefined }), 'refused'],
    ['no timestamp', () => ({ ...valid(), timestamp: undefined }), 'refused'],
    ['empty signature', () => ({ ...valid(), signature: '' }), 'refused'],
    ['empty timestamp', () => signedAt(''), 'refused'],
    ['duplicated signature', () => ({ ...valid(), signature: `${valid().signature},${valid().signature}` }), 'refused'],
    ['duplicated timestamp', () => signedAt(`${timestampIn(0)},${timestampIn(0)}`), 'refused'],
    ['64 other bytes', () => ({ ...valid(), signature: bytes(64) }), 'refused'],
    ['63 bytes', () => ({ ...valid(), signature: bytes(63) }), 'refused'],
    ['65 bytes', () => ({ ...valid(), signature: bytes(65) }), 'refused'],
    ['not base64', () => ({ ...valid(), signature: '$'.repeat(88) }), 'refused'],
    ['without its padding', () => ({ ...valid(), signature: valid().signature.slice(0, 86) }), 'refused'],
    ['S + L', () => ({ ...valid(), signature: shiftedByGroupOrder(valid().signature) }), 'refused'],
    ['another account', () => ({ ...valid(), signature: openAccount().sign(timestampIn(0), body) }), 'refused'],
    ['changed body', () => ({ ...valid(), text: `${body} ` }), 'refused'],
    ['changed time', () => ({ ...valid(), timestamp: timestampIn(-1) }), 'refused'],
    ['NaN', () => signedAt('NaN'), 'refused'],
    ['1e9', () => signedAt('1e9'), 'refused'],
    ['123abc', () => signedAt('123abc'), 'refused'],
    ['negative', () => signedAt(`-${timestampIn(0)}`), 'refused'],
    ['milliseconds', () => signedAt(String(Date.now())), 'refused'],
    ['a leading +', () => signedAt(`+${timestampIn(0)}`), 'refused'],
    ['a leading blank', () => signedAt(` ${timestampIn(0)}`), 'refused'],
    ['hexadecimal', () => signedAt(`0x${Number(timestampIn(0)).toString(16)}`), 'refused'],
    ['400 digits', () => signedAt('9'.repeat(400)), 'refused'],
  ])('%s: one verdict', async (_, makeCase, verdict) => {
    const { signature, timestamp, text } = makeCase();
    const ours = refusalOf(signature, timestamp, Buffer.from(text), keys, Date.now()) === undefined;
    const theirs = await sdkAccepts(headersOf(signature, timestamp), text);
    expect({ ours, theirs }).toEqual({ ours: verdict === 'accepted', theirs: verdict === 'accepted' });
  });

  test('the verdict is the same for any JSON and for times near the ends of the window', async () => {
    const seconds = fc.oneof(fc.integer({ min: -298, max: 298 }), fc.constantFrom(-303, -5000, 303, 5000));
    await fc.assert(
      fc.asyncProperty(fc.json(), seconds, fc.boolean(), async (json, offset, tampered) => {
        const timestamp = timestampIn(offset);
        const signature = account.sign(timestamp, json);
        const text = tampered ? `${json} ` : json;
        const ours = refusalOf(signature, timestamp, Buffer.from(text), keys, Date.now()) === undefined;
        expect(await sdkAccepts(headersOf(signature, timestamp), text)).toBe(ours);
        expect(ours).toBe(!tampered && Math.abs(offset) <= 300);
      }),
    );
  });

  test.each<[string, () => Case]>([
    ['a timestamp with leading zeros', () => signedAt(`00${timestampIn(0)}`)],
    ['base64 with stray bits', () => ({ ...valid(), signature: withStrayBits(valid().signature) })],
  ])('known difference: the SDK accepts %s, which Telnyx never sends; the ledger refuses it', async (_, makeCase) => {
    const { signature, timestamp, text } = makeCase();
    expect(await sdkAccepts(headersOf(signature, timestamp), text)).toBe(true);
    expect(refusalOf(signature, timestamp, Buffer.from(text), keys, Date.now())).toMatch(/malformed$/);
  });

  test('known difference: the SDK, which verifies text, refuses invalid UTF-8; the ledger accepts it', async () => {
    const raw = Buffer.from([0x22, 0xff, 0x22]);
    const timestamp = timestampIn(0);
    const signature = account.sign(timestamp, raw);
    expect(await sdkAccepts(headersOf(signature, timestamp), raw.toString())).toBe(false);
    expect(refusalOf(signature, timestamp, raw, keys, Date.now())).toBeUndefined();
  });
});
