import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { COMMAND, ENVIRONMENT } from './process.ts';

// The `script` of util-linux gives a command a terminal. Other systems have a different tool of this name, or none.
export const hasTerminal = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

export interface Sitting {
  readonly child: ChildProcess;
  readonly seen: { all: string };
  /** Types as a user does. */
  readonly type: (keys: string) => void;
  readonly ended: Promise<number | null>;
}

export interface SittingOptions {
  readonly columns?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A user at a terminal with this many columns. */
export function sitAt(args: readonly string[], { columns = 100, environment = {} }: SittingOptions = {}): Sitting {
  const command = [...COMMAND, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', `stty cols ${columns}; exec ${command}`, '/dev/null'], {
    env: { ...ENVIRONMENT, TERM: 'xterm', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const seen = { all: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    seen.all += chunk;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, seen, type: (keys) => void child.stdin.write(keys), ended };
}
