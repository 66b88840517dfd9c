import { setTimeout as sleep } from 'node:timers/promises';

/** The real timer, even while a test has replaced the timers. */
const pause = sleep;

/** Shorter than vitest's limit for a test, so that the report shows what was awaited. */
const GIVEN_UP_AFTER = 10 * 60_000;

/**
 * Waits until `check` no longer throws, however slow the machine is, and returns its result. Gives up only if something
 * hangs, and then throws the last error of `check`.
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
