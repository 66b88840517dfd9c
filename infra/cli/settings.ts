import { readAddress, readSetting, readToken } from '../../functions/porting/settings.ts';
import { EXIT, Failure } from './failure.ts';

/** Which ledger to ask, and with which token. */
export interface Settings {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
}

/**
 * Reads LEDGER_URL and LEDGER_TOKEN. An empty variable counts as absent.
 *
 * @throws {Failure} that says what to set and never shows the token
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const token = environment.LEDGER_TOKEN?.trim();
  if (!token) {
    throw new Failure(EXIT.usage, 'LEDGER_TOKEN is not set: set it to a read or operate token of the ledger');
  }
  try {
    const url = readSetting('LEDGER_URL', environment.LEDGER_URL?.trim() || 'http://127.0.0.1:3000', readAddress);
    // The base URL for Telnyx's SDK ends in /v2.
    return { url: url.replace(/\/v2$/, ''), token: readSetting('LEDGER_TOKEN', token, readToken) };
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message);
  }
}
