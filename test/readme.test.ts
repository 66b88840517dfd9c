import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from './eventually.ts';

const readme = await readFile('README.md', 'utf8');
const [, session = ''] = /```console\n([\s\S]*?)```/.exec(readme) ?? [];

/** The session's commands by name, such as `status`, each with the lines that the README shows for it. */
const shown = new Map(
  [...session.matchAll(/^\$ npm run --silent ledger -- (\w+)\n((?:(?!\$ ).*\n)*)/gm)].map(([, command, lines = '']) => [
    command,
    lines.split('\n').filter((line) => line !== ''),
  ]),
);

/** A line of `tail`. The README shortens ids. */
const TAIL = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \w+ .*order=[0-9a-f]{6}\S+ event=([0-9a-f]{6}\S+) by (webhook|list)/;

describe('the README', () => {
  test('has at most 90 lines of at most 100 columns', () => {
    const lines = readme.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(90);
    expect(lines.filter((line) => [...line].length > 100)).toEqual([]);
  });

  test('begins with the benefit for the reader, and has one command to try it', () => {
    expect(readme).toMatch(/^# port-in-ledger\n\n\*\*Stop watching the Telnyx portal\.\*\*/);
    const [, trial = ''] = /## Try it\n[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(trial).toBe('npm ci && npm start\n');
  });
});

interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** The exit code. */
  readonly ended: Promise<number | null>;
}

/** Runs a script of package.json, as a user does, in its own process group. */
function npm(args: readonly string[], environment: Readonly<Record<string, string>>): Running {
  const child = spawn('npm', args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  onTestFinished(() => {
    if (child.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  return { child, output: () => output, ended: once(child, 'close').then(([code]) => code) };
}

test('npm start and the command line do what the README shows, and SIGTERM stops them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'readme-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const unset = { API_READ_TOKEN: '', API_OPERATE_TOKEN: '', TELNYX_API_KEY: '' };
  const ledger = npm(['start'], { PORT: '0', DATA_DIR: folder, ...unset });
  const said = (pattern: RegExp): Promise<string> => {
    const found = eventually(() => {
      expect(ledger.output()).toMatch(pattern);
      return pattern.exec(ledger.output())?.[1] ?? '';
    });
    return Promise.race([found, ledger.ended.then(() => expect.fail(`npm start has ended: ${ledger.output()}`))]);
  };
  const LEDGER_URL = await said(/^ready (http:\/\/127\.0\.0\.1:\d+)$/m);
  const LEDGER_TOKEN = await said(/^API_OPERATE_TOKEN=(\S+)$/m);
  await said(/sync +complete/);
  const command = (...args: string[]) =>
    npm(['run', '--silent', 'ledger', '--', ...args], { LEDGER_URL, LEDGER_TOKEN });
  // On a slow machine a function may give up on the engine or the simulator.
  const succeeded = (...args: string[]) =>
    eventually(async () => {
      const { output, ended } = command(...args);
      expect(await ended).toBe(0);
      return output();
    }, 1000);

  expect([...shown.keys()]).toEqual(['status', 'tail']);
  const status = (await succeeded('status')).split('\n');
  for (const line of shown.get('status') ?? []) {
    const [beginning = ''] = /^\w+(?: \w+)* {2,}|.*/.exec(line) ?? [];
    expect(status).toContainEqual(expect.stringMatching(new RegExp(`^${beginning}`)));
  }

  for (const line of shown.get('tail') ?? []) expect(line).toMatch(TAIL);
  const tail = command('tail');
  const event = await eventually(() => TAIL.exec(tail.output())?.[1] ?? expect.fail('tail shows nothing yet'));
  tail.child.kill('SIGTERM');
  await tail.ended;

  await succeeded('republish', event);
  await said(new RegExp(`(republish sent) +event=${event}`));
  const answer = await fetch(`${LEDGER_URL}/health`);
  expect(await answer.json()).toEqual({
    last_complete_sync_age_seconds: expect.any(Number),
    last_sync_status: expect.any(String),
  });

  ledger.child.kill('SIGTERM');
  // 1 if it takes longer than a stop may.
  expect([0, 1]).toContain(await ledger.ended);
  expect(ledger.output()).toMatch(/^stopping$/m);
});
