import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';

/** The account's key pair. */
export interface Keys {
  /** The 32 raw bytes in base64, as the Telnyx portal shows them. */
  readonly publicKeyBase64: string;
  /** The Ed25519 signature of `timestamp|rawBody`, in base64. */
  sign(timestamp: string, rawBody: string): string;
}

// RFC 8410: the bytes before the 32 bytes of an Ed25519 private key in PKCS #8.
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key pair: the same one for each seed, a random one without. */
export const createKeys = (seed?: number): Keys => {
  const secret = seed === undefined ? randomBytes(32) : createHash('sha256').update(`${seed}/key`).digest();
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, secret]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKeyBase64: publicKey.subarray(-32).toString('base64'),
    sign: (timestamp, rawBody) => sign(null, Buffer.from(`${timestamp}|${rawBody}`), key).toString('base64'),
  };
};
