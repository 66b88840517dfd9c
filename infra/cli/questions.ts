import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { read } from 'read';
import { EXIT, Failure } from './failure.ts';

/** Where questions are answered and shown. */
export interface Desk {
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Someone sits at a terminal. */
export function canAsk({ stdin, stderr }: Desk): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** Asks on standard error. Anything but yes means no, Ctrl-C and the end of the input included. */
export async function agreed({ stdin, stderr }: Desk, question: string): Promise<boolean> {
  const asking = createInterface({ input: stdin, output: stderr });
  try {
    const closed = new Promise<string>((resolve) => asking.once('close', () => resolve('')));
    const answer = await Promise.race([asking.question(question), closed]);
    return /^\s*y(es)?\s*$/i.test(answer);
  } finally {
    asking.close();
  }
}

/**
 * A secret that nobody may see: typed at a terminal, where it is not shown, or all of standard input.
 *
 * @returns empty when nothing was given
 * @throws {Failure} after Ctrl-C
 */
export async function askSecret(desk: Desk, prompt: string): Promise<string> {
  const { stdin, stderr } = desk;
  if (!canAsk(desk)) return stdin.isTTY ? '' : (await text(stdin)).trim();
  // The prompt does not notice the end of the input, but then nothing reads the input any more.
  const ended = new Promise<string>((resolve) => stdin.once('pause', () => setImmediate(resolve, '')));
  try {
    return (await Promise.race([read({ prompt, silent: true, input: stdin, output: stderr }), ended])).trim();
  } catch {
    // Ctrl-C is the only thing that it throws for.
    throw new Failure(EXIT.interrupted, 'Ended by Ctrl-C: run it again at any time.');
  } finally {
    // Whoever typed Enter saw nothing happen.
    stderr.write('\n');
  }
}
