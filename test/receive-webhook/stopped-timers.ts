import { vi } from 'vitest';

/** How long the function's client waits for one answer, and for a connection. */
const TIME_OUTS = [500, 300];

/**
 * The pauses of the function's client take no time, and its time-outs stand still: on a busy machine they would cause
 * attempts that no fault causes. Timers beyond the 2 s that Telnyx waits are the client's own warnings.
 *
 * @returns the pauses and time-outs that were set; `pass` makes the last time-out of a length pass, if there is one
 */
export function stopTimers() {
  const timer = globalThis.setTimeout;
  const pauses: number[] = [];
  const timeOuts: { milliseconds: number; act: () => void }[] = [];
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void, milliseconds = 0) => {
    if (!TIME_OUTS.includes(milliseconds)) {
      if (milliseconds <= Math.min(...TIME_OUTS)) pauses.push(milliseconds);
      return timer(act, milliseconds > 2_000 ? milliseconds : 0);
    }
    timeOuts.push({ milliseconds, act });
    return timer(() => {}, 0);
  }) as typeof setTimeout);
  function pass(length: number): boolean {
    const last = timeOuts.findLast(({ milliseconds }) => milliseconds === length);
    last?.act();
    return last !== undefined;
  }
  return { pauses, timeOuts, pass };
}
