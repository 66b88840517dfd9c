import { setImmediate as turn } from 'node:timers/promises';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that only the test moves, by milliseconds. */
export function stoppedClock(start = 0) {
  let now = start;
  let sleepers: Sleeper[] = [];
  const asked: number[] = [];

  function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    asked.push(milliseconds);
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const sleeper = { until: now + milliseconds, wake: resolve };
      sleepers.push(sleeper);
      signal.addEventListener('abort', () => {
        sleepers = sleepers.filter((one) => one !== sleeper);
        reject(signal.reason);
      });
    });
  }

  /** Each sleeper that is due wakes, one after the other, and runs before the next one wakes. */
  async function pass(milliseconds: number): Promise<void> {
    const end = now + milliseconds;
    for (;;) {
      await turn();
      const [next] = sleepers.filter(({ until }) => until <= end).toSorted((a, b) => a.until - b.until);
      if (!next) break;
      sleepers = sleepers.filter((one) => one !== next);
      now = Math.max(now, next.until);
      next.wake();
    }
    now = end;
  }

  return {
    now: () => now,
    sleep,
    pass,
    /** All requested sleeps, in order. */
    asked,
    /** The time that each current sleeper has left, shortest first. */
    asleep: () => sleepers.map(({ until }) => until - now).toSorted((a, b) => a - b),
  };
}
