import { resolve } from 'node:path';
import { readApiKey } from '../../functions/porting/api-key.ts';
import { publicKeysIn } from '../../functions/porting/public-keys.ts';
import {
  readAddress,
  readSetting,
  readSyncIntervalSeconds,
  readToken,
  wholeNumber,
} from '../../functions/porting/settings.ts';
import { LEDGER_SETTINGS, type LedgerSettings } from '../settings.ts';
import { CannotStart } from './cannot-start.ts';
import type { LocalTokens } from './kept-tokens.ts';

/** The settings of `npm start`, read and checked. */
export interface Settings extends LedgerSettings {
  /** 0 takes a free port. */
  readonly port: number;
  /** The key for the real service, or one like it. Without it the simulator takes its place. */
  readonly apiKey?: string;
  /** Each as base64 of its 32 bytes. */
  readonly publicKeys: readonly string[];
  /** The owner's. Those that are missing are generated: kept-tokens.ts. */
  readonly tokens: Partial<LocalTokens>;
  readonly syncIntervalSeconds: number;
  readonly dataDir: string;
  readonly dynamodbEndpoint?: string;
  /** Repeats a run of the simulator. */
  readonly seed?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** receive-webhook takes up to three keys; the simulator's own is one of them when it runs. */
const MOST_PUBLIC_KEYS = 3;

/**
 * Reads the settings from environment variables. An empty variable counts as absent.
 *
 * @throws {CannotStart} at the first bad one, with a line that says what to set and shows no value that may be secret
 */
export function readSettings(environment: Environment): Settings {
  function read<Value>(variable: string, reader: (text: string) => Value): Value | undefined {
    const text = environment[variable]?.trim();
    if (!text) return undefined;
    try {
      return readSetting(variable, text, reader);
    } catch (error) {
      throw new CannotStart((error as Error).message);
    }
  }
  const apiKey = read('TELNYX_API_KEY', readApiKey);
  const ledger = Object.entries(LEDGER_SETTINGS).map(([name, { standard, read: reader }]) => {
    // Simulated orders live for minutes, not weeks.
    const otherwise = name === 'graceMinutes' && apiKey === undefined ? '1' : standard;
    return [name, read(variableOf(name), reader) ?? otherwise];
  });
  if (environment.TELNYX_BASE_URL?.trim() && apiKey === undefined) {
    throw new CannotStart('TELNYX_BASE_URL is set without TELNYX_API_KEY: set both, or neither to use the simulator');
  }
  const readOnly = read('API_READ_TOKEN', readToken);
  const operate = read('API_OPERATE_TOKEN', readToken);
  if (readOnly !== undefined && readOnly === operate) {
    throw new CannotStart('API_READ_TOKEN and API_OPERATE_TOKEN are equal: set two different tokens');
  }
  const publicKeys = read('TELNYX_PUBLIC_KEY', publicKeysIn) ?? [];
  const mostKeys = MOST_PUBLIC_KEYS - (apiKey ? 0 : 1);
  if (publicKeys.length > mostKeys) {
    throw new CannotStart(`TELNYX_PUBLIC_KEY holds ${publicKeys.length} keys: set at most ${mostKeys}`);
  }
  const dynamodbEndpoint = read('DYNAMODB_ENDPOINT', readAddress);
  const seed = read('SEED', wholeNumber(0, 2 ** 31 - 1));
  return {
    ...(Object.fromEntries(ledger) as LedgerSettings),
    port: read('PORT', wholeNumber(0, 65_535)) ?? 3000,
    ...(apiKey && { apiKey }),
    publicKeys,
    tokens: { ...(readOnly !== undefined && { read: readOnly }), ...(operate !== undefined && { operate }) },
    syncIntervalSeconds: read('SYNC_INTERVAL_SECONDS', readSyncIntervalSeconds) ?? 15,
    dataDir: resolve(read('DATA_DIR', (text) => text) ?? '.data'),
    ...(dynamodbEndpoint && { dynamodbEndpoint }),
    ...(seed !== undefined && { seed }),
  };
}

/** `graceMinutes` is `GRACE_MINUTES`, here as in infra/service.ts. */
function variableOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, '_$&').toUpperCase();
}
