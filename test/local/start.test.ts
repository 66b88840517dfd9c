import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { startCommand } from '../../infra/local/start-command.ts';
import { eventually } from '../eventually.ts';
import { engineData } from './engine-data.ts';
import { closedGate } from './gate.ts';
import { type Started, startProcess as start } from './start-process.ts';
import { temporaryFolder } from './stub-functions.ts';

vi.mock('../../infra/local/start-command.ts', () => ({ startCommand: vi.fn() }));

const real = resolve('infra/local/start.ts');
const patient = resolve('test/local/start-patiently.ts');
const small = resolve('test/local/start-small.ts');

async function startReady(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<Started & { url: string }> {
  const started = start(args, environment);
  const { said, ended } = started;
  const ready = eventually(() => expect(said.stdout).toMatch(/^ready /m));
  await Promise.race([ready, ended.then(() => expect.fail(`It ended: ${said.stdout}${said.stderr}`))]);
  return { ...started, url: /^ready (\S+)$/m.exec(said.stdout)?.[1] ?? '' };
}

describe('the start command', () => {
  it('has its usual limits, and the real service', async () => {
    await import('../../infra/local/start.ts');
    expect(vi.mocked(startCommand).mock.calls).toEqual([[]]);
  });

  it('stops at a bad setting with one line and nothing else', async () => {
    const { said, ended } = start([real], { PORT: 'many' });
    expect(await ended).toBe(1);
    expect(said).toEqual({ stdout: '', stderr: 'PORT must be a whole number from 0 to 65535, not many\n' });
  });

  it('shows random tokens once, and stops at Ctrl-C', async () => {
    const DATA_DIR = await temporaryFolder();
    const { child, said, ended, url } = await startReady([patient], { DATA_DIR });
    expect(said.stdout.match(/^API_(READ|OPERATE)_TOKEN=\S{32}$/gm)).toHaveLength(2);
    expect(said.stdout).toContain(`data ${DATA_DIR}\n`);
    // Everything that it writes is there: the project's own folder may be read-only.
    expect(await readdir(join(DATA_DIR, 'functions'))).toContain('bootstrap.cjs');
    expect(said.stdout).toContain('upstream Telnyx simulator ');
    const [, operate] = /^API_OPERATE_TOKEN=(\S+)$/m.exec(said.stdout) ?? [];
    expect(said.stdout).toContain(`open ${url}/#token=${operate}\n`);
    expect(said.stdout).toContain(`bus ${url}/_local/bus\n`);
    expect(said.stdout).toContain(`notices ${url}/_local/notices\n`);
    // A function may give up on a slow engine.
    for (const path of ['/health', '/_local/bus']) {
      await eventually(async () => expect((await fetch(url + path)).status).toBe(200));
    }

    const second = start([small], { DATA_DIR });
    expect(await second.ended).toBe(1);
    expect(second.said.stderr).toMatch(/^DATA_DIR is in use by another npm start: .*\n$/);

    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(said.stderr).toBe('');
  });

  it('ignores AWS settings in files and variables', async () => {
    const HOME = await temporaryFolder();
    await mkdir(join(HOME, '.aws'));
    const lines = ['[default]', 'use_fips_endpoint = true', 'use_dualstack_endpoint = true', 'max_attempts = many'];
    await writeFile(join(HOME, '.aws/config'), lines.join('\n'));
    const flags = { AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'true', AWS_PROFILE: 'none' };
    const { said } = await startReady([patient], { DATA_DIR: await temporaryFolder(), HOME, ...flags });
    await eventually(() => expect(said.stdout).toMatch(/ webhook +stored /));
    expect(said.stderr).toBe('');
  });

  it('says in one line that data are damaged when only a read shows it', async () => {
    const DATA_DIR = await temporaryFolder();
    const path = join(DATA_DIR, 'dynamodb');
    await engineData(path);
    const ofTables = (await readdir(path)).filter((name) => name.endsWith('.ldb'));
    for (const name of ofTables) await writeFile(join(path, name), Buffer.alloc(9_999, 7));
    const { said, ended } = start([patient], { DATA_DIR });
    expect(await ended).toBe(1);
    expect(said.stderr).toMatch(/^The data in \S+ are damaged \(.*\): put a copy of this folder in its place, .*\n$/);
  });

  it('does not show the owner’s tokens or API key, and says what is missing', async () => {
    const chosen = {
      API_READ_TOKEN: 'a-read-token-nobody-sees',
      API_OPERATE_TOKEN: 'an-operate-token-nobody-sees',
      TELNYX_API_KEY: 'KEY-nobody-sees',
      TELNYX_BASE_URL: 'http://127.0.0.1:9/v2',
    };
    const { child, said, ended } = await startReady([patient], { DATA_DIR: await temporaryFolder(), ...chosen });
    expect(said.stdout).toContain('upstream http://127.0.0.1:9/v2\n');
    expect(said.stdout).toContain('webhooks are refused until TELNYX_PUBLIC_KEY is set\n');
    expect(said.stdout).toMatch(/^open http:\/\/127\.0\.0\.1:\d+\/$/m);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(said.stdout + said.stderr).not.toContain('nobody-sees');
  });

  /** Ctrl-C is pressed while a sync waits for the gate. */
  async function stopDuringSync() {
    const gate = await closedGate();
    const upstream = { TELNYX_API_KEY: 'KEY0', TELNYX_BASE_URL: gate.url };
    const started = await startReady([small], { DATA_DIR: await temporaryFolder(), ...upstream });
    await eventually(() => expect(gate.waiting()).toBe(1));
    started.child.kill('SIGINT');
    await eventually(() => expect(started.said.stdout).toMatch(/^stopping$/m));
    return { ...started, gate };
  }

  it('lets a running sync finish', async () => {
    const { said, ended, gate } = await stopDuringSync();
    gate.open();
    expect(await ended).toBe(0);
    expect(said.stdout).toMatch(/ sync +finished$/m);
  });

  it('does not wait when Ctrl-C is pressed again', async () => {
    const { child, said } = await stopDuringSync();
    // A second signal soon after the first may count as the same one.
    await eventually(() => {
      child.kill('SIGINT');
      expect(child.exitCode).toBe(130);
    }, 100);
    expect(said.stdout).not.toContain('finished');
  });

  it('stops when the npm that started it is gone', async () => {
    const file = JSON.stringify(small);
    const code = `require('node:child_process').spawn(process.execPath, [${file}], { stdio: 'inherit' })`;
    const environment = { DATA_DIR: await temporaryFolder(), npm_lifecycle_event: 'start' };
    const shell = await startReady(['--eval', code], environment);
    shell.child.kill('SIGKILL');
    // The pipes close once the inner process is gone too.
    await shell.ended;
    expect(shell.said.stdout).toMatch(/^stopping$/m);
  });

  it('says in one line that Node is too old', async () => {
    const code = `Object.defineProperty(process.versions, 'node', { value: '20.19.0' }); require(${JSON.stringify(
      resolve('infra/local/node-version.cjs'),
    )})`;
    const { said, ended } = start(['--eval', code]);
    expect(await ended).toBe(1);
    expect(said.stderr).toMatch(/^port-in-ledger needs Node 24 and this is 20\.19\.0: .*\n$/);
  });
});
