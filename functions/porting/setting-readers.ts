/**
 * How settings are read, by the functions at boot and before that by whoever starts or deploys them: what one takes, no other refuses.
 * Each throws an error whose message goes on after the setting's name.
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
