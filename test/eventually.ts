import { setTimeout as sleep } from 'node:timers/promises';

/** The real one, also while a test has put timers of its own in its place. */
const pause = sleep;

/** Before vitest ends the test, so that what is reported is what was awaited. */
const GIVEN_UP_AFTER = 10 * 60_000;

/**
 * Waits until `check` no longer throws, however slow the machine is, and gives what it returned. It only gives up on what has hung, with what
 * `check` threw last.
 */
export async function eventually<Result>(check: () => Result | Promise<Result>, every = 10): Promise<Result> {
  const began = performance.now();
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() - began > GIVEN_UP_AFTER) throw error;
    }
    await pause(every);
  }
}
