import { COUNTS, type Verdict } from './oracle.ts';

type Judged = Omit<Verdict, 'trace'>;

/** What became of a seed, in a line. */
export function lineOf({ seed, counts, violations }: Judged): string {
  const numbers = COUNTS.map((name) => `${name} ${counts[name]}`).join('  ');
  return `seed ${String(seed).padEnd(6)} ${numbers}  ${violations.length === 0 ? 'ok' : 'FAILED'}`;
}

/** The same of all seeds, with how often each invariant was broken. */
export function totalsOf(verdicts: readonly Judged[]): string {
  const totals = COUNTS.map((name) => `${name} ${verdicts.reduce((sum, { counts }) => sum + counts[name], 0)}`);
  const failed = verdicts.filter(({ violations }) => violations.length > 0);
  const kinds = Map.groupBy(
    failed.flatMap(({ seed, violations }) =>
      violations.map(({ invariant, what }) => ({ seed, kind: `${invariant}: ${what.slice(0, 60)}` })),
    ),
    ({ kind }) => kind,
  );
  const broken = [...kinds].map(([kind, all]) => {
    const seeds = [...new Set(all.map(({ seed }) => seed))];
    return `  ${kind}: ${all.length} times in ${seeds.length} seeds (${seeds.slice(0, 8).join(' ')})`;
  });
  return [`in all: ${totals.join('  ')}`, `failed: ${failed.length} of ${verdicts.length}`, ...broken].join('\n');
}
