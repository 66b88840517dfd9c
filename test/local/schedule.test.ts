import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { nextDaily, runSchedules, type ScheduleOptions } from '../../infra/local/schedule.ts';
import { stoppedClock } from './clock.ts';

const often = { name: 'often', function: 'sync', runs: { everyMinutes: 5 }, input: { a: 1 } } as const;
const own = { ...often, locally: { everySeconds: 1, input: { here: true } } } as const;
const nightly = { name: 'nightly', function: 'sync', runs: { dailyAt: '03:17' }, input: { days: 7 } } as const;

const workdays = { name: 'digest', function: 'notify', runs: { workdaysAt: 'digestAt' }, input: {} } as const;
const morning = { digestAt: '08:00', timezone: 'Europe/Berlin' };

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;

/** Schedules on a clock of their own. */
function run(options: Partial<ScheduleOptions>, clock = stoppedClock()) {
  const { now, sleep, pass } = clock;
  const invoke = vi.fn<ScheduleOptions['invoke']>(async () => {});
  const stop = runSchedules({ schedules: [often], everySeconds: 15, morning, invoke, now, sleep, ...options });
  onTestFinished(stop);
  return { invoke, stop, pass };
}

describe('schedule', () => {
  it('runs an interval at once and then again and again, with its input', async () => {
    const { invoke, pass } = run({ everySeconds: 600 });
    await pass(0);
    expect(invoke).toHaveBeenCalledTimes(1);
    await pass(600 * SECOND - 1);
    expect(invoke).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(invoke).toHaveBeenCalledTimes(2);
    await pass(1200 * SECOND);
    expect(invoke.mock.calls).toEqual(Array(4).fill(['sync', { a: 1 }]));
  });

  it('uses its own interval and input, whatever the common interval is', async () => {
    for (const schedule of [own, { ...nightly, locally: own.locally }]) {
      const { invoke, pass } = run({ schedules: [schedule], everySeconds: 600 });
      await pass(3 * SECOND);
      expect(invoke.mock.calls).toEqual(Array(4).fill(['sync', { here: true }]));
    }
    const seldom = { ...own, locally: { ...own.locally, everySeconds: 600 } };
    const { invoke, pass } = run({ schedules: [seldom], everySeconds: 1 });
    await pass(599 * SECOND);
    expect(invoke).toHaveBeenCalledTimes(1);
  });

  it('begins a while after the start where it says so', async () => {
    const after = { ...own, locally: { ...own.locally, everySeconds: 10, afterSeconds: 3 } };
    const { invoke, pass } = run({ schedules: [after] });
    await pass(3 * SECOND - 1);
    expect(invoke).toHaveBeenCalledTimes(0);
    await pass(1);
    expect(invoke).toHaveBeenCalledTimes(1);
    await pass(10 * SECOND);
    expect(invoke).toHaveBeenCalledTimes(2);
  });

  it('waits for a run before it starts the next of the same schedule', async () => {
    const clock = stoppedClock();
    let running = 0;
    let most = 0;
    let finished = 0;
    const { pass } = run(
      {
        everySeconds: 1,
        invoke: async () => {
          running += 1;
          most = Math.max(most, running);
          await clock.sleep(5 * SECOND, new AbortController().signal);
          running -= 1;
          finished += 1;
        },
      },
      clock,
    );
    await pass(16 * SECOND);
    expect([finished, most]).toEqual([3, 1]);
  });

  it('runs a daily schedule at its time of day, and not at the start', async () => {
    const { invoke, pass } = run({ schedules: [nightly] }, stoppedClock(Date.UTC(2026, 10, 23, 3, 16, 59, 700)));
    await pass(299);
    expect(invoke).not.toHaveBeenCalled();
    await pass(1);
    expect(invoke.mock.calls).toEqual([['sync', { days: 7 }]]);
    await pass(DAY - 1);
    expect(invoke).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(invoke).toHaveBeenCalledTimes(2);
  });

  it('runs on working mornings at the time of the setting, in its time zone', async () => {
    // A Friday, half a second before eight in Berlin.
    const { invoke, pass } = run({ schedules: [workdays] }, stoppedClock(Date.UTC(2026, 10, 27, 6, 59, 59, 500)));
    await pass(499);
    expect(invoke).not.toHaveBeenCalled();
    await pass(1);
    expect(invoke.mock.calls).toEqual([['notify', {}]]);
    await pass(3 * DAY - 1);
    expect(invoke).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(invoke).toHaveBeenCalledTimes(2);
  });

  it('starts nothing once stopped', async () => {
    const { invoke, stop, pass } = run({});
    await pass(20 * SECOND);
    expect(invoke).toHaveBeenCalledTimes(2);
    stop();
    await pass(DAY);
    expect(invoke).toHaveBeenCalledTimes(2);
  });

  it('finds the next time of day in UTC', () => {
    const at = (text: string): number => Date.parse(text);
    expect(nextDaily('03:17', at('2026-11-23T03:16:59.999Z'))).toBe(at('2026-11-23T03:17:00Z'));
    expect(nextDaily('03:17', at('2026-11-23T03:17:00Z'))).toBe(at('2026-11-24T03:17:00Z'));
    expect(nextDaily('00:00', at('2026-12-31T23:59:00Z'))).toBe(at('2027-01-01T00:00:00Z'));
  });
});
