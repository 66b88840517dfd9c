import { setTimeout as sleepFor } from 'node:timers/promises';
import { isPassing, UpstreamError } from './upstream-error.ts';

/** The clock of the calls to Telnyx. Tests replace it. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export const systemClock: Clock = { now: Date.now, sleep: (milliseconds) => sleepFor(milliseconds) };

const ATTEMPTS = 5;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;

/** Calls Telnyx within its rate limit, and repeats a call when that may help. */
export interface Pace {
  /**
   * Waits for its turn, then calls; repeats a call that threw an {@link UpstreamError} for a passing reason.
   *
   * @param ready what must be done right before each call, such as renewing a lease; the call begins after it, and the
   *   next one is spaced from there
   */
  readonly call: <Answer>(ask: () => Promise<Answer>, ready?: () => Promise<void>) => Promise<Answer>;
  /** Delays every later call by this many seconds, at most 30, as an answer's headers asked. */
  readonly holdFor: (seconds: number) => void;
}

/**
 * Spaces calls evenly: at most `perSecond` start in a second, repeated ones included. A call that fails for a passing
 * reason is repeated up to 4 times. Each repeat waits as long as Telnyx asked, or else 0.5 s, doubled each time, with a
 * random part so that two accounts do not stay in step. If a pause would be over 30 s, or end after the deadline, the
 * call fails instead: the next run comes anyway. A later call waits as long as Telnyx asked, too.
 *
 * @param perSecond the share of this kind of work (porting/shares.ts)
 * @param deadline milliseconds since 1970; no pause may end after it
 */
export function pace(perSecond: number, deadline: () => number, clock: Clock = systemClock): Pace {
  const spacing = 1000 / perSecond;
  let nextStartAt = 0;

  async function turn(): Promise<void> {
    const wait = nextStartAt - clock.now();
    nextStartAt = Math.max(nextStartAt, clock.now()) + spacing;
    if (wait > 0) await clock.sleep(wait);
  }

  function pauseAfter(error: UpstreamError, attempt: number): number {
    if (error.retryAfterSeconds !== undefined) return error.retryAfterSeconds * 1000;
    return FIRST_PAUSE * 2 ** (attempt - 1) * (1 + Math.random() / 4);
  }

  function holdFor(seconds: number): void {
    nextStartAt = Math.max(nextStartAt, clock.now() + Math.min(seconds * 1000, LONGEST_PAUSE));
  }

  async function call<Answer>(ask: () => Promise<Answer>, ready?: () => Promise<void>): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      await turn();
      try {
        await ready?.();
        nextStartAt = Math.max(nextStartAt, clock.now() + spacing);
        return await ask();
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        // The next call may belong to another run.
        if (error.retryAfterSeconds !== undefined) holdFor(error.retryAfterSeconds);
        const pause = pauseAfter(error, attempt);
        const final = !isPassing(error) || attempt === ATTEMPTS;
        if (final || pause > LONGEST_PAUSE || clock.now() + pause >= deadline()) throw error;
        await clock.sleep(pause);
      }
    }
  }

  return { call, holdFor };
}
