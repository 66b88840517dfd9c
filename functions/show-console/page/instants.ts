import { dayName, daysUntil, localDayOf, timeName } from '../../porting/local-day.ts';
import type { Timestamp } from '../../porting/timestamp.ts';

/** The reader's own time zone. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long something took or lasts: `40 s`, `3 min`, `5 h`, `12 days`. */
export function lengthOf(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return `${whole} s`;
  if (whole < 90 * MINUTE) return `${Math.round(whole / MINUTE)} min`;
  if (whole < 36 * HOUR) return `${Math.round(whole / HOUR)} h`;
  return `${Math.round(whole / DAY)} days`;
}

/** `Wed 9 Dec, 14:05`, with the year if it is more than 300 days away. */
export function instantWords(at: Timestamp, now: number, zone: string): string {
  return `${dayWords(at, now, zone)}, ${timeName(at, zone)}`;
}

/** `Wed 9 Dec`, with the year if it is more than 300 days away. */
export function dayWords(at: Timestamp, now: number, zone: string): string {
  const far = Math.abs(Date.parse(at) - now) > 300 * DAY * 1000;
  return `${dayName(at, zone)}${far ? ` ${localDayOf(Date.parse(at), zone).slice(0, 4)}` : ''}`;
}

/** A day that is near, in words that follow "due": `today at 14:05`, `tomorrow`, `Thursday`, `Thu 10 Dec`. */
export function nearDay(at: Timestamp, now: number, zone: string): string {
  const days = daysUntil(at, now, zone);
  if (days <= 0) return `today at ${timeName(at, zone)}`;
  if (days === 1) return 'tomorrow';
  if (days > 6) return dayName(at, zone);
  return new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: zone }).format(Date.parse(at));
}

/** `2026-12-09 15:41:06 UTC`, shown on hover. */
export function inUtc(at: Timestamp): string {
  return `${at.slice(0, 19).replace('T', ' ')} UTC`;
}
