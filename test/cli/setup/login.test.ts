import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { syncRun } from '../samples.ts';
import { cursorPages, TOKEN } from '../stub-ledger.ts';
import { deployed, SYNCED } from './deployed.ts';

const LOGIN = ['login', '--stack', 'PortInLedger'] as const;
const routes = { ...SYNCED, 'GET /v2/sync-runs': cursorPages([syncRun('complete')]) };

describe('login', () => {
  it('keeps address and token for later commands, in a file for its owner alone', async () => {
    const { run, home } = await deployed(routes);
    const path = join(home, '.config/port-in-ledger/connection.json');
    const { code, stdout, stderr } = await run(LOGIN);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(path);
    expect(stdout).not.toContain(TOKEN);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await run(['runs'])).code).toBe(0);
  });

  it('keeps it in XDG_CONFIG_HOME where that is set, and replaces a file that anyone may read', async () => {
    const { run, home, ledger } = await deployed(routes);
    const folder = join(home, 'elsewhere/port-in-ledger');
    const path = join(folder, 'connection.json');
    await mkdir(folder, { recursive: true });
    await writeFile(path, 'rubbish');
    await chmod(path, 0o644);
    const xdg = { environment: { XDG_CONFIG_HOME: join(home, 'elsewhere') } };
    expect((await run(['runs'], xdg)).stderr).toBe(
      `${path} cannot be read as a connection: log in again, or remove the file\n`,
    );
    expect((await run(LOGIN, xdg)).code).toBe(0);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ url: ledger.url, token: TOKEN });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await run(['runs'])).code).toBe(2);
  });

  it('keeps nothing when the ledger does not take the token', async () => {
    const { run, aws } = await deployed(routes);
    aws.secrets.set('arn:tokens', JSON.stringify({ generated: 'x'.repeat(64) }));
    expect((await run(LOGIN)).code).toBe(3);
    expect((await run(['runs'])).code).toBe(2);
    aws.secrets.set('arn:tokens', '{}');
    expect((await run(LOGIN)).stderr).toMatch(/has no read token and operate token/);
  });
});

describe('the kept connection', () => {
  it('gives way to LEDGER_URL and LEDGER_TOKEN, and its token goes to no other address', async () => {
    const { run, ledger } = await deployed(routes);
    await run(LOGIN);
    const before = ledger.asked.length;
    const elsewhere = { LEDGER_URL: 'http://127.0.0.1:9' };
    expect((await run(['runs'], { environment: { ...elsewhere, LEDGER_TOKEN: TOKEN } })).code).toBe(5);
    expect((await run(['runs'], { environment: elsewhere })).stderr).toMatch(/^LEDGER_TOKEN is not set/);
    expect((await run(['runs'], { environment: { LEDGER_URL: `${ledger.url}/` } })).code).toBe(0);
    const wrong = await run(['runs'], { environment: { LEDGER_URL: ledger.url, LEDGER_TOKEN: 'another-token-0123' } });
    expect(wrong.code).toBe(3);
    expect(ledger.asked).toHaveLength(before + 2);
  });

  it('is forgotten by logout, once', async () => {
    const { run } = await deployed(routes);
    await run(LOGIN);
    expect((await run(['logout'])).stdout).toBe('forgotten\n');
    expect((await run(['runs'])).code).toBe(2);
    expect((await run(['logout'])).stdout).toMatch(/^already/);
  });
});
