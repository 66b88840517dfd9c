import { nextWorkdayAt } from '../../functions/porting/local-day.ts';
import type { ServiceDescription } from './description.ts';
import { type Sleep, sleep as sleepFor } from './sleep.ts';

type Schedule = ServiceDescription['schedules'][number];

export interface ScheduleOptions {
  readonly schedules: readonly Schedule[];
  /** Replaces `everyMinutes` for a schedule without its own interval for a laptop, where a person is watching. */
  readonly everySeconds: number;
  /** When a schedule of working mornings runs: `HH:MM`, in an IANA time zone. */
  readonly morning: { readonly digestAt: string; readonly timezone: string };
  /** Must not reject. The next run of the same schedule waits for it. */
  readonly invoke: (functionName: string, input: unknown) => Promise<unknown>;
  readonly now?: () => number;
  readonly sleep?: Sleep;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * Runs schedules until stopped: those with an interval at once (or a while after the start) and then at that interval,
 * those with a time of day at that time, in UTC or on working mornings in a time zone.
 *
 * @returns a function that stops them; runs under way continue
 */
export function runSchedules(options: ScheduleOptions): () => void {
  const { schedules, everySeconds, morning, invoke, now = Date.now, sleep = sleepFor } = options;
  const stopped = new AbortController();
  const { signal } = stopped;

  async function until(time: number): Promise<void> {
    // In steps, because a machine that sleeps stops the timers' clock but not the day.
    for (let left = time - now(); left > 0; left = time - now()) await sleep(Math.min(left, MINUTE), signal);
  }

  async function run(schedule: Schedule): Promise<void> {
    const { function: name, runs, locally } = schedule;
    const { input } = locally ?? schedule;
    const timeAfter = locally ? undefined : timeOfDay(runs, morning);
    const interval = (locally?.everySeconds ?? everySeconds) * 1000;
    let next = timeAfter?.(now()) ?? now() + (locally?.afterSeconds ?? 0) * 1000;
    while (!signal.aborted) {
      await until(next);
      if (signal.aborted) return;
      const startedAt = now();
      await invoke(name, input);
      next = timeAfter?.(now()) ?? startedAt + interval;
    }
  }

  for (const schedule of schedules) {
    run(schedule).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
  return () => stopped.abort();
}

/** The first time after an instant at which a schedule runs; `undefined` for one with an interval. */
function timeOfDay(
  runs: Schedule['runs'],
  { digestAt, timezone }: ScheduleOptions['morning'],
): ((from: number) => number) | undefined {
  if (!runs || 'everyMinutes' in runs) return undefined;
  if ('dailyAt' in runs) return (from) => nextDaily(runs.dailyAt, from);
  return (from) => nextWorkdayAt(digestAt, timezone, from);
}

/** The first time after `from` that it is `HH:MM` in UTC. */
export function nextDaily(time: string, from: number): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const today = from - (from % DAY) + (hours * 60 + minutes) * MINUTE;
  return today > from ? today : today + DAY;
}
