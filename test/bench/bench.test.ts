import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { calls } from './cost-handlers.ts';
import { startEngineProcess } from './engine.ts';
import { firstSync } from './first-sync.ts';
import { webhookWork } from './webhook-work.ts';

// How fast it is, is for `npm run bench` to say. That it still can say it, is tested: nothing else starts it.
test('the benchmarks measure', async () => {
  // A shell does not have it; vitest's configuration sets it.
  vi.stubEnv('LEDGER_NAME', '');
  // Compiling them takes most of these processes' time: once is enough.
  vi.stubEnv('NODE_COMPILE_CACHE', join(tmpdir(), 'port-in-ledger-compiled'));
  const parts = [firstSync({ events: 60, fewer: 20, rounds: 1 }), webhookWork({ rounds: 3 })];
  // When one of them fails, the other one still has to end its processes.
  await Promise.allSettled(parts);
  const measured = (await Promise.all(parts)).flat();
  expect(measured).toHaveLength(3);
  for (const { measured: ratio } of measured) expect(ratio).toSatisfy(Number.isFinite);
});

test('the bill can be measured: each handler has all that it is told', async () => {
  const engine = await startEngineProcess();
  try {
    const measured = await calls(engine.endpoint, { calls: 2, warmUp: 1, events: 60, listed: 40, alone: 5 });
    expect(measured.length).toBeGreaterThan(10);
    for (const { cpu } of measured) expect(cpu).toSatisfy(Number.isFinite);
  } finally {
    engine.end();
  }
});
