import type { Random } from '../../infra/local/simulator/random.ts';
import { aBatch } from '../wake-ups.ts';
import type { Engine } from './engine.ts';
import { EVERY, type Functions } from './functions.ts';
import type { Part, Plan } from './plan.ts';
import type { Timeline } from './timeline.ts';
import type { Truth } from './truth.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Covers payloads that take 20 minutes, rows that are listed 8 minutes late, and the last retries of webhooks. */
const SETTLES = 55 * MINUTE;
/** Webhooks may be a day late, and their last retry comes later still. */
const LATEST_WEBHOOK = 29 * 60 * MINUTE;

interface World {
  readonly plan: Plan;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly isOut: (part: Part) => boolean;
  readonly functions: Functions;
  readonly engine: Engine;
  readonly truth: Truth;
}

/** Runs the functions on their schedules, through the faults and until the world is at rest. */
export async function runSchedule(world: World): Promise<void> {
  const { plan, timeline, random, isOut, functions } = world;
  const settled = plan.calm + SETTLES;

  const scheduled = (at: number, run: () => Promise<unknown>): void => {
    if (at < plan.begins) return;
    timeline.at(at, () => {
      if (isOut('schedule')) return false;
      void run();
      // Scheduler starts each run at least once.
      if (timeline.now() < plan.calm && random.chance(plan.doubled))
        timeline.after(random.between(0, 2_000), () => void run());
    });
  };
  for (let at = plan.begins + random.between(0, EVERY); at < settled; at += EVERY)
    scheduled(at, () => functions.sync());
  for (let at = plan.begins + random.between(0, EVERY); at < settled; at += EVERY) scheduled(at, functions.sweep);
  /** The wake-up for a requested run, which the stream may lose or bring twice. */
  const wake = (): void => {
    if (isOut('stream') || random.chance(plan.stream.lost)) return;
    const times = random.chance(plan.stream.again) ? 2 : 1;
    for (let time = 0; time < times; time += 1)
      timeline.after(random.between(200, 3_000), () => void functions.sync(aBatch));
  };
  for (let extra = 0; extra < plan.extraRuns; extra += 1) {
    scheduled(random.between(plan.begins, plan.calm), async () => {
      await functions.request(random.pick([0.05, 0.5, 2, 40]));
      wake();
    });
  }

  const night = (begins: number): void => {
    timeline.at(begins + 180 * MINUTE, () => expire(world));
    scheduled(begins + 197 * MINUTE, () => functions.sync({ days: 7 }));
    for (let minute = 198; minute < 240; minute += 6) scheduled(begins + minute * MINUTE, () => functions.sync());
    // A payload that arrives with the nightly listing makes an event awaited again; check it before the row may expire.
    scheduled(begins + 240 * MINUTE, functions.sweep);
    // What the nightly run publishes is decided while the list has just been read.
    scheduled(begins + 284 * MINUTE, () => functions.sync());
    scheduled(begins + 287 * MINUTE, functions.closeDay);
    scheduled(begins + 294 * MINUTE, functions.sweep);
  };
  const today = Math.floor(plan.begins / DAY) * DAY;
  const last = Math.ceil((settled + LATEST_WEBHOOK) / DAY) * DAY;
  for (let midnight = today; midnight <= last; midnight += DAY) night(midnight);
  scheduled(last + 300 * MINUTE, () => functions.sync());
  // A run reads orders for a minute after it has ended.
  scheduled(last + 304 * MINUTE, functions.sweep);
  await timeline.runUntil(last + 313 * MINUTE);
}

/** Deletes expired rows, as DynamoDB eventually does. */
async function expire({ engine, timeline, truth }: World): Promise<void> {
  for (const { id, expires_at } of await engine.rows('events')) {
    if (!expires_at || Number(expires_at.N) * 1000 > timeline.now()) continue;
    await engine.execute('DeleteItem', { TableName: 'events', Key: { id } });
    truth.expired.add(id?.S ?? '');
  }
}
