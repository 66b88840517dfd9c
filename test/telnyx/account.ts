import { generateKeyPairSync, sign } from 'node:crypto';

/** A Telnyx account as a receiver of webhooks sees it: the public key in its portal, and its signatures. */
export interface Account {
  /** Base64 of the 32 raw bytes. */
  readonly publicKey: string;
  readonly pem: string;
  /** The header `telnyx-signature-ed25519` for these bytes. */
  readonly sign: (timestamp: string, body: string | Uint8Array) => string;
}

export function openAccount(): Account {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64'),
    pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    sign: (timestamp, body) =>
      sign(null, Buffer.concat([Buffer.from(`${timestamp}|`), Buffer.from(body)]), privateKey).toString('base64'),
  };
}

/** The header `telnyx-timestamp` of a webhook that is sent `seconds` from now. */
export function timestampIn(seconds: number): string {
  return String(Math.floor(Date.now() / 1000) + seconds);
}
