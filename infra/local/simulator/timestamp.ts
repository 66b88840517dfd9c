import { millisecondsOf, timestamp } from '../../../functions/porting/timestamp.ts';

/** Microseconds since 1970 of an RFC 3339 date-time, further digits cut off; `undefined` if `text` is not one. */
export const toMicroseconds = (text: string): number | undefined => {
  const at = timestamp(text);
  return at === undefined ? undefined : millisecondsOf(at) * 1000 + Number(at.slice(23, 26));
};

/** Whole microseconds since 1970 as Telnyx writes them: `2024-06-11T18:52:47.972297Z`. */
export const fromMicroseconds = (microseconds: number): string => {
  const fraction = microseconds % 1_000_000;
  const second = new Date((microseconds - fraction) / 1000).toISOString().slice(0, 19);
  return `${second}.${String(fraction).padStart(6, '0')}Z`;
};
