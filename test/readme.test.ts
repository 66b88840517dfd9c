import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from './eventually.ts';

/** A command of the README's session: what curl would be told, for a machine that has no curl. */
interface CurlCommand {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}

async function readmeSession(): Promise<readonly CurlCommand[]> {
  const readme = await readFile('README.md', 'utf8');
  const [, session = ''] = /```console\n([\s\S]*?)```/.exec(readme) ?? [];
  const commands = session.split('\n').filter((line) => line.startsWith('$ curl'));
  return commands.map((command) => {
    const [, header] = /-H "([^"]+)"/.exec(command) ?? [];
    const [name = '', value = ''] = header?.split(': ') ?? [];
    const [, url = ''] = /['"]?(localhost:3000[^'"\s]*)['"]?/.exec(command) ?? [];
    return { method: /-X (\w+)/.exec(command)?.[1] ?? 'GET', url, headers: header ? { [name]: value } : {} };
  });
}

test('npm start does what the README shows, and stops at SIGTERM', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'readme-'));
  const child = spawn('npm', ['start'], {
    env: { ...process.env, PORT: '0', DATA_DIR: folder, API_READ_TOKEN: '', API_OPERATE_TOKEN: '', TELNYX_API_KEY: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  onTestFinished(async () => {
    if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  const ended = once(child, 'exit');
  const said = async (pattern: RegExp): Promise<string> => {
    const found = eventually(() => {
      expect(output).toMatch(pattern);
      return pattern.exec(output)?.[1] ?? '';
    });
    return Promise.race([found, ended.then(() => expect.fail(`npm start has ended: ${output}`))]);
  };

  const origin = await said(/^ready (http:\/\/127\.0\.0\.1:\d+)$/m);
  const tokens: Record<string, string> = {
    READ: await said(/^API_READ_TOKEN=(\S+)$/m),
    OPERATE: await said(/^API_OPERATE_TOKEN=(\S+)$/m),
  };
  await said(/sync +complete/);

  let id = '';
  let order = '';
  const filled = (text: string) =>
    text
      .replace('localhost:3000', origin)
      .replace(/\$(READ|OPERATE)/, (_, name: string) => tokens[name] ?? '')
      .replace('$ID', id)
      .replace('$ORDER', order);
  const commands = await readmeSession();
  expect(commands.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'POST', 'GET']);
  const answers: { status: number; body: string }[] = [];
  for (const { method, url, headers } of commands) {
    const filledHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value)]));
    // On a slow machine a function may give up on the engine, or on the simulator.
    const { status, body } = await eventually(async () => {
      const answer = await fetch(filled(url), { method, headers: filledHeaders });
      const body = await answer.text();
      expect(answer.status, body).toBeLessThan(300);
      return { status: answer.status, body };
    }, 1000);
    answers.push({ status, body });
    const { data } = JSON.parse(body || '{}');
    const [first] = Array.isArray(data) ? data : [];
    id ||= first?.id ?? '';
    order ||= first?.porting_order_id ?? '';
  }
  const [health, list, timeline, republish, show] = answers;
  expect(JSON.parse(health?.body ?? '')).toEqual({
    last_complete_sync_age_seconds: expect.any(Number),
    last_sync_status: 'complete',
  });
  expect(JSON.parse(list?.body ?? '')).toMatchObject({
    data: [
      { event_type: 'porting_order.status_changed', ledger: { first_seen_by: expect.stringMatching(/webhook|list/) } },
    ],
    meta: { page_number: 1, page_size: 1, total_results: expect.any(Number) },
  });
  const ofOrder: { porting_order_id: string }[] = JSON.parse(timeline?.body ?? '').data;
  expect(ofOrder.length).toBeGreaterThan(0);
  expect(ofOrder.every(({ porting_order_id }) => porting_order_id === order)).toBe(true);
  expect(republish).toEqual({ status: 204, body: '' });
  const shown = JSON.parse(show?.body ?? '').data;
  expect(shown.id).toBe(id);
  // What was tried again is counted again.
  expect(shown.ledger.republish_count).toBeGreaterThan(0);
  await said(new RegExp(`(republish sent) +event=${id}`));
  await said(new RegExp(`webhook +(\\w+) +porting_order\\.status_changed .*event=${id}`));

  child.kill('SIGTERM');
  const [code] = await ended;
  // 1 when it has taken longer than a stop may.
  expect([0, 1]).toContain(code);
  expect(output).toMatch(/^stopping$/m);
});
