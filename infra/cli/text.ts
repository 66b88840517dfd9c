import { stripVTControlCharacters } from 'node:util';

/** Control characters, line separators and marks that change the direction of text: none may reach a terminal. */
const STEERING = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A value in one line, empty when there is none. Foreign text must not control the terminal. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return stripVTControlCharacters(text).replaceAll(STEERING, ' ').replaceAll(/ {2,}/g, ' ').trim();
}

/** A text of several lines that cannot control the terminal. */
export function harmless(text: string): string {
  const lines = stripVTControlCharacters(text).replaceAll(STEERING, (one) => (/[\r\n]/.test(one) ? one : ' '));
  return lines.replaceAll(/\r(?!\n)|\ufeff/g, '');
}

/** A value as JSON that is safe to show: escapes what JSON allows and a terminal would obey. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(STEERING, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** An instant for people, in UTC: `2026-11-23 09:18:14`. Empty for none; unchanged if it is not an instant. */
export function instant(value: unknown): string {
  const text = shown(value);
  const at = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d/.test(text) || Number.isNaN(at)) return text;
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

/** A number of seconds in the one unit that fits: `45 s`, `12 min`, `5 h`, `3 d`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 2 * 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 48 * 3600) return `${Math.floor(whole / 3600)} h`;
  return `${Math.floor(whole / 86_400)} d`;
}

/** How far an instant is from now: `3 h ago`, `in 12 d`; empty when there is none. */
export function distance(value: unknown, now = Date.now()): string {
  const seconds = (Date.parse(shown(value)) - now) / 1000;
  if (Number.isNaN(seconds)) return '';
  return seconds > 0 ? `in ${duration(seconds)}` : `${duration(-seconds)} ago`;
}

/** `1 order`, `2 orders`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Enough of a UUID to see which rows have the same one. */
const SHORT_ID = 8;

/** The beginning of an id, where there is no room for all of it: `dcec50b4…`. */
export function shortId(id: string): string {
  return id.length > SHORT_ID + 1 ? `${id.slice(0, SHORT_ID)}…` : id;
}

/** A text of at most this many characters, which shows that it was cut. */
export function beginning(text: string, length: number): string {
  // Not half of a character.
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1)).replace(/[\ud800-\udbff]$/, '')}…`;
}
