import { createPublicKey, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { readBaseUrl } from '../../functions/porting/settings.ts';
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
  const get = (name: string): string | undefined => environment[name]?.trim() || undefined;

  const apiKey = get('TELNYX_API_KEY');
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new CannotStart('TELNYX_API_KEY holds a space, a line break or a special character: set it to the key alone');
  }
  const baseUrl = readTelnyxUrl(get('TELNYX_BASE_URL'));
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
  const overdueAfter = readOverdueAfter(get('OVERDUE_AFTER'));
  const retainDays = get('RETAIN_DAYS');
  return {
    port: readInteger('PORT', get('PORT') ?? '3000', 0, 65_535),
    ...(apiKey && { telnyx: { apiKey, baseUrl: baseUrl ?? 'https://api.telnyx.com/v2' } }),
    publicKeys: readPublicKeys(get('TELNYX_PUBLIC_KEY'), MOST_PUBLIC_KEYS - (apiKey ? 0 : 1)),
    tokens: { read: read ?? newToken(), operate: operate ?? newToken() },
    generatedTokens: [...(read ? [] : (['read'] as const)), ...(operate ? [] : (['operate'] as const))],
    syncIntervalSeconds: readInteger('SYNC_INTERVAL_SECONDS', get('SYNC_INTERVAL_SECONDS') ?? '15', 1, 86_400),
    dataDir: resolve(get('DATA_DIR') ?? '.data'),
    ...(dynamodbEndpoint && { dynamodbEndpoint }),
    ...(seed && { seed: readInteger('SEED', seed, 0, 2 ** 31 - 1) }),
    // Simulated orders live minutes, not weeks.
    graceMinutes: readInteger('GRACE_MINUTES', get('GRACE_MINUTES') ?? (apiKey ? '15' : '1'), 0, 1440),
    healing: readHealing(get('HEALING')),
    healingPerDay: readInteger('HEALING_PER_DAY', get('HEALING_PER_DAY') ?? '50', 1, 10_000),
    ...(overdueAfter && { overdueAfter }),
    ...(retainDays && { retainDays: readInteger('RETAIN_DAYS', retainDays, 1, 36_500) }),
    webhookTypes: readWebhookTypes(get('WEBHOOK_TYPES')),
  };
}

function newToken(): string {
  return randomBytes(24).toString('base64url');
}

function readInteger(name: string, text: string, from: number, to: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw new CannotStart(`${name} is ${shown(text)}: set it to a whole number from ${from} to ${to}`);
}

function readHealing(text = 'off'): 'off' | 'republish' {
  if (text === 'off' || text === 'republish') return text;
  throw new CannotStart(`HEALING is ${shown(text)}: set it to off, or to republish`);
}

function readOverdueAfter(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const limits = text.split(',').map((limit) => limit.trim());
  if (limits.every((limit) => /^[a-z0-9_-]{1,60}=[1-9]\d{0,2}$/.test(limit))) return limits.join(',');
  throw new CannotStart(
    `OVERDUE_AFTER is ${shown(text)}: set it to statuses, each with 1 to 999 business days, like exception=5,submitted=10`,
  );
}

function readWebhookTypes(text = 'learned'): string {
  if (text === 'learned' || text === 'none') return text;
  const types = text.split(',').map((type) => type.trim());
  if (types.every((type) => /^porting_order\.[a-z0-9_.]{1,100}$/.test(type))) return types.join(',');
  throw new CannotStart(
    `WEBHOOK_TYPES is ${shown(text)}: set it to learned, to none, or to event types like porting_order.status_changed, separated by commas`,
  );
}

function readTelnyxUrl(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : readBaseUrl(text);
  } catch (error) {
    throw new CannotStart(`TELNYX_BASE_URL ${(error as Error).message}`);
  }
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

function readPublicKeys(text: string | undefined, atMost: number): string[] {
  if (text === undefined) return [];
  const keys = text.split(',').map((key) => key.trim());
  if (keys.length > atMost) {
    throw new CannotStart(`TELNYX_PUBLIC_KEY holds ${keys.length} keys: set at most ${atMost}, separated by commas`);
  }
  return keys.map((key, index) => {
    const raw = key.startsWith('-----BEGIN') ? rawKeyOfPem(key) : rawKeyOfBase64(key);
    if (raw?.length === 32) return raw.toString('base64');
    const which = keys.length > 1 ? ` (key ${index + 1} of ${keys.length})` : '';
    throw new CannotStart(
      `TELNYX_PUBLIC_KEY${which} is not an Ed25519 public key: set it to the base64 text of 32 bytes from the Telnyx portal, or to PEM`,
    );
  });
}

function rawKeyOfBase64(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function rawKeyOfPem(text: string): Buffer | undefined {
  try {
    // An .env file or a one-line shell variable often carries a PEM text with its line breaks written as \n.
    const key = createPublicKey(text.replaceAll('\\n', '\n'));
    return key.asymmetricKeyType === 'ed25519'
      ? Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')
      : undefined;
  } catch {
    return undefined;
  }
}

/** A setting's value for a message: short, and without line breaks. */
function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
