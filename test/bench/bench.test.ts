import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { bundleLoad } from './bundle-load.ts';
import { calls } from './cost-handlers.ts';
import { startEngineProcess } from './engine.ts';
import { firstSync } from './first-sync.ts';
import { orderLists } from './order-lists.ts';
import { growth, soak } from './soak.ts';
import { webhookWork } from './webhook-work.ts';

// `npm run bench` measures the speed. This test proves that the benchmarks still run: nothing else starts them.
test('the benchmarks measure', async () => {
  // Compiling takes most of these processes' time: once is enough.
  vi.stubEnv('NODE_COMPILE_CACHE', join(tmpdir(), 'port-in-ledger-compiled'));
  const parts = [
    firstSync({ events: 60, fewer: 20, rounds: 1 }),
    webhookWork({ rounds: 3 }),
    bundleLoad({ rounds: 1 }),
  ];
  // If one of them fails, the others must still end their processes.
  await Promise.allSettled(parts);
  const measured = (await Promise.all(parts)).flat();
  expect(measured).toHaveLength(6);
  for (const { measured: ratio } of measured) expect(ratio).toSatisfy(Number.isFinite);
});

test('the bill can be measured: each handler has its whole environment', async () => {
  const engine = await startEngineProcess();
  try {
    const measured = await calls(engine.endpoint, { calls: 2, warmUp: 1, events: 60, listed: 40, alone: 5 });
    expect(measured.length).toBeGreaterThan(10);
    for (const { cpu } of measured) expect(cpu).toSatisfy(Number.isFinite);
  } finally {
    engine.end();
  }
});

test('the lists of orders keep their number of requests', async () => {
  const engine = await startEngineProcess();
  try {
    for (const { what, measured, budget } of await orderLists(engine.endpoint, 400)) {
      expect({ what, measured }).toEqual({ what, measured: expect.toSatisfy((requests) => requests <= budget) });
    }
  } finally {
    engine.end();
  }
});

test('the soak sees the ledger of npm start, its memory and its disk', async () => {
  const samples = await soak({ minutes: 2, minute: 1_000, perSecond: 5 });
  expect(samples.map(({ minute }) => minute)).toEqual([1, 2]);
  for (const { memory, disk } of samples) {
    expect(memory).toBeGreaterThan(1024 ** 2);
    expect(disk).toBeGreaterThan(0);
  }
});

test('the soak compares with minute 2, and disk per event', () => {
  const sample = (minute: number, memory: number, disk: number) => {
    return { minute, memory, disk, stored: minute * 100, failed: 0 };
  };
  const samples = [sample(1, 1, 900), sample(2, 10, 200), sample(3, 13, 330), sample(4, 11, 400)];
  expect(growth(samples).map(({ what, measured }) => [what, measured.toFixed(2)])).toEqual([
    ['memory', '1.30'],
    ['disk per event', '1.10'],
  ]);
  expect(() => growth(samples.slice(0, 2))).toThrow('It takes more than 2 minutes');
});
