import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Verdict } from './oracle.ts';
import { lineOf, totalsOf } from './report.ts';
import { simulate } from './simulation.ts';

const USAGE = `npm run simulate -- [--seeds COUNT] [--from N] [--workers N]: COUNT seeds, by default 100 from 1
npm run simulate -- --seed N: one seed, with all that happens in it`;
/** How many lines of a failing seed's trace are printed; `--seed` prints them all. */
const LAST_STEPS = 40;
/** Each seed leaves a MB behind, because the promises of dead processes never settle. */
const SEEDS_OF_A_WORKER = 100;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(availableParallelism()) },
  },
});
const began = performance.now();
const verdicts: Omit<Verdict, 'trace'>[] = [];

if (values.seed === undefined) {
  const from = wholeNumber(values.from);
  await simulateAll(from, from + wholeNumber(values.seeds), Math.max(1, wholeNumber(values.workers)));
} else {
  const verdict = await simulate(wholeNumber(values.seed));
  for (const line of verdict.trace) console.log(`  ${line}`);
  tell(verdict);
}

const seconds = (performance.now() - began) / 1000;
console.log(totalsOf(verdicts));
console.log(`${verdicts.length} seeds in ${seconds.toFixed(1)} s, ${(verdicts.length / seconds).toFixed(2)} a second`);
process.exitCode = verdicts.some(({ violations }) => violations.length > 0) ? 1 : 0;

/** Simulates the seeds from `first` up to but not including `end`, several at a time, each in a world of its own. */
async function simulateAll(first: number, end: number, workers: number): Promise<void> {
  let seed = first;
  const work = async (): Promise<void> => {
    while (seed < end) {
      const worker = new Worker(new URL('worker.ts', import.meta.url));
      for (let done = 0; done < SEEDS_OF_A_WORKER && seed < end; done += 1) {
        worker.postMessage(seed);
        seed += 1;
        const [verdict] = (await once(worker, 'message')) as [Verdict];
        tell(verdict, verdict.trace.slice(-LAST_STEPS));
      }
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, end - first) }, work));
}

function tell({ trace: _, ...verdict }: Verdict, lastSteps: readonly string[] = []): void {
  verdicts.push(verdict);
  const { seed, violations } = verdict;
  if (violations.length > 0) for (const line of lastSteps) console.log(`  ${line}`);
  console.log(lineOf(verdict));
  for (const { invariant, what, ids } of violations) console.log(`  ${invariant}: ${what} ${ids.join(' ')}`);
  if (violations.length > 0) console.log(`  replay it with: npm run simulate -- --seed ${seed}`);
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  console.error(`${JSON.stringify(text)} is not a whole number.\n${USAGE}`);
  process.exit(2);
}
