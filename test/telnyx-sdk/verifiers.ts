import { Telnyx } from 'telnyx';
import { readPublicKeys, refusalOf } from '../../functions/telnyx/signature.ts';
import type { Account } from '../telnyx/account.ts';

/** A webhook as it arrives, and the key that its receiver has. */
export interface Arrival {
  readonly signature?: string | undefined;
  readonly timestamp?: string | undefined;
  readonly body: Uint8Array;
  /** The value of TELNYX_PUBLIC_KEY here, and the SDK's key. */
  readonly key: string;
}

export type Verdict = 'accepts' | 'refuses';

/** The verdict of functions/telnyx/signature.ts. A key that cannot be read lets nothing in. */
export function ourVerdict({ signature, timestamp, body, key }: Arrival): Verdict {
  try {
    return refusalOf(signature, timestamp, body, readPublicKeys(key), Date.now()) ? 'refuses' : 'accepts';
  } catch {
    return 'refuses';
  }
}

/** The SDK's verdict, used as its own documentation shows: `webhooks.unwrap(body.toString(), { headers })`. */
export async function sdkVerdict({ signature, timestamp, body, key }: Arrival): Promise<Verdict> {
  const headers = {
    ...(signature !== undefined && { 'telnyx-signature-ed25519': signature }),
    ...(timestamp !== undefined && { 'telnyx-timestamp': timestamp }),
  };
  const telnyx = new Telnyx({ apiKey: 'unused', publicKey: key });
  try {
    await telnyx.webhooks.unwrap(Buffer.from(body).toString(), { headers });
    return 'accepts';
  } catch (error) {
    // It parses the body as JSON once it has verified it.
    if (error instanceof SyntaxError) return 'accepts';
    if (error instanceof Error && error.name === 'TelnyxWebhookVerificationError') return 'refuses';
    throw error;
  }
}

/** The webhook that an account sends. */
export function sent(account: Account, timestamp: string, body: string | Uint8Array): Arrival {
  const signature = account.sign(timestamp, body);
  return { signature, timestamp, body: Buffer.from(body), key: account.publicKey };
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The same bytes in base64, spelt differently where the last character has spare bits. */
export function withStrayBits(base64: string): string {
  const [, text = '', padding = ''] = /^(.*?)(=*)$/.exec(base64) ?? [];
  const last = BASE64.indexOf(text.at(-1) ?? '');
  return `${text.slice(0, -1)}${BASE64[last + 1]}${padding}`;
}

/** The order of Ed25519's group, little-endian: a careless verifier takes S + L for S. */
const ORDER = Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex');

export function shiftedByOrder(signature: string): string {
  const bytes = Buffer.from(signature, 'base64');
  let carry = 0;
  for (let index = 0; index < 32; index += 1) {
    const sum = (bytes[32 + index] as number) + (ORDER[index] as number) + carry;
    bytes[32 + index] = sum & 0xff;
    carry = sum >> 8;
  }
  return bytes.toString('base64');
}
