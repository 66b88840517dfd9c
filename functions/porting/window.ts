/** A span of `created_at`, inclusive at both ends, in milliseconds since 1970. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

const MINUTE = 60_000;

/** No port-in event is older: Telnyx's porting API is younger. A first run lists from here. */
export const FIRST_EVENT_AT = Date.UTC(2015, 0, 1);

/**
 * How far a window reaches back behind the cursor: for rows that become visible late, clocks that differ by 10 minutes,
 * and payloads that are completed after their event was listed. The nightly run finds what comes even later.
 */
export const OVERLAP = 15 * MINUTE;

/**
 * How far a window stays behind the present. It makes the window closed: no new event appears in it while it is read.
 */
export const SETTLE = 5_000;

/** How far a run reaches back when the cursor is in the future, and so does not say what has not been listed. */
const AFTER_A_WRONG_CLOCK = 7 * 24 * 60 * MINUTE;

/** True when the cursor is in the future: a fast clock moved it there, and nothing has been listed since. */
export function isAhead(completeThrough: number | undefined, now: number): completeThrough is number {
  return completeThrough !== undefined && completeThrough > now;
}

/**
 * The window of a scheduled run.
 *
 * @param completeThrough the cursor: every event up to here is in the ledger; `undefined` before the first run
 * @returns a window that ends before the present
 */
export function scheduledWindow(completeThrough: number | undefined, now: number): Window {
  const reaches = isAhead(completeThrough, now) ? now - AFTER_A_WRONG_CLOCK : (completeThrough ?? 0) - OVERLAP;
  const from = Math.max(FIRST_EVENT_AT, reaches);
  return { from, to: Math.max(from, now - SETTLE) };
}

/**
 * The two halves of a window, or `undefined` when it is too narrow to be halved. They share the instant in the middle:
 * listing an event twice costs nothing, and a filter that Telnyx rounds cannot lose what lies between two instants.
 */
export function halves(window: Window): readonly [Window, Window] | undefined {
  const middle = Math.floor((window.from + window.to) / 2);
  if (middle <= window.from) return undefined;
  return [
    { from: window.from, to: middle },
    { from: middle, to: window.to },
  ];
}
