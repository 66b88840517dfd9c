/** A span of `created_at`, inclusive at both ends, in milliseconds since 1970. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

const MINUTE = 60_000;

/** Before this no port-in event exists: Telnyx's porting API is younger. A first run lists from here. */
export const FIRST_EVENT_AT = Date.UTC(2015, 0, 1);

/**
 * How far a window reaches back behind the cursor: rows that become visible late, clocks that differ by 10 minutes, and payloads
 * that are completed after their event was listed. What comes later still is the nightly run's.
 */
export const OVERLAP = 15 * MINUTE;

/** How far a window stays behind the present, so that it is closed: no event is created in it any more while it is read. */
export const SETTLE = 5_000;

/**
 * The window of a scheduled run.
 *
 * @param completeThrough the cursor: every event up to here is in the ledger; `undefined` before the first run
 * @returns a window that ends before the present; never an inverted one, even when the clock was set back
 */
export function scheduledWindow(completeThrough: number | undefined, now: number): Window {
  const from = completeThrough === undefined ? FIRST_EVENT_AT : Math.max(FIRST_EVENT_AT, completeThrough - OVERLAP);
  return { from, to: Math.max(from, now - SETTLE) };
}

/**
 * The two halves of a window, or `undefined` when it is too narrow to be halved. They share the instant in the middle: listing one
 * event twice costs nothing, and a filter that Telnyx rounds to its own precision cannot lose what lies between two instants.
 */
export function halves(window: Window): readonly [Window, Window] | undefined {
  const middle = Math.floor((window.from + window.to) / 2);
  if (middle <= window.from || middle >= window.to) return undefined;
  return [
    { from: window.from, to: middle },
    { from: middle, to: window.to },
  ];
}
