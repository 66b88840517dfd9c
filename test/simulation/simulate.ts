import { parseArgs } from 'node:util';
import type { Verdict } from './oracle.ts';
import { lineOf, totalsOf } from './report.ts';
import { simulate } from './simulation.ts';

const USAGE = 'node test/simulation/simulate.ts [--seed N] [--seeds COUNT] [--from N]';
/** Lines of a failing seed's trace; `--seed` prints all of it. */
const LAST_STEPS = 40;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
  },
});
const [first = 1, count = 100] = [values.seed ?? values.from, values.seed ? '1' : values.seeds].map(wholeNumber);
const isReplay = values.seed !== undefined;
const began = performance.now();
const verdicts: Omit<Verdict, 'trace'>[] = [];

for (let seed = first; seed < first + count; seed += 1) {
  const { trace, ...verdict } = await simulate(seed);
  verdicts.push(verdict);
  const hasFailed = verdict.violations.length > 0;
  if (isReplay || hasFailed) for (const line of isReplay ? trace : trace.slice(-LAST_STEPS)) console.log(`  ${line}`);
  console.log(lineOf(verdict));
  for (const { invariant, what, ids } of verdict.violations) console.log(`  ${invariant}: ${what} ${ids.join(' ')}`);
  if (hasFailed && !isReplay) console.log(`  replay it with --seed ${seed}`);
}

const seconds = (performance.now() - began) / 1000;
console.log(totalsOf(verdicts));
console.log(`${count} seeds in ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(2)} a second`);
process.exitCode = verdicts.some(({ violations }) => violations.length > 0) ? 1 : 0;

function wholeNumber(text: string | undefined): number {
  if (text !== undefined && /^\d{1,9}$/.test(text)) return Number(text);
  console.error(`${JSON.stringify(text)} is not a whole number. ${USAGE}`);
  process.exit(2);
}
