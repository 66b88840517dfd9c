import { expect, test, vi } from 'vitest';
import { firstSync } from './first-sync.ts';
import { webhookWork } from './webhook-work.ts';

// How fast it is, is for `npm run bench` to say. That it still can say it, is tested: nothing else starts it.
test('the benchmarks measure', async () => {
  // A shell does not have it; vitest's configuration sets it.
  vi.stubEnv('LEDGER_NAME', '');
  const measured = [...(await firstSync({ events: 60, fewer: 20, rounds: 1 })), ...(await webhookWork({ rounds: 3 }))];
  expect(measured).toHaveLength(3);
  for (const { measured: ratio } of measured) expect(ratio).toSatisfy(Number.isFinite);
});
