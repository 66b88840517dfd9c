/**
 * How settings are read, at deployment or start and again when functions boot. All accept the same values and refuse in
 * the same words. A reader gets the text without surrounding white space; the message that it throws continues after
 * the setting's name.
 */

/**
 * Reads a setting.
 *
 * @param name for the message, such as `GRACE_MINUTES` or `graceMinutes`
 * @throws {Error} one line that says what to set
 */
export function readSetting<Value>(name: string, text: string, read: (text: string) => Value): Value {
  const given = text.trim();
  try {
    // A Docker env file keeps quotes. No setting has any, and a token or a folder with quotes would be accepted.
    if (/^(["']).*\1$/s.test(given)) throw new Error('is in quotes: set it to the same value without quotes');
    return read(given);
  } catch (error) {
    throw new Error(`${name} ${(error as Error).message}`, { cause: error });
  }
}

/** A setting's value for a message: short, and on one line. */
export function inMessage(text: string): string {
  if (text === '') return 'empty';
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text).slice(1, -1);
}

export function readText(text: string): string {
  if (text !== '') return text;
  throw new Error('is empty');
}

/** Reads the name of something that not every host has: `none` where it is missing. */
export function readIfAny(text: string): string | undefined {
  return text === 'none' ? undefined : readText(text);
}

/** A reader of whole numbers from `from` to `to`. `or` names in the message what else is accepted. */
export function wholeNumber(from: number, to: number, or = ''): (text: string) => number {
  return (text) => {
    const value = /^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : Number.NaN;
    if (value >= from && value <= to) return value;
    throw new Error(`must be ${or}a whole number from ${from} to ${to}, not ${inMessage(text)}`);
  };
}

/** A reader of one of the given words. */
export function choice<Word extends string>(...words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((one) => one === text);
    if (word !== undefined) return word;
    throw new Error(`must be ${words.join(' or ')}, not ${inMessage(text)}`);
  };
}

/** How late a webhook may be before it counts as missed. */
export const readGraceMinutes = wholeNumber(0, 1440);

export const readSyncIntervalSeconds = wholeNumber(1, 86_400);

/** The most notifications that healing requests in one UTC day. */
export const readHealingPerDay = wholeNumber(1, 10_000);

/** Whether there is a page for people at the API's address. */
export const readConsole = choice('on', 'off');

/** Whether the order itself is read, beside its events. */
export const readOrderDetails = choice('on', 'off');

/** What to do about a missed notification. */
export const readHealing = choice('off', 'republish');

const days = wholeNumber(30, 3650, 'none or ');

/** How many days the events of ended orders are kept; `none` keeps all. */
export function readRetainDays(text: string): number | undefined {
  return text === 'none' ? undefined : days(text);
}

/** True for a text that is valid as a token of the ledger's own API. */
export function isToken(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21-\x7e]{16,}$/.test(text);
}

/** Reads a token of the ledger's own API. The message never contains it. */
export function readToken(text: string): string {
  if (isToken(text)) return text;
  throw new Error('is not a valid token: set it to at least 16 ASCII characters without spaces');
}

/** Reads the address of an HTTP server, without its trailing slashes. The message never contains it. */
export function readAddress(text: string): string {
  const url = addressIn(text);
  if (url) return withoutSlash(url);
  throw new Error(
    'is not an address: set it to one such as https://ledger.example.com, without a user name, a query or a fragment',
  );
}

/** Reads the time of the digest: `HH:MM`, on 24 hours. */
export function readDigestAt(text: string): string {
  if (/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) return text;
  throw new Error(`must be a time from 00:00 to 23:59 such as 08:00, not ${inMessage(text)}`);
}

/** Reads the IANA name of a time zone, in any case, and spells it as IANA does. */
export function readTimezone(text: string): string {
  const names = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
  const known = names.find((name) => name.toLowerCase() === text.toLowerCase());
  if (known !== undefined) return known;
  try {
    // Intl also takes offsets, which EventBridge Scheduler does not, and other names of the same zones.
    if (/^[A-Za-z]/.test(text)) return new Intl.DateTimeFormat('en', { timeZone: text }) && text;
  } catch {}
  throw new Error(`must be the name of a time zone, such as Europe/Berlin or UTC, not ${inMessage(text)}`);
}

/** Reads the address of the runbook. Links to its entries add a fragment, so it has none. */
export function readRunbookUrl(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.href.includes('#')) return text;
  throw new Error(
    'is not the address of a page: set it to one such as https://wiki.example.com/port-in-ledger, ' +
      'without a user name or a fragment',
  );
}

/**
 * Reads the base URL of Telnyx's API as {@link readAddress} does. The API key is sent there, so http is for this
 * machine.
 */
export function readBaseUrl(text: string): string {
  const url = addressIn(text);
  if (url && (url.protocol === 'https:' || isLoopback(url.hostname))) return withoutSlash(url);
  throw new Error(
    'is not an address that an API key may be sent to: set it to one such as https://api.telnyx.com/v2, ' +
      'without a user name, a query or a fragment. http is for this machine only (localhost, 127.0.0.1, [::1])',
  );
}

/**
 * Reads the address of an incoming webhook of Slack or Teams, whose path and query are a secret. The message never
 * contains it. http is for this machine.
 */
export function readWebhookAddress(text: string): string {
  const url = URL.parse(text);
  const isSafe = url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)));
  if (isSafe && !url.username && !url.password && !url.hash) return text;
  throw new Error('is not the address of an incoming webhook: copy it from Slack or Teams; it begins with https://');
}

function addressIn(text: string): URL | undefined {
  const url = URL.parse(text);
  const isPlain = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !/[?#]/.test(url.href);
  return isPlain ? url : undefined;
}

function withoutSlash({ href }: URL): string {
  return href.replace(/\/+$/, '');
}

/** URL has already turned every spelling of an IPv4 address into four numbers. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
