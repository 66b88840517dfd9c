import type { Day } from './day.ts';
import { millisecondsOf, type Timestamp } from './timestamp.ts';

const DAY = 24 * 3_600_000;

/** Building one takes some 50 µs, and a digest names hundreds of days. */
const formats = new Map<string, Intl.DateTimeFormat>();

function partsOf(milliseconds: number, zone: string) {
  const known = formats.get(zone);
  const format =
    known ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
      ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    });
  formats.set(zone, format);
  const parts = new Map(format.formatToParts(milliseconds).map(({ type, value }) => [type, value]));
  return (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? '';
}

// Node's own texts differ from version to version: `Sept` or `Sep`.
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The day in a time zone: `2026-12-10`. */
export function localDayOf(milliseconds: number, zone: string): Day {
  const part = partsOf(milliseconds, zone);
  const month = String(MONTHS.indexOf(part('month').slice(0, 3)) + 1).padStart(2, '0');
  return `${part('year').padStart(4, '0')}-${month}-${part('day').padStart(2, '0')}`;
}

/** The day in a time zone, for people: `Thu 10 Dec`. */
export function dayName(at: Timestamp, zone: string): string {
  const part = partsOf(millisecondsOf(at), zone);
  return `${part('weekday')} ${part('day')} ${part('month').slice(0, 3)}`;
}

/** The time of day in a time zone: `14:05`. */
export function timeName(at: Timestamp, zone: string): string {
  const part = partsOf(millisecondsOf(at), zone);
  return `${part('hour')}:${part('minute')}`;
}

/** How many days an instant is ahead in the calendar of a time zone: 0 is today, 1 tomorrow. */
export function daysUntil(at: Timestamp, now: number, zone: string): number {
  return Math.round((Date.parse(localDayOf(millisecondsOf(at), zone)) - Date.parse(localDayOf(now, zone))) / DAY);
}

/** How long is left: `today, until 14:05`, `1 day left`, `13 days left`. */
export function daysLeft(by: Timestamp, now: number, zone: string): string {
  const days = daysUntil(by, now, zone);
  if (days <= 0) return `today, until ${timeName(by, zone)}`;
  return days === 1 ? '1 day left' : `${days} days left`;
}

/** Whether it is Monday in a time zone. */
export function isMonday(milliseconds: number, zone: string): boolean {
  return partsOf(milliseconds, zone)('weekday') === 'Mon';
}

/**
 * The first instant after `from` at which it is `HH:MM` in a time zone, from Monday to Friday. A time that the clocks
 * skip in spring comes an hour later.
 */
export function nextWorkdayAt(time: string, zone: string, from: number): number {
  const wanted = minutesOf(time);
  for (let ahead = 0; ahead < 8; ahead += 1) {
    const noon = from + ahead * DAY;
    const day = localDayOf(noon, zone);
    const weekday = new Date(day).getUTCDay();
    if (weekday === 0 || weekday === 6) continue;
    const at = instantAt(day, wanted, zone);
    if (at > from) return at;
  }
  throw new Error('a week has working days');
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** The instant of a time of day: as if it were UTC, then corrected by how far the zone is from that. */
function instantAt(day: Day, minutes: number, zone: string): number {
  const wanted = Date.parse(day) + minutes * 60_000;
  const offset = (at: number) => {
    const stamp = `${localDayOf(at, zone)}T${timeName(new Date(at).toISOString(), zone)}Z`;
    return Date.parse(stamp) - (at - (at % 60_000));
  };
  const first = wanted - offset(wanted);
  const second = wanted - offset(first);
  // In the hour that is skipped, the two differ: the later one is after the change.
  return Math.max(first, second);
}
