import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** How far a webhook's timestamp may lie from the present, either way: 300 s, as in Telnyx's SDK (contract section 3). */
const TOLERANCE_SECONDS = 300;

/** What stands before the 32 raw bytes of an Ed25519 public key in DER (RFC 8410), for node:crypto takes no raw key. */
const DER_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

const INTEGER = /^(0|[1-9]\d{0,11})$/;
const BASE64_OF_64_BYTES = /^[A-Za-z0-9+/]{85}[AQgw]==$/;
const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** Why a request is not from Telnyx. None of the words is secret. */
export type Refusal =
  | 'signature missing'
  | 'signature malformed'
  | 'timestamp missing'
  | 'timestamp malformed'
  | 'timestamp too old or ahead'
  | 'signature wrong';

/**
 * Reads one to three public keys, separated by commas: the portal gives base64 of 32 bytes, one guide shows PEM. Several at once
 * make a rotation possible.
 *
 * @throws with what to set when there is no key, more than three, or one that is not an Ed25519 public key
 */
export function readPublicKeys(setting: string): readonly KeyObject[] {
  const texts = setting
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  if (texts.length < 1 || texts.length > 3) {
    throw new Error(
      `TELNYX_PUBLIC_KEY holds ${texts.length} keys. Set it to one to three public keys from the Telnyx portal, separated by commas.`,
    );
  }
  return texts.map(readPublicKey);
}

function readPublicKey(text: string, index: number): KeyObject {
  try {
    const key = text.startsWith('-----BEGIN PUBLIC KEY-----')
      ? createPublicKey(text.replaceAll('\\n', '\n'))
      : createPublicKey({ key: derOf(text), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`it is a key of type ${key.asymmetricKeyType}`);
    return key;
  } catch (cause) {
    throw new Error(
      `Key ${index + 1} in TELNYX_PUBLIC_KEY is not an Ed25519 public key. Copy it from the Telnyx portal: base64 of 32 bytes (44 characters), or PEM.`,
      { cause },
    );
  }
}

function derOf(base64: string): Buffer {
  if (!BASE64_OF_32_BYTES.test(base64)) throw new Error('it is not base64 of 32 bytes');
  return Buffer.concat([DER_PREFIX, Buffer.from(base64, 'base64')]);
}

/**
 * Judges whether Telnyx signed these bytes, with one of these keys, within 300 s of now (contract section 3: Ed25519 over the
 * timestamp as sent, `|`, and the raw body).
 *
 * @param signature the header `telnyx-signature-ed25519`; a duplicated header arrives joined by a comma and is malformed
 * @param timestamp the header `telnyx-timestamp`, in seconds since 1970
 * @param body the raw bytes; a parsed and rewritten body has another signature
 * @param now milliseconds since 1970
 * @returns `undefined` when it did, else the reason
 */
export function refusalOf(
  signature: string | undefined,
  timestamp: string | undefined,
  body: Uint8Array,
  keys: readonly KeyObject[],
  now: number,
): Refusal | undefined {
  if (!signature) return 'signature missing';
  if (!timestamp) return 'timestamp missing';
  if (!INTEGER.test(timestamp)) return 'timestamp malformed';
  // The fraction of the present second is cut: 300 s either way is exact to the second that Telnyx sends.
  if (Math.abs(Math.floor(now / 1000) - Number(timestamp)) > TOLERANCE_SECONDS) return 'timestamp too old or ahead';
  if (!BASE64_OF_64_BYTES.test(signature)) return 'signature malformed';
  const signed = Buffer.concat([Buffer.from(`${timestamp}|`), body]);
  const signatureBytes = Buffer.from(signature, 'base64');
  return keys.some((key) => verify(null, signed, key, signatureBytes)) ? undefined : 'signature wrong';
}
