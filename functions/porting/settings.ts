/**
 * How settings are read, by the functions at boot and before that by whoever starts or deploys them: what one takes, no
 * other refuses. Each throws an error whose message goes on after the setting's name.
 */

/** A reader of whole numbers from `from` to `to`. `or` is for the message: what else is taken. */
export function wholeNumber(from: number, to: number, or = ''): (text: string) => number {
  return (text) => {
    const value = /^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : Number.NaN;
    if (value >= from && value <= to) return value;
    throw new Error(`must be ${or}a whole number from ${from} to ${to}, not ${shown(text)}`);
  };
}

/** How long a webhook may be late before it counts as missed. */
export const readGraceMinutes = wholeNumber(0, 1440);

export const readSyncIntervalSeconds = wholeNumber(1, 86_400);

/** The most notifications that healing asks for in one UTC day. */
export const readHealingPerDay = wholeNumber(1, 10_000);

const days = wholeNumber(30, 3650, 'none or ');

/** How many days events of ended orders are kept; `none` keeps all. */
export function readRetainDays(text: string): number | undefined {
  return text === 'none' ? undefined : days(text);
}

/** What is done about a missed notification. */
export function readHealing(text: string): 'off' | 'republish' {
  if (text === 'off' || text === 'republish') return text;
  throw new Error(`must be off or republish, not ${shown(text)}`);
}

/** A setting's value for a message: short, and in one line. */
export function shown(text: string): string {
  if (text === '') return 'empty';
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text).slice(1, -1);
}

/**
 * Reads the base URL of Telnyx's API. The API key goes there, so it is https; plain http stays on this machine.
 *
 * @returns without a slash at the end
 * @throws with words that follow the setting's name; they hold nothing of the text, which may hold a password
 */
export function readBaseUrl(text: string): string {
  const url = URL.parse(text.trim());
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url && isSafe && !url.username && !url.password && !/[?#]/.test(url.href)) return url.href.replace(/\/+$/, '');
  throw new Error(
    'is no address to which an API key can go: set it to one such as https://api.telnyx.com/v2, without a user name, ' +
      'a query or a fragment. http is for this machine only (localhost, 127.0.0.1, [::1])',
  );
}

/** URL has already written every spelling of an IPv4 address as four numbers. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
