import { EXIT, Failure } from './failure.ts';

/** Which ledger is asked, and as whom. */
export interface Settings {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
}

/**
 * Reads LEDGER_URL and LEDGER_TOKEN. An empty variable counts as absent.
 *
 * @throws {Failure} that says what to set; the token is never in it
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const token = environment.LEDGER_TOKEN?.trim();
  if (!token) {
    throw new Failure(EXIT.usage, 'LEDGER_TOKEN is not set: set it to a read or operate token of the ledger');
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Failure(EXIT.usage, 'LEDGER_TOKEN holds a space or a special character: set it to the token alone');
  }
  const text = environment.LEDGER_URL?.trim() || 'http://127.0.0.1:3000';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new Failure(EXIT.usage, 'LEDGER_URL is not an address: set it to one like https://ledger.example.com');
  }
  // The address that Telnyx's SDK is given ends in /v2.
  return { url: (url.origin + url.pathname).replace(/\/+$/, '').replace(/\/v2$/, ''), token };
}
