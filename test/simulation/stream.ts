import type { Random } from '../../infra/local/simulator/random.ts';
import type { Functions } from './functions.ts';
import type { Part, Plan } from './plan.ts';
import type { Timeline } from './timeline.ts';

interface World {
  readonly plan: Plan;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly isOut: (part: Part) => boolean;
  readonly publish: Functions['publish'];
}

const SHARDS = 2;
const GATHERS = 1_000;
const RETRIES = 5;

/**
 * The stream of the table of events, and Lambda's poller behind it. It takes one batch at a time from each shard, in
 * order. A failed batch is tried again from the first record that failed, then halved, and given up after five retries.
 * Records are lost, come twice, or come out of order.
 *
 * @returns a function that takes each row written with something to publish
 */
export function openStream({ plan, timeline, random, isOut, publish }: World): (id: string) => void {
  const queues: string[][] = Array.from({ length: SHARDS }, () => []);
  const busy = new Set<number>();

  async function poll(shard: number): Promise<void> {
    const queue = queues[shard] as string[];
    const records = queue.splice(0, plan.stream.batch);
    if (records.length > 0) await work(records, 0);
    busy.delete(shard);
    if (queue.length > 0) wake(shard);
  }

  async function work(records: readonly string[], retries: number): Promise<void> {
    if (retries > RETRIES) return;
    const isCalm = timeline.now() >= plan.calm;
    const order = isCalm || random.chance(0.7) ? records : records.toReversed();
    const ending = await publish([...new Set(order)]);
    timeline.touch();
    const again = !isCalm && random.chance(plan.stream.again);
    const failed = ending.how === 'done' ? ending.result : new Set(records);
    const from = again ? 0 : records.findIndex((id) => failed.has(id));
    if (from === -1) return;
    await new Promise<void>((resolve) => void timeline.after(1_000 * 2 ** retries, resolve));
    const rest = records.slice(from);
    const half = Math.ceil(rest.length / 2);
    await work(rest.slice(0, half), retries + 1);
    if (half < rest.length) await work(rest.slice(half), retries + 1);
  }

  function wake(shard: number): void {
    if (busy.has(shard)) return;
    busy.add(shard);
    timeline.after(GATHERS, () => void poll(shard));
  }

  return (id) => {
    if (isOut('stream') || (timeline.now() < plan.calm && random.chance(plan.stream.lost))) return;
    const shard = id.charCodeAt(0) % SHARDS;
    queues[shard]?.push(id);
    wake(shard);
  };
}
