const MINUTE = 60_000;
/** The list is known up to the present while the cursor is at most this far behind, or four intervals if that is more. */
const WITHIN = 20 * MINUTE;

/**
 * Whether the list is known up to a moment ago.
 *
 * @param completeThrough how far it is known completely; milliseconds since 1970, as `now`
 * @param interval milliseconds between two scheduled runs
 */
export function isNearPresent(completeThrough: number | undefined, interval: number, now: number): boolean {
  if (completeThrough === undefined) return false;
  const behind = now - completeThrough;
  // Only a wrong clock moves the cursor into the future.
  return behind >= 0 && behind <= Math.max(WITHIN, 4 * interval);
}
