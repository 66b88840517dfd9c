import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Ran } from './run.ts';

/** `npm run ledger` without npm. */
export const COMMAND = [process.execPath, resolve('infra/cli/ledger.ts')] as const;

/** The environment of every process. Compiling the command takes most of its time, so it is done once. */
export const ENVIRONMENT = {
  PATH: process.env.PATH ?? '',
  NODE_COMPILE_CACHE: join(tmpdir(), 'port-in-ledger-compiled'),
} as const;

export interface Running {
  readonly child: ChildProcess;
  readonly said: { stdout: string; stderr: string };
  readonly ended: Promise<Ran>;
}

/** The command line as a process of its own, without a terminal. */
export function start(args: readonly string[], environment: Readonly<Record<string, string>>): Running {
  const [node, script] = COMMAND;
  const child = spawn(node, [script, ...args], {
    env: { ...ENVIRONMENT, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    said.stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said.stderr += chunk;
  });
  return { child, said, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, ...said })) };
}
