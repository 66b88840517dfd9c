import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from './stub-functions.ts';

const script = resolve('infra/local/start.ts');

interface Started {
  readonly child: ChildProcess;
  readonly said: { stdout: string; stderr: string };
  /** The exit code. */
  readonly ended: Promise<number>;
}

function start(environment: Record<string, string>, args: readonly string[] = [script]): Started {
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

async function startReady(environment: Record<string, string>): Promise<Started & { url: string }> {
  const started = start(environment);
  await vi.waitFor(() => expect(started.said.stdout).toMatch(/^ready /m), { timeout: 30_000 });
  return { ...started, url: /^ready (\S+)$/m.exec(started.said.stdout)?.[1] ?? '' };
}

describe('the start command', () => {
  it('stops at a bad setting with one line and no more', async () => {
    const { said, ended } = start({ PORT: 'many' });
    expect(await ended).toBe(1);
    expect(said).toEqual({ stdout: '', stderr: 'PORT is "many": set it to a whole number from 0 to 65535\n' });
  });

  it('shows random tokens once, and stops at Ctrl-C', async () => {
    const DATA_DIR = await temporaryFolder();
    const { child, said, ended, url } = await startReady({ DATA_DIR });
    expect(said.stdout.match(/^API_(READ|OPERATE)_TOKEN=\S{32}$/gm)).toHaveLength(2);
    expect(said.stdout).toContain(`data ${DATA_DIR}\n`);
    expect(said.stdout).toContain('upstream Telnyx simulator ');
    expect(said.stdout).toContain(`bus ${url}/_local/bus\n`);
    for (const path of ['/health', '/_local/bus']) expect((await fetch(url + path)).status).toBe(200);

    const second = start({ DATA_DIR });
    expect(await second.ended).toBe(1);
    expect(second.said.stderr).toMatch(/^DATA_DIR is in use by another npm start: .*\n$/);

    const began = performance.now();
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(said.stderr).toBe('');
  });

  it('does not show chosen tokens or the API key, and says what is missing', async () => {
    const chosen = {
      API_READ_TOKEN: 'a-read-token-nobody-sees',
      API_OPERATE_TOKEN: 'an-operate-token-nobody-sees',
      TELNYX_API_KEY: 'KEY-nobody-sees',
      TELNYX_BASE_URL: 'http://127.0.0.1:9/v2',
    };
    const { child, said, ended } = await startReady({ DATA_DIR: await temporaryFolder(), ...chosen });
    expect(said.stdout).toContain('upstream http://127.0.0.1:9/v2\n');
    expect(said.stdout).toContain('webhooks are refused until TELNYX_PUBLIC_KEY is set\n');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(said.stdout + said.stderr).not.toContain('nobody-sees');
  });

  it('lets a running sync finish for some seconds, unless Ctrl-C is pressed again', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => {
      silent.closeAllConnections();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    const upstream = { TELNYX_API_KEY: 'KEY0', TELNYX_BASE_URL: `http://127.0.0.1:${port}/v2` };
    const { child, ended } = await startReady({ DATA_DIR: await temporaryFolder(), ...upstream });
    const began = performance.now();
    child.kill('SIGINT');
    await wait(100);
    // npm passes the same one on.
    child.kill('SIGINT');
    await wait(900);
    expect(child.exitCode).toBeNull();
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(performance.now() - began).toBeLessThan(2500);
  });

  it('stops when npm, which had started it, is gone', async () => {
    const DATA_DIR = await temporaryFolder();
    const shell = start({ DATA_DIR, npm_lifecycle_event: 'start' }, [
      '--eval',
      `require('node:child_process').spawn(process.execPath, [${JSON.stringify(script)}], { stdio: 'inherit' })`,
    ]);
    await vi.waitFor(() => expect(shell.said.stdout).toMatch(/^ready /m), { timeout: 30_000 });
    shell.child.kill('SIGKILL');
    // The pipes are closed once the inner process is gone too.
    await shell.ended;
    expect(shell.said.stdout).toMatch(/^stopping$/m);
  });

  it('says in one line that Node is too old', async () => {
    const code = `Object.defineProperty(process.versions, 'node', { value: '20.19.0' }); require(${JSON.stringify(
      resolve('infra/local/node-version.cjs'),
    )})`;
    const { said, ended } = start({}, ['--eval', code]);
    expect(await ended).toBe(1);
    expect(said.stderr).toMatch(/^port-in-ledger needs Node 24 and this is 20\.19\.0: .*\n$/);
  });
});
