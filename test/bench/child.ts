import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A process that has sent a message, and a way to end it. */
export interface Child<Message> {
  readonly said: Message;
  readonly end: () => void;
}

/**
 * Forks a module of a benchmark and waits for the single message that it sends. Its standard output stays out of the
 * report.
 *
 * @throws {Error} when it ends without a message: a benchmark must not wait for a dead process
 */
export async function forked<Message>(file: string, ...args: readonly string[]): Promise<Child<Message>> {
  const child = fork(file, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [said] = (await Promise.race([once(child, 'message'), endOf(child, file)])) as [Message];
  return { said, end: () => child.kill() };
}

async function endOf(child: ChildProcess, file: string): Promise<never> {
  const [code, signal] = await once(child, 'exit');
  throw new Error(`${file} ended with ${code ?? signal} before it had measured anything.`);
}
