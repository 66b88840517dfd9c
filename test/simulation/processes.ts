import { AsyncLocalStorage } from 'node:async_hooks';
import type { Random } from '../../infra/local/simulator/random.ts';
import type { Timeline } from './timeline.ts';

/** Where a simulated process runs. */
export interface Surroundings {
  readonly timeline: Timeline;
  /** Receives what it writes to standard output. */
  readonly onOutput: (process: Process, text: string) => void;
  readonly onDynamoDb: (process: Process, operation: string, input: object, signal?: AbortSignal) => Promise<unknown>;
  readonly onPutEvents: (process: Process, entries: readonly object[]) => Promise<unknown>;
  readonly onFetch: (process: Process, url: URL, init: RequestInit) => Promise<Response>;
}

/**
 * What happens to a process at one of its requests: it dies before or after the request takes effect, or stalls after
 * it.
 */
export interface Fate {
  /** Which request, from 1. */
  readonly request: number;
  readonly what: 'dies before' | 'dies after' | { readonly standsStillFor: number };
}

/** One invocation of a function. */
export interface Process {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly surroundings: Surroundings;
  readonly random: Random;
  readonly fate: Fate | undefined;
  /** Milliseconds that its clients wait for an answer. */
  readonly patience: number;
  requests: number;
  /** How often something failed that it may have to repeat. */
  failures: number;
  /** Milliseconds since 1970; `Infinity` while it runs. */
  endedAt: number;
  /** A dead process does nothing more: nothing that it awaits ever settles, and no clean-up runs. */
  dead: boolean;
  ended: boolean;
}

export type Ending<Result> =
  | { readonly how: 'done'; readonly result: Result }
  | { readonly how: 'threw'; readonly error: unknown }
  | { readonly how: 'died' };

const storage = new AsyncLocalStorage<Process>();

/** The process that runs now; `undefined` outside the simulated world. */
export const currentProcess = (): Process | undefined => storage.getStore();

export function inProcess<Result>(process: Process, work: () => Result): Result {
  return storage.run(process, work);
}

const endings = new WeakMap<Process, (ending: { how: 'died' }) => void>();

/** Starts a process. It is killed after `timeout` milliseconds, as Lambda does. */
export function start<Result>(
  about: Omit<Process, 'startedAt' | 'requests' | 'failures' | 'endedAt' | 'dead' | 'ended'> & {
    readonly timeout: number;
  },
  work: () => Promise<Result>,
): Promise<Ending<Result>> {
  const { timeout, ...rest } = about;
  const { timeline } = about.surroundings;
  const process: Process = {
    ...rest,
    startedAt: timeline.now(),
    requests: 0,
    failures: 0,
    endedAt: Infinity,
    dead: false,
    ended: false,
  };
  return new Promise((resolve) => {
    const end = (ending: Ending<Result>): void => {
      if (process.ended) return;
      process.ended = true;
      process.endedAt = timeline.now();
      timeline.touch();
      resolve(ending);
    };
    endings.set(process, end);
    timeline.after(timeout, () => (process.ended ? false : kill(process)));
    inProcess(process, async () => work()).then(
      (result) => end({ how: 'done', result }),
      (error: unknown) => end({ how: 'threw', error }),
    );
  });
}

/** Ends a process at once. */
export function kill(process: Process): void {
  process.dead = true;
  process.failures += 1;
  endings.get(process)?.({ how: 'died' });
}
