import { createHash, timingSafeEqual } from 'node:crypto';
import { isObject } from '../porting/event.ts';
import { isToken } from '../porting/settings.ts';

/** What a token permits: `read` to query, `operate` to query and republish. */
export type Permission = 'read' | 'operate';

/** The caller: a permission, and a name that reveals nothing of the token. */
export interface Caller {
  readonly permission: Permission;
  /** `operate:1f3870be`: the permission and the first 8 hex digits of the token's SHA-256. */
  readonly name: string;
}

/** The valid tokens, as digests. */
export type Tokens = readonly { readonly digest: Buffer; readonly permission: Permission }[];

const GENERATED_HALF = 32;

/**
 * Reads the secret with the tokens: `{"read": ["…"], "operate": ["…"]}`. The lists allow a new token beside the old
 * one. `generated` comes from the deployment. CloudFormation generates one text per secret, so its first 32 characters
 * are a read token and its last 32 an operate token. Remove it once the lists hold your own tokens.
 *
 * @throws an error that says what the secret should contain, never what it contains
 */
export function readTokens(secret: string): Tokens {
  let parsed: unknown;
  try {
    parsed = JSON.parse(secret);
  } catch {
    parsed = undefined;
  }
  if (!isObject(parsed)) throw new Error('must be JSON such as {"read": ["…"], "operate": ["…"]}');
  const { read = [], operate = [], generated } = parsed;
  const tokens = [...tokensIn('read', read), ...tokensIn('operate', operate)];
  if (typeof generated === 'string' && generated.length === 2 * GENERATED_HALF) {
    tokens.push(...tokensIn('read', [generated.slice(0, GENERATED_HALF)]));
    tokens.push(...tokensIn('operate', [generated.slice(GENERATED_HALF)]));
  }
  return tokens;
}

function tokensIn(permission: Permission, list: unknown) {
  if (!Array.isArray(list) || !list.every(isToken)) {
    throw new Error(`must have a list of tokens of at least 16 ASCII characters without spaces as "${permission}"`);
  }
  return list.map((token) => ({ digest: digestOf(token), permission }));
}

/** The caller with this token, if it is valid. Compares digests, which have equal length, in constant time. */
export function callerOf(token: string, tokens: Tokens): Caller | undefined {
  const digest = digestOf(token);
  const permissions = tokens.filter((known) => timingSafeEqual(known.digest, digest)).map((known) => known.permission);
  if (permissions.length === 0) return undefined;
  const permission = permissions.includes('operate') ? 'operate' : 'read';
  return { permission, name: `${permission}:${digest.toString('hex').slice(0, 8)}` };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
