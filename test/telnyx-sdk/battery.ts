import { openAccount } from '../telnyx/account.ts';
import { type Arrival, sent, shiftedByOrder, withStrayBits } from './verifiers.ts';

/** The present, to the millisecond: near the end of a second, where a limit in seconds is decided. */
export const NOW = Date.parse('2026-11-23T09:41:56.950Z');
const SECOND = Math.floor(NOW / 1000);

const account = openAccount();
const other = openAccount();
const text = '{"data":{"id":"1","event_type":"porting_order.split","payload":{"text":"😀\\r\\n"}}}';

const at = (seconds: number, body: string | Uint8Array = text) => sent(account, String(SECOND + seconds), body);
const stamped = (timestamp: string) => sent(account, timestamp, text);
const good = at(0);
const signature = good.signature ?? '';
const bytes = (length: number) => Buffer.alloc(length, 7).toString('base64');

/** R is the neutral element and S is 0: under a key of small order, this verifies whatever was sent. */
const NEUTRAL = Buffer.concat([Buffer.of(1), Buffer.alloc(63)]).toString('base64');
const SMALL_ORDER_KEY = Buffer.concat([Buffer.of(1), Buffer.alloc(31)]).toString('base64');

/** Good, forged and malformed webhooks, by their description. */
export const battery: Readonly<Record<string, Arrival>> = {
  'a webhook of Telnyx': good,
  'signed just now, in an empty body': at(0, ''),
  'signed, but not JSON': at(0, 'not JSON'),
  'a body with a byte order mark': at(0, `\ufeff${text}`),
  'a body with the replacement character': at(0, '"\ufffd"'),
  'a body of 300,000 characters': at(0, JSON.stringify('ü'.repeat(300_000))),
  '300 s old': at(-300),
  '300 s ahead': at(300),
  '301 s old': at(-301),
  '301 s ahead': at(301),
  'a day old': at(-86_400),

  'without a signature': { ...good, signature: undefined },
  'with an empty signature': { ...good, signature: '' },
  'without a timestamp': { ...good, timestamp: undefined },
  'with an empty timestamp': stamped(''),
  'without both': { body: good.body, key: good.key },

  'signed by another account': { ...sent(other, String(SECOND), text), key: account.publicKey },
  'a body with a blank more': { ...good, body: Buffer.from(`${text} `) },
  'a body with a byte less': { ...good, body: good.body.subarray(1) },
  'a body without its line feeds': { ...good, body: Buffer.from(text.replaceAll('\\r\\n', '\\n')) },
  'a byte order mark put before the body': { ...good, body: Buffer.from(`\ufeff${text}`) },
  'the time of another second': { ...good, timestamp: String(SECOND - 1) },
  'a captured signature with a fresh timestamp': { ...at(-4_000), timestamp: String(SECOND) },
  'the separator moved into the body': { ...good, timestamp: String(SECOND).slice(0, -1) },
  '64 other bytes': { ...good, signature: bytes(64) },
  '63 bytes': { ...good, signature: bytes(63) },
  '65 bytes': { ...good, signature: bytes(65) },
  'S + L': { ...good, signature: shiftedByOrder(signature) },
  'the neutral element as signature': { ...good, signature: NEUTRAL },
  'all zero as signature': { ...good, signature: Buffer.alloc(64).toString('base64') },

  'a signature that is no base64': { ...good, signature: '$'.repeat(88) },
  'a signature in hexadecimal': { ...good, signature: Buffer.from(signature, 'base64').toString('hex') },
  'a signature in base64url': { ...good, signature: signature.replaceAll('+', '-').replaceAll('/', '_').slice(0, 86) },
  'a signature without padding': { ...good, signature: signature.slice(0, 86) },
  'a signature with more padding': { ...good, signature: `${signature}==` },
  'a signature with a blank before it': { ...good, signature: ` ${signature}` },
  'a signature with a line break after it': { ...good, signature: `${signature}\n` },
  'the signature twice': { ...good, signature: `${signature},${signature}` },
  'a signature in base64 with stray bits': { ...good, signature: withStrayBits(signature) },

  'the timestamp twice': stamped(`${SECOND},${SECOND}`),
  'a timestamp in milliseconds': stamped(String(NOW)),
  'a timestamp with a fraction': stamped(`${SECOND}.0`),
  'a timestamp as a date': stamped(new Date(NOW).toISOString()),
  'a timestamp that is no number': stamped('NaN'),
  'a timestamp with an exponent': stamped(`${SECOND}e0`),
  'a timestamp in hexadecimal': stamped(`0x${SECOND.toString(16)}`),
  'a negative timestamp': stamped(`-${SECOND}`),
  'a timestamp with a plus': stamped(`+${SECOND}`),
  'a timestamp with a blank before it': stamped(` ${SECOND}`),
  'a timestamp with a line break after it': stamped(`${SECOND}\n`),
  'a timestamp in other digits': stamped(
    String(SECOND).replaceAll(/\d/g, (digit) => String.fromCharCode(0x660 + +digit)),
  ),
  'a timestamp of 0': stamped('0'),
  'a timestamp of 400 digits': stamped('9'.repeat(400)),
  'a timestamp with leading zeros': stamped(`00${SECOND}`),

  'a signed body that is not UTF-8': at(0, Buffer.of(0x22, 0xff, 0x22)),
  'bytes changed into others that decode to the same text': {
    ...at(0, '"\ufffd"'),
    body: Buffer.of(0x22, 0xff, 0x22),
  },

  'a key that is no base64': { ...good, key: '$'.repeat(44) },
  'a key of 31 bytes': { ...good, key: bytes(31) },
  'a key without padding': { ...good, key: account.publicKey.slice(0, 43) },
  'a key of small order': { ...good, signature: NEUTRAL, key: SMALL_ORDER_KEY },
  'a key with stray bits': { ...good, key: withStrayBits(account.publicKey) },
  'a key with blanks around it': { ...good, key: ` ${account.publicKey}\n` },
  'a key in PEM': { ...good, key: account.pem },
  'two keys, the second of which signed': { ...good, key: `${other.publicKey},${account.publicKey}` },
  'two keys, neither of which signed': { ...good, key: `${other.publicKey},${openAccount().publicKey}` },
};
