import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

export interface Started {
  readonly child: ChildProcess;
  readonly said: { stdout: string; stderr: string };
  /** The exit code. */
  readonly ended: Promise<number>;
}

/** Runs Node with these arguments until the test ends. The environment is PATH, a free PORT, and what is given. */
export function startProcess(args: readonly string[], environment: Record<string, string> = {}): Started {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, args, { env: { PATH, PORT: '0', ...environment }, stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    said.stdout += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said.stderr += chunk;
  });
  return { child, said, ended: once(child, 'close').then(([code]) => code as number) };
}
