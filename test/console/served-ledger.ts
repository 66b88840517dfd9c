/** The process in which the ledger of these tests lives, with a simulated account whose life stands still. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endBundler } from '../../infra/local/bundle.ts';
import { startLocal } from '../../infra/local/local.ts';
import { readSettings } from '../../infra/local/settings.ts';
import { live } from './account.ts';
import type { Served } from './start.ts';

const SEED = 1;

const folder = await mkdtemp(join(tmpdir(), 'console-'));
const lines: string[] = [];
const local = await startLocal(
  readSettings({ PORT: '0', DATA_DIR: folder, SYNC_INTERVAL_SECONDS: '86400', GRACE_MINUTES: '0', SEED: String(SEED) }),
  {
    log: (line) => lines.push(line),
    loadSeconds: 3_600,
    // Nothing happens that a test does not do.
    simulator: { ordersPerMinute: 0, speed: 0.001, requestsPerSecond: Number.POSITIVE_INFINITY, timeoutMs: 600_000 },
  },
);
await endBundler();

process.once('disconnect', async () => {
  await local.stop();
  await rm(folder, { recursive: true, force: true });
  process.exit();
});

try {
  await live(local, SEED);
} catch (error) {
  console.error(lines.join('\n'));
  throw error;
}
process.send?.({ url: local.url, tokens: local.tokens } satisfies Served);
