import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { nextDaily, runSchedules, type ScheduleOptions } from '../../infra/local/schedule.ts';

const often = { name: 'often', function: 'sync', runs: { everyMinutes: 5 }, input: { a: 1 } } as const;
const own = { ...often, locally: { everySeconds: 0.05, input: { here: true } } } as const;
const nightly = { name: 'nightly', function: 'sync', runs: { dailyAt: '03:17' }, input: { days: 7 } } as const;

function run(options: Partial<ScheduleOptions>): () => void {
  const stop = runSchedules({ schedules: [often], everySeconds: 0.1, invoke: async () => {}, ...options });
  onTestFinished(stop);
  return stop;
}

describe('schedule', () => {
  it('runs an interval at once and then again and again, with its input', async () => {
    const invoke = vi.fn(async () => {});
    run({ everySeconds: 600, invoke });
    await vi.waitFor(() => expect(invoke).toHaveBeenCalledTimes(1));
    run({ everySeconds: 0.1, invoke });
    await vi.waitFor(() => expect(invoke.mock.calls.length).toBeGreaterThan(3), 5000);
    expect(invoke).toHaveBeenCalledWith('sync', { a: 1 });
  });

  it('runs in the interval and with the input that are meant for this host, whatever the common interval is', async () => {
    for (const schedule of [own, { ...nightly, locally: own.locally }]) {
      const invoke = vi.fn(async () => {});
      run({ schedules: [schedule], everySeconds: 600, invoke });
      await vi.waitFor(() => expect(invoke.mock.calls.length).toBeGreaterThan(3), 2000);
      const inputs = invoke.mock.calls.map((call: unknown[]) => JSON.stringify(call));
      expect(new Set(inputs)).toEqual(new Set(['["sync",{"here":true}]']));
    }
    const often = vi.fn(async () => {});
    run({ schedules: [{ ...own, locally: { ...own.locally, everySeconds: 600 } }], everySeconds: 0.02, invoke: often });
    await wait(200);
    expect(often).toHaveBeenCalledTimes(1);
  });

  it('waits for a run before it starts the next of the same schedule', async () => {
    let running = 0;
    let most = 0;
    let finished = 0;
    run({
      everySeconds: 0.01,
      invoke: async () => {
        running += 1;
        most = Math.max(most, running);
        await wait(50);
        running -= 1;
        finished += 1;
      },
    });
    await vi.waitFor(() => expect(finished).toBeGreaterThan(2), 5000);
    expect(most).toBe(1);
  });

  it('runs a time of day then, and not at the start', async () => {
    const invoke = vi.fn(async () => {});
    const began = Date.now();
    const clock = (): number => Date.UTC(2026, 10, 23, 3, 16, 59, 700) + (Date.now() - began);
    run({ schedules: [nightly], invoke, now: clock });
    await wait(100);
    expect(invoke).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(invoke).toHaveBeenCalledWith('sync', { days: 7 }), 2000);
    await wait(300);
    expect(invoke).toHaveBeenCalledTimes(1);
  });

  it('starts nothing once stopped', async () => {
    const invoke = vi.fn(async () => {});
    const stop = run({ everySeconds: 0.02, invoke });
    await vi.waitFor(() => expect(invoke).toHaveBeenCalled());
    stop();
    const calls = invoke.mock.calls.length;
    await wait(100);
    expect(invoke).toHaveBeenCalledTimes(calls);
  });

  it('finds the next time of day in UTC', () => {
    const at = (text: string): number => Date.parse(text);
    expect(nextDaily('03:17', at('2026-11-23T03:16:59.999Z'))).toBe(at('2026-11-23T03:17:00Z'));
    expect(nextDaily('03:17', at('2026-11-23T03:17:00Z'))).toBe(at('2026-11-24T03:17:00Z'));
    expect(nextDaily('00:00', at('2026-12-31T23:59:00Z'))).toBe(at('2027-01-01T00:00:00Z'));
  });
});
