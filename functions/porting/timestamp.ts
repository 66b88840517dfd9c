const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:?\d{2})$/;

/** The one spelling of an instant: `2024-06-11T18:52:47.972297Z`, UTC with six digits, so text order is time order. */
export type Timestamp = string;

/**
 * Reads a date-time in any of the spellings that Telnyx uses (`…Z` with microseconds, `…Z` without a fraction,
 * `…+00:00`; docs/telnyx.md §3.1) and returns it in one. Digits after the sixth are cut.
 *
 * @returns `undefined` when the value is not a date-time
 */
export function timestamp(value: unknown): Timestamp | undefined {
  if (typeof value !== 'string') return undefined;
  const parts = RFC_3339.exec(value);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = parts;
  const wholeSeconds = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const utc = Date.parse(`${wholeSeconds}Z`);
  // Date.parse turns 30 February into 1 March: a text that changes on the way back is not a date.
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 19) !== wholeSeconds) return undefined;
  const offset = offsetMinutes(zone);
  if (offset === undefined) return undefined;
  const shifted = new Date(utc - offset * 60_000).toISOString();
  if (shifted.length !== 24) return undefined;
  return `${shifted.slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
}

/** Reads a member of a record. Without a zone it is UTC, as is every time that Telnyx documents. */
export function recordTime(value: unknown): Timestamp | undefined {
  return timestamp(value) ?? (typeof value === 'string' ? timestamp(`${value}Z`) : undefined);
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

/** The timestamp for a number of milliseconds since 1970. */
export function timestampOf(milliseconds: number): Timestamp {
  return `${new Date(milliseconds).toISOString().slice(0, 23)}000Z`;
}

/** The milliseconds since 1970 of a timestamp, with its microseconds cut. */
export function millisecondsOf(at: Timestamp): number {
  return Date.parse(`${at.slice(0, 23)}Z`);
}
