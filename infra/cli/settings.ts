import { isSameAddress } from '../../functions/porting/due.ts';
import { readAddress, readSetting, readToken } from '../../functions/porting/settings.ts';
import { LEDGER } from './context.ts';
import { EXIT, Failure } from './failure.ts';
import { readConnection } from './kept-connection.ts';

/** Which ledger to ask, and with which token. */
export interface Settings {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
}

/**
 * Reads LEDGER_URL and LEDGER_TOKEN; an empty variable counts as absent. Without LEDGER_TOKEN it is the kept connection,
 * unless LEDGER_URL is another address: the kept token must not go there.
 *
 * @throws {Failure} that says what to set and never shows the token
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const [url, token] = [environment.LEDGER_URL?.trim(), environment.LEDGER_TOKEN?.trim()];
  const kept = token ? undefined : readConnection(environment);
  if (kept && (!url || isSameAddress(url, kept.url))) return kept;
  if (!token) {
    const login = `${LEDGER} login --stack PortInLedger`;
    throw new Failure(
      EXIT.usage,
      `LEDGER_TOKEN is not set: set it to a read or operate token of the ledger, or log in to one on AWS: ${login}`,
    );
  }
  try {
    const address = readSetting('LEDGER_URL', url || 'http://127.0.0.1:3000', readAddress);
    // The base URL for Telnyx's SDK ends in /v2.
    return { url: address.replace(/\/v2$/, ''), token: readSetting('LEDGER_TOKEN', token, readToken) };
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message);
  }
}
