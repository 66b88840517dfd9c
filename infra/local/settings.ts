import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { apiKeyFault } from '../../functions/porting/api-key.ts';
import { readWebhookTypes } from '../../functions/porting/due.ts';
import { readOverdueLimits } from '../../functions/porting/overdue.ts';
import { publicKeysIn } from '../../functions/porting/public-keys.ts';
import {
  readBaseUrl,
  readGraceMinutes,
  readHealing,
  readHealingPerDay,
  readRetainDays,
  readSyncIntervalSeconds,
  wholeNumber,
} from '../../functions/porting/settings.ts';
import { CannotStart } from './cannot-start.ts';

/** What `npm start` can be told, read and checked. */
export interface Settings {
  /** 0 takes a free port. */
  readonly port: number;
  /** The real service, or one like it. Without it the simulator takes its place. */
  readonly telnyx?: { readonly apiKey: string; readonly baseUrl: string };
  /** Each as base64 of its 32 bytes. */
  readonly publicKeys: readonly string[];
  readonly tokens: { readonly read: string; readonly operate: string };
  /** The tokens that nobody chose, which must be shown for anybody to know them. */
  readonly generatedTokens: readonly ('read' | 'operate')[];
  readonly syncIntervalSeconds: number;
  readonly dataDir: string;
  readonly dynamodbEndpoint?: string;
  /** Repeats a run of the simulator. */
  readonly seed?: number;
  /** How long a webhook may be late before it counts as missed. */
  readonly graceMinutes: number;
  /** What is done about a missed notification. */
  readonly healing: 'off' | 'republish';
  readonly healingPerDay: number;
  /** Business days by status, such as `exception=5,submitted=10`, in place of the service's own limits for these. */
  readonly overdueAfter?: string;
  /** Without it, rows stay for ever. */
  readonly retainDays?: number;
  /** The event types whose webhooks arrive: `learned` from those that did, `none`, or a list with commas between. */
  readonly webhookTypes: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** receive-webhook takes up to three keys; the simulator's own is one of them when it runs. */
const MOST_PUBLIC_KEYS = 3;

/**
 * Reads the settings from environment variables. An empty variable counts as absent.
 *
 * @throws {CannotStart} at the first bad one, with a line that says what to set; no value that may be secret is in it
 */
export function readSettings(environment: Environment): Settings {
  const get = (name: string): string | undefined => unquoted(name, environment[name]);
  const number = (name: string, text: string, from: number, to: number): number =>
    checked(name, text, wholeNumber(from, to));

  const apiKey = get('TELNYX_API_KEY');
  const fault = apiKey && apiKeyFault(apiKey);
  if (fault) throw new CannotStart(`TELNYX_API_KEY ${fault}: set it to the key alone`);
  const givenUrl = get('TELNYX_BASE_URL');
  const baseUrl = givenUrl === undefined ? undefined : checked('TELNYX_BASE_URL', givenUrl, readBaseUrl);
  if (baseUrl !== undefined && apiKey === undefined) {
    throw new CannotStart('TELNYX_BASE_URL is set without TELNYX_API_KEY: set both, or neither to use the simulator');
  }

  const read = readToken('API_READ_TOKEN', get('API_READ_TOKEN'));
  const operate = readToken('API_OPERATE_TOKEN', get('API_OPERATE_TOKEN'));
  if (read !== undefined && read === operate) {
    throw new CannotStart('API_READ_TOKEN and API_OPERATE_TOKEN are equal: set two different tokens');
  }

  const dynamodbEndpoint = readUrl('DYNAMODB_ENDPOINT', get('DYNAMODB_ENDPOINT'));
  const seed = get('SEED');
  const overdueAfter = get('OVERDUE_AFTER');
  if (overdueAfter) checked('OVERDUE_AFTER', overdueAfter, readOverdueLimits);
  const retainDays = checked('RETAIN_DAYS', get('RETAIN_DAYS') ?? 'none', readRetainDays);
  const webhookTypes = checked('WEBHOOK_TYPES', get('WEBHOOK_TYPES') ?? 'learned', readWebhookTypes);
  return {
    port: number('PORT', get('PORT') ?? '3000', 0, 65_535),
    ...(apiKey && { telnyx: { apiKey, baseUrl: baseUrl ?? 'https://api.telnyx.com/v2' } }),
    publicKeys: readPublicKeys(get('TELNYX_PUBLIC_KEY'), MOST_PUBLIC_KEYS - (apiKey ? 0 : 1)),
    tokens: { read: read ?? newToken(), operate: operate ?? newToken() },
    generatedTokens: [...(read ? [] : (['read'] as const)), ...(operate ? [] : (['operate'] as const))],
    syncIntervalSeconds: checked(
      'SYNC_INTERVAL_SECONDS',
      get('SYNC_INTERVAL_SECONDS') ?? '15',
      readSyncIntervalSeconds,
    ),
    dataDir: resolve(get('DATA_DIR') ?? '.data'),
    ...(dynamodbEndpoint && { dynamodbEndpoint }),
    ...(seed && { seed: number('SEED', seed, 0, 2 ** 31 - 1) }),
    // Simulated orders live minutes, not weeks.
    graceMinutes: checked('GRACE_MINUTES', get('GRACE_MINUTES') ?? (apiKey ? '15' : '1'), readGraceMinutes),
    healing: checked('HEALING', get('HEALING') ?? 'off', readHealing),
    healingPerDay: checked('HEALING_PER_DAY', get('HEALING_PER_DAY') ?? '50', readHealingPerDay),
    ...(overdueAfter && { overdueAfter: overdueAfter.replaceAll(/\s/g, '') }),
    ...(retainDays && { retainDays }),
    webhookTypes: typeof webhookTypes === 'string' ? webhookTypes : [...webhookTypes].join(','),
  };
}

/**
 * Quotes stay in a variable that a file for Docker sets. No setting has any, and a token or a folder with them would be
 * taken.
 */
function unquoted(name: string, given = ''): string | undefined {
  const text = given.trim();
  if (!/^(["']).*\1$/s.test(text)) return text || undefined;
  throw new CannotStart(`${name} is in quotes: set it to the same without them`);
}

function newToken(): string {
  return randomBytes(24).toString('base64url');
}

function readUrl(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash)
    return text.replace(/\/+$/, '');
  throw new CannotStart(`${name} is not an address: set it to one like https://api.example.com/v2, without a query`);
}

function readToken(name: string, text: string | undefined): string | undefined {
  if (text === undefined || /^[\x21-\x7e]{16,}$/.test(text)) return text;
  throw new CannotStart(`${name} is not a good token: set it to at least 16 ASCII characters without spaces`);
}

function readPublicKeys(text: string | undefined, atMost: number): readonly string[] {
  if (text === undefined) return [];
  const keys = checked('TELNYX_PUBLIC_KEY', text, publicKeysIn);
  if (keys.length <= atMost) return keys;
  throw new CannotStart(`TELNYX_PUBLIC_KEY holds ${keys.length} keys: set at most ${atMost}, with commas between`);
}

/** Reads a setting as the functions will at boot. */
function checked<Value>(name: string, text: string, reader: (text: string) => Value): Value {
  try {
    return reader(text);
  } catch (error) {
    throw new CannotStart(`${name} ${(error as Error).message}`);
  }
}
