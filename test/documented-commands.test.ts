import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../infra/cli/failure.ts';
import { type Local, startLocal } from '../infra/local/local.ts';
import { readSettings } from '../infra/local/settings.ts';
import { documentedCommands } from './documented/commands.ts';
import { WAYS, type Way } from './documented/ways.ts';
import { eventually } from './eventually.ts';

function wayOf(command: string): Way | undefined {
  return WAYS.find(([pattern]) => pattern.test(command))?.[1];
}

const commands = [...new Set(documentedCommands.map(({ text: one }) => one))];
const goingBy = (way: Way) => commands.filter((command) => wayOf(command) === way);

test('every command in the documents is run by a test, or has a reason why not', () => {
  expect(commands.length).toBeGreaterThan(50);
  expect(documentedCommands.filter(({ text: command }) => wayOf(command) === undefined)).toEqual([]);
});

test('every way has a command, and a test where it names one', () => {
  for (const [pattern, way] of WAYS) {
    expect(
      commands.filter((command) => pattern.test(command)),
      `${pattern}`,
    ).not.toEqual([]);
    if (typeof way === 'object' && 'by' in way) expect(existsSync(way.by), way.by).toBe(true);
  }
});

test.each(goingBy('in CI'))('CI runs %s', (command) => {
  const ci = readFileSync('.ci/run', 'utf8');
  const projects = readFileSync('vitest.config.ts', 'utf8');
  for (const line of command.split('\n')) {
    const [, script] = /^npm (ci|test|run [\w:-]+)/.exec(line) ?? [];
    if (script !== undefined) {
      expect(ci).toMatch(new RegExp(`^npm ${script}( |$)`, 'm'));
      continue;
    }
    // All tests run there, so those of a project, a file or a folder do.
    const parts = [...line.matchAll(/ --project (\w+)| (test\/\S+)/g)];
    expect(line.startsWith('npx vitest ') && parts.length, line).toBeGreaterThan(0);
    for (const [, project, file] of parts) {
      if (project !== undefined) expect(projects).toContain(`name: '${project}'`);
      if (file !== undefined) expect(existsSync(file), file).toBe(true);
    }
  }
});

describe('against a ledger on this machine', () => {
  let local: Local;
  let folder: string;
  let found: { readonly order: string; readonly event: string };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'documented-'));
    local = await startLocal(readSettings({ PORT: '0', DATA_DIR: folder, SEED: '1', GRACE_MINUTES: '0' }), {
      log: () => {},
    });
    const asked = async (path: string) => {
      const answer = await fetch(local.url + path, { headers: { authorization: `Bearer ${local.tokens.read}` } });
      return ((await answer.json()) as { data: readonly { id: string }[] }).data[0]?.id ?? '';
    };
    found = await eventually(async () => {
      const [order, event] = await Promise.all([asked('/v2/orders'), asked('/v2/porting/events')]);
      if (order === '' || event === '') throw new Error('the first sync has not ended');
      return { order, event };
    }, 500);
  });

  afterAll(async () => {
    await local.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(goingBy('here'))('%s', async (command) => {
    const { order, event } = found;
    const typed = command
      .replaceAll(/\bnpm run (--silent )?ledger -- /g, `"${process.execPath}" "${resolve('infra/cli/ledger.ts')}" `)
      .replaceAll(/\border ID\b/g, `order ${order}`)
      .replaceAll(/\bEVENT\b/g, event);
    // On a slow machine a function may give up on the engine, and the ledger cannot be asked (5) for a moment.
    const { code, said } = await eventually(async () => {
      const ran = await bash(typed, folder);
      if (ran.code === EXIT.unreachable) throw new Error(ran.said);
      return ran;
    }, 1_000);
    // Simulated webhooks get lost, and status says so with 1.
    expect(/ status$/.test(command) ? [EXIT.fine, EXIT.bad] : [EXIT.fine], said).toContain(code);
  });

  async function bash(command: string, cwd: string): Promise<{ code: number | null; said: string }> {
    const { url, tokens } = local;
    const env = { PATH: process.env.PATH, HOME: cwd, LEDGER_URL: url, LEDGER_TOKEN: tokens.operate, NO_COLOR: '1' };
    const child = spawn('bash', ['-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((ended) => child.once('close', ended)),
    ]);
    return { code, said: out + err };
  }
});
