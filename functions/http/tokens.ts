import { createHash, timingSafeEqual } from 'node:crypto';
import { isObject } from '../porting/event.ts';
import { isToken } from '../porting/settings.ts';

/** What a token permits: `read` to query, `operate` to query and republish. */
export type Permission = 'read' | 'operate';

/** The caller: a permission, and a name that reveals nothing of the token. */
export interface Caller {
  readonly permission: Permission;
  /** `operate:porting-desk`: the permission and the token's name, or the first 8 hex digits of its SHA-256. */
  readonly name: string;
}

/** The valid tokens, as digests. */
export type Tokens = readonly {
  readonly digest: Buffer;
  readonly permission: Permission;
  readonly name?: string | undefined;
}[];

const GENERATED_HALF = 32;

/** A name stands in rows, logs and lists of jobs: short, and nothing that a terminal or a log would read otherwise. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,39}$/u;

/**
 * Reads the secret with the tokens: `{"read": ["…"], "operate": [{"name": "porting-desk", "token": "…"}]}`. A token may
 * have a name. The lists allow a new token beside the old one. `generated` comes from the deployment. CloudFormation
 * generates one text per secret, so its first 32 characters are a read token and its last 32 an operate token. Remove
 * it once the lists hold your own tokens.
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
  if (!isObject(parsed))
    throw new Error('must be JSON such as {"read": ["…"], "operate": [{"name": "porting-desk", "token": "…"}]}');
  const { read = [], operate = [], generated } = parsed;
  const tokens: Tokens[number][] = [...tokensIn('read', read), ...tokensIn('operate', operate)];
  if (typeof generated === 'string' && generated.length === 2 * GENERATED_HALF) {
    tokens.push(...tokensIn('read', [generated.slice(0, GENERATED_HALF)]));
    tokens.push(...tokensIn('operate', [generated.slice(GENERATED_HALF)]));
  }
  return tokens;
}

function tokensIn(permission: Permission, list: unknown): Tokens {
  const entries = Array.isArray(list) ? list.map(entryIn) : [undefined];
  return entries.map((entry) => {
    if (entry) return { digest: digestOf(entry.token), permission, name: entry.name };
    throw new Error(
      `must have a list of tokens of at least 16 ASCII characters without spaces as "${permission}", each alone or ` +
        'as {"name", "token"} with a name of up to 40 letters, digits, blanks and . _ @ -',
    );
  });
}

function entryIn(given: unknown): { readonly token: string; readonly name: string | undefined } | undefined {
  if (isToken(given)) return { token: given, name: undefined };
  if (!isObject(given)) return undefined;
  const { name, token, ...others } = given;
  const isNamed = typeof name === 'string' && NAME.test(name) && isToken(token) && Object.keys(others).length === 0;
  return isNamed ? { token, name } : undefined;
}

/** The caller with this token, if it is valid. Compares digests, which have equal length, in constant time. */
export function callerOf(token: string, tokens: Tokens): Caller | undefined {
  const digest = digestOf(token);
  const matches = tokens.filter((known) => timingSafeEqual(known.digest, digest));
  if (matches.length === 0) return undefined;
  const permission = matches.some((known) => known.permission === 'operate') ? 'operate' : 'read';
  const name = matches.find((known) => known.permission === permission && known.name !== undefined)?.name;
  return { permission, name: `${permission}:${name ?? digest.toString('hex').slice(0, 8)}` };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
