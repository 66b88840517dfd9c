import type { Context } from './context.ts';
import { Failure } from './failure.ts';
import { Interrupted } from './interrupt.ts';
import { progressOn, type Step } from './progress.ts';

const LOOK_EVERY = 1_000;
const LONGEST_PAUSE = 30_000;
/** The work continues without being watched, so the ledger may fail to answer for this long. */
const OUT_OF_SIGHT = 5 * 60_000;

export interface Following<State> {
  /** Where the API shows it. */
  readonly path: string;
  readonly ended: (state: State) => boolean;
  readonly step: (state: State) => Step;
  /** Milliseconds between two looks; 1000 by default. */
  readonly every?: number;
}

/**
 * Watches work until it ends.
 *
 * @returns its result, or `undefined` when Ctrl-C ended the watching, which does not end the work
 * @throws {Failure} when the ledger refuses, or has not answered for 5 minutes
 */
export async function follow<State>(
  { api, surroundings }: Pick<Context, 'api' | 'surroundings'>,
  { path, ended, step, every = LOOK_EVERY }: Following<State>,
): Promise<State | undefined> {
  const { clock, stderr } = surroundings;
  const progress = progressOn(stderr, clock.now);
  const signal = surroundings.untilInterrupted();
  let seenAt = clock.now();
  try {
    for (;;) {
      let pause = every;
      try {
        const { data: state } = await api.get<{ data: State }>(path, {}, { signal, repeat: false });
        seenAt = clock.now();
        progress.show(step(state));
        if (ended(state)) return state;
      } catch (error) {
        if (!(error instanceof Failure) || !error.passes || clock.now() - seenAt > OUT_OF_SIGHT) throw error;
        progress.note(`${error.message}; still trying`);
        pause = pauseAfter(error, every);
      }
      await clock.sleep(pause, signal);
    }
  } catch (error) {
    if (signal.reason instanceof Interrupted) return undefined;
    throw error;
  } finally {
    progress.end();
  }
}

/** How long to wait after a temporary failure, in milliseconds. */
export function pauseAfter({ retryAfterSeconds = 0 }: Failure, least: number): number {
  return Math.min(LONGEST_PAUSE, Math.max(least, retryAfterSeconds * 1000));
}
