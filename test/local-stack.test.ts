import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Telnyx } from 'telnyx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Local, startLocal } from '../infra/local/local.ts';
import type { Delivery } from '../infra/local/notice-board.ts';
import { readSettings } from '../infra/local/settings.ts';
import { routes, webhook } from '../infra/service.ts';
import { eventually } from './eventually.ts';

/**
 * The whole service as `npm start` runs it (bundles, embedded engine on disk, gateway, schedule). The simulated account
 * loses, duplicates and delays webhooks.
 */
let local: Local;
let folder: string;
const lines: string[] = [];
const ID = '00000000-0000-4000-8000-000000000000';

/** A configured engine may contain the tables of an earlier run; another seed uses other tables. */
function engine(): Record<string, string> {
  const { DYNAMODB_ENDPOINT } = process.env;
  return DYNAMODB_ENDPOINT ? { DYNAMODB_ENDPOINT, SEED: String(randomInt(2 ** 31)) } : {};
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-stack-'));
  const settings = readSettings({ PORT: '0', DATA_DIR: folder, SYNC_INTERVAL_SECONDS: '2', ...engine() });
  local = await startLocal(settings, {
    log: (line) => lines.push(line),
    simulator: {
      order: 'shuffled',
      ordersPerMinute: 120,
      speed: 200_000,
      losses: 0.3,
      duplicates: 0.3,
      latenessMs: 1_000,
      // A slow machine's late answers cause no second attempt and no failed delivery.
      timeoutMs: 10 * 60_000,
      retriesAfterMs: Array(100).fill(1_000),
    },
  });
});

afterAll(async () => {
  await local?.stop();
  await rm(folder, { recursive: true, force: true });
});

const client = (token: string) => new Telnyx({ apiKey: token, baseURL: `${local.url}/v2`, maxRetries: 0 });
const url = (path: string) => local.url + path.replace('{id}', ID);

async function listed() {
  const events = [];
  for await (const event of client(local.tokens.read).porting.events.list({ 'page[size]': 100 })) events.push(event);
  return events;
}

describe('the whole service under losses, duplicates and late webhooks', () => {
  test('in the end nothing is lost or unexpected, and every record is as Telnyx lists it', async () => {
    const simulator = local.simulator;
    if (!simulator) throw new Error('there is no simulator');
    await eventually(() => expect(simulator.deliveries.length).toBeGreaterThan(100));
    await simulator.pause();

    const upstream = new Map(simulator.events().map((event) => [event.id, event]));
    await eventually(async () => {
      const ledger = await listed();
      const lost = [...upstream.keys()].filter((id) => !ledger.some((event) => event.id === id));
      const unexpected = ledger.filter((event) => !upstream.has(event.id ?? ''));
      expect({ lost, unexpected, twice: ledger.length - new Set(ledger.map(({ id }) => id)).size }).toEqual({
        lost: [],
        unexpected: [],
        twice: 0,
      });
      for (const event of ledger) {
        const { ledger: _, ...record } = event as typeof event & { ledger: unknown };
        expect(record).toEqual(upstream.get(event.id ?? ''));
      }
    }, 500);

    const outcomes = simulator.deliveries.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'lost').length).toBeGreaterThan(10);
    // On a busy machine DynamoDB may answer too late for the function. It then answers 503, and Telnyx's next attempt
    // arrives.
    const failed = simulator.deliveries.filter(({ outcome }) => outcome === 'failed');
    expect(failed.filter(({ status }) => status !== 503)).toEqual([]);
    const delivered = new Set(
      simulator.deliveries.filter(({ outcome }) => outcome === 'delivered').map(({ id }) => id),
    );
    expect(failed.filter(({ id }) => !delivered.has(id))).toEqual([]);
    const seenBy = (await listed()).map(
      (event) => (event as unknown as { ledger: { first_seen_by: string } }).ledger.first_seen_by,
    );
    expect(seenBy.filter((by) => by === 'webhook').length).toBeGreaterThan(10);
    expect(seenBy.filter((by) => by === 'list').length).toBeGreaterThan(10);
  });

  test('a republish makes Telnyx send again, and the ledger counts both', async () => {
    const [event] = await client(local.tokens.read)
      .porting.events.list({ filter: { type: 'porting_order.status_changed' }, 'page[size]': 1 })
      .then(({ data }) => data);
    const id = event?.id ?? '';
    const shown = async () => {
      const { data } = await client(local.tokens.read).porting.events.retrieve(id);
      return (data as unknown as { ledger: { webhook_deliveries: number; republish_count: number } }).ledger;
    };
    const before = await shown();
    await client(local.tokens.operate).porting.events.republish(id);
    // A webhook that got a 503 may still have been counted.
    await eventually(async () => {
      const after = await shown();
      expect(after.republish_count).toBe(before.republish_count + 1);
      expect(after.webhook_deliveries).toBeGreaterThan(before.webhook_deliveries);
    });
    expect(lines.some((line) => line.includes('republish sent') && line.includes(id))).toBe(true);
  });

  test('what people would get is shown and goes nowhere: the digest as a mail, for Slack and for Teams', async () => {
    const { payload } = await local.invoke('notify-people', { digest: true });
    expect(JSON.parse(payload ?? '')).toEqual({ digest: true });
    const answer = (await (await fetch(`${local.url}/_local/notices`)).json()) as { data: Delivery[] };
    const digests = answer.data.filter((delivery) => JSON.stringify(delivery).includes('Porting, '));
    expect(digests.map(({ channel }) => channel).sort()).toEqual(['mail', 'slack', 'teams']);
    expect(lines.filter((line) => /notice {4}Porting, \w{3} \d+ \w{3}: /.test(line))).toHaveLength(1);
  });

  test('each webhook and each sync run has a log line, and no line contains a token', () => {
    expect(lines.some((line) => /webhook {3}stored +porting_order\./.test(line))).toBe(true);
    expect(lines.some((line) => /sync {6}complete +\d+ seen/.test(line))).toBe(true);
    for (const token of Object.values(local.tokens)) expect(lines.join('\n')).not.toContain(token);
  });
});

const named = (those: typeof routes) => those.map((route) => [`${route.method} ${route.path}`, route] as const);
const statusOf = async (method: string, path: string, token?: string) =>
  (await fetch(url(path), { method, headers: token ? { authorization: `Bearer ${token}` } : {} })).status;

test.each(named(routes.filter(({ token }) => token === 'none')))('%s needs no token', async (_, { method, path }) => {
  // No file of the page has the name `{file}`.
  const status = path.includes('{') ? 404 : 200;
  expect(await statusOf(method, path)).toBe(status);
  expect(await statusOf(method, path, 'wrong-wrong-wrong-wrong')).toBe(status);
});

test.each(
  named(routes.filter(({ token }) => token !== 'none')),
)('%s accepts an operate token, and refuses a wrong token or none', async (_, { method, path }) => {
  expect(await statusOf(method, path)).toBe(401);
  expect(await statusOf(method, path, 'wrong-wrong-wrong-wrong')).toBe(401);
  // 422: a POST without a body is authorized and then refused.
  expect([200, 404, 422]).toContain(await statusOf(method, path, local.tokens.operate));
});

test.each(
  named(routes.filter(({ method }) => method === 'GET')),
)('%s also accepts HEAD, with the same answer but no body', async (_, { path, function: name }) => {
  // The simulated Telnyx may answer one request for its log of deliveries and fail the next.
  const tokens = ['wrong-wrong-wrong-wrong', ...(name === 'query-deliveries' ? [] : [local.tokens.read])];
  for (const token of tokens) {
    const ask = (method: string) => fetch(url(path), { method, headers: { authorization: `Bearer ${token}` } });
    const [get, head] = [await ask('GET'), await ask('HEAD')];
    expect([head.status, head.headers.get('content-type')]).toEqual([get.status, get.headers.get('content-type')]);
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(0);
    expect(await head.text()).toBe('');
  }
});

test.each(named(routes.filter(({ token }) => token === 'operate')))('%s refuses a read token', async (_, {
  method,
  path,
}) => {
  expect(await statusOf(method, path, local.tokens.read)).toBe(403);
});

test('the webhook path accepts only POST, and only from Telnyx', async () => {
  const get = await fetch(url(webhook.path));
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  expect((await fetch(url(webhook.path), { method: 'POST', body: '{}' })).status).toBe(401);
});
