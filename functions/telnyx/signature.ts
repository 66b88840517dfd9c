import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { publicKeysIn } from '../porting/public-keys.ts';

/** How much a webhook's timestamp may differ from now: 300 s, as in Telnyx's SDK (docs/telnyx.md §3.3). */
const TOLERANCE_SECONDS = 300;

const INTEGER = /^(0|[1-9]\d{0,11})$/;
const BASE64_OF_64_BYTES = /^[A-Za-z0-9+/]{85}[AQgw]==$/;

/** Why a request is not from Telnyx. The words reveal no secret. */
export type Refusal =
  | 'signature missing'
  | 'signature malformed'
  | 'timestamp missing'
  | 'timestamp malformed'
  | 'timestamp too old or ahead'
  | 'signature wrong';

/**
 * Reads one to three public keys, in the forms of {@link publicKeysIn}.
 *
 * @throws an error with a message that continues after the setting's name
 */
export function readPublicKeys(setting: string): readonly KeyObject[] {
  return publicKeysIn(setting).map((key) => {
    const x = Buffer.from(key, 'base64').toString('base64url');
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  });
}

/**
 * Checks whether Telnyx signed these bytes with one of these keys within 300 s of now (docs/telnyx.md §3.3: Ed25519
 * over the timestamp as sent, `|`, and the raw body).
 *
 * @param signature the header `telnyx-signature-ed25519`; a duplicated header arrives joined by a comma and is
 *   malformed
 * @param timestamp the header `telnyx-timestamp`, in seconds since 1970
 * @param body the raw bytes; a body that was parsed and serialised again has another signature
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
  // Whole seconds: Telnyx sends seconds, so 300 s either way is exact.
  if (Math.abs(Math.floor(now / 1000) - Number(timestamp)) > TOLERANCE_SECONDS) return 'timestamp too old or ahead';
  if (!BASE64_OF_64_BYTES.test(signature)) return 'signature malformed';
  const signed = Buffer.concat([Buffer.from(`${timestamp}|`), body]);
  const signatureBytes = Buffer.from(signature, 'base64');
  return keys.some((key) => verify(null, signed, key, signatureBytes)) ? undefined : 'signature wrong';
}
