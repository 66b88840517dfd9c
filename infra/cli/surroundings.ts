import { type Clock, systemClock } from './clock.ts';
import { untilInterrupted } from './interrupt.ts';

/** The environment of the command line. Tests supply their own. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly clock: Clock;
  /** Called by a command that handles Ctrl-C itself. Returns a signal that Ctrl-C aborts from now on. */
  readonly untilInterrupted: () => AbortSignal;
}

export const thisProcess: Surroundings = {
  environment: process.env,
  // To look at it is to open it, and most commands read nothing.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  untilInterrupted,
};
