/**
 * `npm run test:api-fuzz`: Schemathesis against the whole service as `npm start` runs it, generated from
 * docs/openapi.yaml. SEED gives other cases, CASES more or fewer.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endBundler } from '../../infra/local/bundle.ts';
import { type Local, startLocal } from '../../infra/local/local.ts';
import { readSettings } from '../../infra/local/settings.ts';
import { createKeys } from '../../infra/local/simulator/webhooks.ts';
import { ensurePython } from '../python/environment.ts';
import { fuzz, type Outcome, packages } from './schemathesis.ts';
import { openSigningDoor } from './signing-door.ts';

const seed = Number(process.env.SEED ?? 1);
const cases = Number(process.env.CASES ?? 120);
const ACCOUNT = 47;
/** What the examples in docs/openapi.yaml name. */
const EXAMPLE_FILE = '232cbd946176.js';
const EXAMPLE_ORDER = 'dcec50b4-55f2-4501-9fcd-f028ddba81d9';

const bin = await ensurePython(packages);
const folder = await mkdtemp(join(tmpdir(), 'api-fuzz-'));
const lines: string[] = [];

const opened: { close(): Promise<void> }[] = [];
const local = await startLocal(
  readSettings({ PORT: '0', DATA_DIR: folder, SYNC_INTERVAL_SECONDS: '86400', SEED: String(ACCOUNT) }),
  {
    log: (line) => lines.push(line),
    // Otherwise Telnyx's rate limit would answer most republishes, and nothing else would be tested.
    simulator: { ordersPerMinute: 0, speed: 0.001, requestsPerSecond: Number.POSITIVE_INFINITY },
  },
);
await endBundler();

try {
  await synced(local);
  const description = await describedWith({
    [EXAMPLE_ORDER]: await anOrder(local),
    [EXAMPLE_FILE]: await aFile(local),
  });
  const common = { bin, description, token: local.tokens.operate, seed, cases, folder };
  let judged = report('every operation', await fuzz({ ...common, url: local.url }), [
    'GET /v2/porting/events',
    'GET /v2/porting/events/{id}',
    'POST /v2/porting/events/{id}/republish',
    'GET /v2/arrivals',
    'GET /v2/orders',
    'GET /v2/orders/summary',
    'GET /v2/orders/{id}',
    'GET /v2/orders/{id}/events',
    'GET /v2/gaps',
    'GET /v2/rejections',
    'GET /v2/webhook-deliveries/failed',
    'GET /v2/republish-jobs',
    'POST /v2/republish-jobs',
    'GET /v2/republish-jobs/{id}',
    'GET /v2/sync-runs',
    'POST /v2/sync-runs',
    'GET /v2/sync-runs/{id}',
    'GET /v2/status',
    'GET /health',
    'GET /',
    'GET /console/{file}',
  ]);

  const door = await openSigningDoor(local.url, createKeys(ACCOUNT));
  opened.push(door);
  // A signed request is never refused because of its content, and the door also signs unsigned cases.
  const except = ['negative_data_rejection', 'missing_required_header'];
  const webhooks = { ...common, cases: 3 * cases, url: door.url, operationId: 'receiveWebhook', except };
  judged += report('signed webhooks', await fuzz(webhooks), ['POST /webhooks/telnyx']);
  console.log(`  ${[...door.results].map(([result, count]) => `${count} ${result}`).join(', ')}`);
  for (const result of ['stored', 'rejected']) {
    if (!door.results.has(result)) throw new Error(`No webhook was ${result}: the cases say nothing`);
  }
  console.log(`afterwards: ${await readAll(local)} events can be listed and shown`);
  console.log(`no failure (SEED=${seed} CASES=${cases})`);
  console.log(`${judged} passed, 0 failed`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(
    `what the functions said of errors:\n${lines.filter((line) => /error|problem/i.test(line)).join('\n')}`,
  );
  console.error(`repeat it with SEED=${seed} CASES=${cases}`);
  process.exitCode = 1;
} finally {
  for (const one of opened) await one.close();
  await local.stop();
  await rm(folder, { recursive: true, force: true });
}

/** The id of an order that the ledger holds, once it has folded one. */
async function anOrder({ url, tokens }: Local): Promise<string> {
  for (let tries = 0; tries < 150; tries += 1) {
    const answer = await fetch(`${url}/v2/orders`, { headers: { authorization: `Bearer ${tokens.read}` } });
    const [order] = ((await answer.json()) as { data: { id: string }[] }).data;
    if (order) return order.id;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('The ledger has no order 30 s after its first sync');
}

/** The name of the console's script, which has a hash in it. */
async function aFile({ url }: Local): Promise<string> {
  const page = await (await fetch(url)).text();
  const [, name] = /src="\/console\/([^"]+)"/.exec(page) ?? [];
  if (!name) throw new Error('The console loads no script');
  return name;
}

/**
 * A copy of docs/openapi.yaml whose examples name what there is: most combinations of the list's filters are refused,
 * so the fuzzer would hardly ever learn an order's id from it, and no answer in JSON names a file of the console.
 */
async function describedWith(there: Readonly<Record<string, string>>): Promise<string> {
  let described = await readFile(join(import.meta.dirname, '../../docs/openapi.yaml'), 'utf8');
  for (const [example, name] of Object.entries(there)) {
    if (!described.includes(example)) throw new Error(`docs/openapi.yaml has no example with ${example}`);
    described = described.replaceAll(example, name);
  }
  const path = join(folder, 'openapi.yaml');
  await writeFile(path, described);
  return path;
}

async function synced({ url }: Local): Promise<void> {
  for (let tries = 0; tries < 150; tries += 1) {
    const health = (await (await fetch(`${url}/health`)).json()) as { last_sync_status: string };
    if (health.last_sync_status === 'complete') return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('The first sync has not come to its end within 30 s');
}

/** The number of cases. If an operation never succeeded, the run has only tested its refusals. */
function report(what: string, { cases, seconds, accepted }: Outcome, operations: readonly string[]): number {
  console.log(`${what}: ${cases} cases in ${Math.round(seconds)} s, no failure`);
  for (const operation of operations) {
    console.log(`  ${operation}: ${accepted[operation] ?? 0} valid ones answered with a success`);
  }
  const refused = operations.filter((operation) => !accepted[operation]);
  if (refused.length > 0) throw new Error(`No valid case was answered with a success: ${refused.join(', ')}`);
  return cases;
}

/** Whatever was delivered, the ledger can still be read. */
async function readAll({ url, tokens }: Local): Promise<number> {
  const get = async (target: string) => {
    const answer = await fetch(url + target, { headers: { authorization: `Bearer ${tokens.read}` } });
    if (answer.status !== 200) throw new Error(`GET ${target} is answered with ${answer.status}`);
    return (await answer.json()) as { data: { id: string }[]; meta: { total_pages: number; total_results: number } };
  };
  let read = 0;
  for (let number = 1; ; number += 1) {
    const { data, meta } = await get(`/v2/porting/events?page[size]=100&page[number]=${number}`);
    for (const { id } of data) await get(`/v2/porting/events/${encodeURIComponent(id)}`);
    read += data.length;
    if (number < meta.total_pages) continue;
    if (read !== meta.total_results) throw new Error(`${read} of ${meta.total_results} events were listed`);
    return read;
  }
}
