import { describe, expect, it } from 'vitest';
import { status, syncRun } from '../samples.ts';
import type { Answer } from '../stub-ledger.ts';
import { API_KEY, deployed, outcomesIn, SETUP, SYNCED, wordsOf } from './deployed.ts';

const withKey = { environment: { TELNYX_API_KEY: API_KEY } };
const run = (id: string, how: string, more: object = {}) =>
  syncRun(how, { id, trigger: 'schedule', from: '2015-01-01T00:00:00.000000Z', ...more });
const told = (sync: object): Answer => ({
  body: { data: status({ channels: [], sync: { ...status().sync, last_complete_at: null, ...sync } }) },
});
const complete = told({
  last_complete_at: '2026-11-20T10:00:00.000000Z',
  last_runs: [run('r2', 'complete', { inserted: 700 })],
});

describe('the first sync', () => {
  it('is begun at once, and followed to its end', async () => {
    const answers = [
      // The API is tried first.
      ...[told({ last_runs: [] }), told({ last_runs: [] }), told({ last_runs: [] })],
      told({ last_runs: [run('r2', 'running', { complete_through: '2020-12-15T00:00:00.000000Z' })], running: true }),
      complete,
    ];
    const { run: command, aws } = await deployed({ ...SYNCED, 'GET /v2/status': answers });
    const ran = await command([...SETUP, '--json'], withKey);
    expect([ran.code, outcomesIn(ran)['first sync']]).toEqual([0, 'done']);
    expect(aws.changes).toEqual(['PutSecretValue arn:key', 'Invoke sync']);
    expect(wordsOf(ran, 'first sync')).toBe(
      'complete: the ledger has all that Telnyx lists, up to 2026-11-20 09:59:55 UTC',
    );
    expect(ran.stderr).toMatch(/^waiting for the first sync to begin$/m);
  });

  it('shows how far it is', async () => {
    const half = told({ last_runs: [run('r2', 'running', { complete_through: '2020-12-15T00:00:00.000000Z' })] });
    const { run: command } = await deployed({ ...SYNCED, 'GET /v2/status': [half, half, half, complete] });
    const { stderr } = await command([...SETUP], withKey);
    expect(stderr).toMatch(/^50% {2}700 events read, all up to 2020-12-15 00:00:00 UTC$/m);
  });

  it('is begun again when a function did not have the key yet', async () => {
    const old = run('r0', 'failed', { error: 'nothing has been put into it yet.' });
    const early = run('r1', 'failed', { error: 'nothing has been put into it yet.' });
    const answers = [
      ...[told({ last_runs: [old] }), told({ last_runs: [old] })],
      // A failure of the time before setup says nothing.
      ...[told({ last_runs: [old] }), told({ last_runs: [early, old] }), complete],
    ];
    const { run: command, aws } = await deployed({ ...SYNCED, 'GET /v2/status': answers });
    const ran = await command([...SETUP, '--json'], withKey);
    expect([ran.code, outcomesIn(ran)['first sync']]).toEqual([0, 'done']);
    expect(aws.changes.filter((one) => one === 'Invoke sync')).toHaveLength(2);
    expect(ran.stderr).toContain('A run has failed: nothing has been put into it yet. Trying again in 35 s.\n');
  });

  it('fails with its error after three tries, and when no run begins', async () => {
    const failed = [1, 2, 3].map((number) => run(`f${number}`, 'failed', { error: 'Telnyx answered 500.' }));
    const grown = [0, 1, 2, 3].map((count) => told({ last_runs: failed.slice(0, count) }));
    const [none = complete] = grown;
    const thrice = await deployed({ ...SYNCED, 'GET /v2/status': [none, ...grown] });
    const ran = await thrice.run([...SETUP, '--json'], withKey);
    expect(ran.code).toBe(1);
    expect(wordsOf(ran, 'first sync')).toBe('the first sync failed: Telnyx answered 500.');
    const never = await deployed({ ...SYNCED, 'GET /v2/status': none });
    expect(wordsOf(await never.run([...SETUP, '--json'], withKey), 'first sync')).toMatch(/^no run has begun/);
  });

  it('can be left to itself', async () => {
    const { begin, ledger } = await deployed({ ...SYNCED, 'GET /v2/status': told({ last_runs: [] }) });
    const { ended, interrupt, said } = begin([...SETUP], [API_KEY]);
    const watching = setInterval(() => {
      if (said.stderr.includes('waiting for the first sync')) interrupt();
    });
    expect((await ended).code).toBe(130);
    clearInterval(watching);
    expect(said.stderr).toContain('the first sync continues');
    expect(ledger.asked.length).toBeGreaterThan(2);
  });
});
