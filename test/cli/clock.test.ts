import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { systemClock } from '../../infra/cli/clock.ts';

vi.mock('node:timers/promises', { spy: true });

it('the clock of a process is the real one: pauses take their time, or end with their signal', async () => {
  const before = Date.now();
  const now = systemClock.now();
  const after = Date.now();
  expect([before, now, after].toSorted((one, other) => one - other)).toEqual([before, now, after]);
  await systemClock.sleep(2);
  expect(sleep).toHaveBeenCalledExactlyOnceWith(2, undefined, undefined);
  const controller = new AbortController();
  const pause = systemClock.sleep(3_600_000, controller.signal);
  controller.abort();
  await expect(pause).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
});
