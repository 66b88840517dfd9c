/** npm passes on a signal that the terminal has already sent to the whole group, so one Ctrl-C may come twice. */
const SAME_SIGNAL_MS = 500;
const PARENT_LOOKED_FOR_MS = 250;
const STOP_MS = 4700;

export interface StopOptions {
  /** What is done before the process ends. */
  readonly stop: () => unknown;
  readonly log: (line: string) => void;
  /** A stop ends after this many milliseconds whatever hangs, then with exit code 1; 4700 by default. */
  readonly stopWithinMs?: number;
  readonly process?: Pick<NodeJS.Process, 'env' | 'exit' | 'on' | 'ppid'>;
}

/**
 * Ends the process with 0 at SIGINT, at SIGTERM and, when npm has started it, at npm's own end, once `stop` is done.
 * Another SIGINT ends it at once.
 */
export function stopAtSignals({ stop, log, stopWithinMs = STOP_MS, process = globalThis.process }: StopOptions): void {
  let stoppingSince: number | undefined;

  async function end(): Promise<void> {
    if (stoppingSince !== undefined) return;
    stoppingSince = Date.now();
    log('stopping');
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    await stop();
    process.exit(0);
  }

  process.on('SIGINT', () => {
    if (stoppingSince !== undefined && Date.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(130);
    return end();
  });
  process.on('SIGTERM', end);
  if (process.env.npm_lifecycle_event) {
    // A SIGTERM to npm ends npm and its shell but never arrives here, so the loss of the parent counts as the signal.
    const { ppid } = process;
    setInterval(() => process.ppid !== ppid && end(), PARENT_LOOKED_FOR_MS).unref();
  }
}
