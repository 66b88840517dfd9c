import { type Clock, systemClock } from './clock.ts';
import { untilInterrupted } from './interrupt.ts';

/** What the command line finds around it. Tests run it with surroundings of their own. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly clock: Clock;
  /** Is called by what has another end than Ctrl-C, and gives what Ctrl-C aborts from now on. */
  readonly untilInterrupted: () => AbortSignal;
}

export const thisProcess: Surroundings = {
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  untilInterrupted,
};
