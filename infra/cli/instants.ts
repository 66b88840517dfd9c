import { timestamp } from '../../functions/porting/timestamp.ts';

const DAY = /^\d{4}-\d\d-\d\d$/;
const AGO = /^(\d{1,5})([mhd])$/;
const SECONDS = { m: 60, h: 3600, d: 86_400 } as const;

/** What `--from` and `--to` take, for messages. */
export const ALLOWED_INSTANTS =
  'RFC 3339 (2026-11-20T09:00:00Z), a UTC day (2026-11-20), or how long ago (30m, 24h, 7d)';

/**
 * Reads an instant that a user gave.
 *
 * @param end for a whole day: take its last microsecond instead of its first
 * @param now milliseconds since 1970
 * @returns RFC 3339 as the API takes it, or `undefined` when it is none of these forms
 */
export function readInstant(text: string, end: boolean, now: number): string | undefined {
  const ago = AGO.exec(text);
  if (ago) {
    const seconds = Number(ago[1]) * SECONDS[ago[2] as keyof typeof SECONDS];
    const at = new Date(now - seconds * 1000);
    return at.getUTCFullYear() > 0 ? at.toISOString() : undefined;
  }
  const instant = DAY.test(text) ? `${text}T${end ? '23:59:59.999999' : '00:00:00'}Z` : text;
  return timestamp(instant) === undefined ? undefined : instant;
}
