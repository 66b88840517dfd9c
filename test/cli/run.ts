import { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../infra/cli/clock.ts';
import { runCommandLine } from '../../infra/cli/command-line.ts';
import { Interrupted } from '../../infra/cli/interrupt.ts';
// The calendar stands still, so no answer is late because this machine is busy.
import '../own-time.ts';
import { type StubLedger, TOKEN } from './stub-ledger.ts';

/** How a command ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs in this process, without a terminal, on a clock of its own. */
export interface Running {
  readonly said: { stdout: string; stderr: string };
  readonly ended: Promise<Ran>;
  /** The pauses that it has made, in milliseconds. They take no time: only its own clock advances. */
  readonly pauses: readonly number[];
  /** What Ctrl-C does. */
  readonly interrupt: () => void;
}

/** Starts a command with nothing else in its environment, and this on standard input. */
export function begin(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  input: readonly string[] = [],
): Running {
  const said = { stdout: '', stderr: '' };
  const into = (name: keyof typeof said) =>
    new Writable({
      decodeStrings: false,
      write(chunk, _, done) {
        said[name] += chunk;
        done();
      },
    }) as unknown as NodeJS.WriteStream;
  const pauses: number[] = [];
  const interrupting = new AbortController();
  const interrupt = () => interrupting.abort(new Interrupted());
  onTestFinished(interrupt);
  const surroundings = {
    environment,
    stdin: Readable.from(input) as unknown as NodeJS.ReadStream,
    stdout: into('stdout'),
    stderr: into('stderr'),
    clock: clockOf(pauses),
    untilInterrupted: () => interrupting.signal,
  };
  const ended = runCommandLine(args, surroundings).then((code) => ({ code, ...said }));
  return { said, ended, pauses, interrupt };
}

function clockOf(pauses: number[]): Clock {
  let now = Date.now();
  return {
    now: () => now,
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      pauses.push(milliseconds);
      now += milliseconds;
    },
  };
}

/** The settings that make a command call a stub. */
export function settingsFor(ledger: StubLedger): Readonly<Record<string, string>> {
  return { LEDGER_URL: ledger.url, LEDGER_TOKEN: TOKEN };
}

/** Runs a command against a stub to its end. */
export function run(ledger: StubLedger, ...args: readonly string[]): Promise<Ran> {
  return begin(args, settingsFor(ledger)).ended;
}
