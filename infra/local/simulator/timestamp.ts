const dateTime = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/;

/** Microseconds since 1970 of an RFC 3339 date-time, further digits cut off; `undefined` if `text` is not one. */
export const toMicroseconds = (text: string): number | undefined => {
  const found = dateTime.exec(text);
  if (!found) return undefined;
  const [, second, fraction = '', zone] = found;
  const milliseconds = Date.parse(`${second}${zone}`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
};

/** Whole microseconds since 1970 as Telnyx writes them: `2024-06-11T18:52:47.972297Z`. */
export const fromMicroseconds = (microseconds: number): string => {
  const fraction = microseconds % 1_000_000;
  const second = new Date((microseconds - fraction) / 1000).toISOString().slice(0, 19);
  return `${second}.${String(fraction).padStart(6, '0')}Z`;
};
