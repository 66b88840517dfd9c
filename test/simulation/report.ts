import { COUNTS, type Verdict } from './oracle.ts';

type Judged = Omit<Verdict, 'trace'>;

/** What is looked at in each seed. The ten that are numbered must hold in any ledger; the others are what this one says besides. */
const INVARIANTS: Readonly<Record<string, string>> = {
  I1: 'what Telnyx lists is held',
  I2: 'nothing else is held but what a signed webhook brought',
  I3: 'an event is one row',
  I4: 'every event was published, with its payload',
  I5: 'one id and revision has one content',
  I6: 'for each 200 the row was there at that instant',
  I7: "an order's state is the fold of its events",
  I8: 'the cursor has passed no event that was not read',
  I9: 'Telnyx is asked for lists only, within its limit, and not before the time that it gave',
  I10: 'no key and no signature in a log line, a row, or on the bus',
  I11: 'nobody is told to act on an order that, by what is held and was listed long before, does not need it',
  I12: 'no deadline that has passed is announced',
  I13: 'each refusal has one id',
  record: 'an event is shown as it is listed',
  list: 'the list shows as many events as it says',
  joined: 'once ids are known to differ, an event that can be recognised is one',
  missed: 'a notification is missed when its webhook was due and did not come',
  recovered: 'a missed one whose webhook came later is recovered',
  gap: "a row's gap is what is true at rest",
  'action required': 'who must act was told so',
  overdue: 'an order that stays too long in a status was announced',
  retention: 'nothing is published after its time',
  runs: 'each requested run has ended, and each nightly one that met no fault is complete',
  works: 'no function fails without a fault',
};

/** What became of a seed, in a line. */
export function lineOf({ seed, counts, violations }: Judged): string {
  const numbers = COUNTS.map((name) => `${name} ${counts[name]}`).join('  ');
  return `seed ${String(seed).padEnd(6)} ${numbers}  ${violations.length === 0 ? 'ok' : 'FAILED'}`;
}

/** The same of all seeds, and each invariant with the seeds in which it did not hold. */
export function totalsOf(verdicts: readonly Judged[]): string {
  const totals = COUNTS.map((name) => `${name} ${verdicts.reduce((sum, { counts }) => sum + counts[name], 0)}`);
  const names = new Set([
    ...Object.keys(INVARIANTS),
    ...verdicts.flatMap(({ violations }) => violations.map(({ invariant }) => invariant)),
  ]);
  const held = [...names].map((name) => {
    const broken = verdicts.filter(({ violations }) => violations.some(({ invariant }) => invariant === name));
    const seeds = broken.map(({ seed }) => seed).toSorted((a, b) => a - b);
    const where = seeds.length === 0 ? 'held' : `BROKEN in ${seeds.length} (${seeds.slice(0, 8).join(' ')})`;
    return `  ${name.padEnd(15)} ${where.padEnd(6)} ${INVARIANTS[name] ?? ''}`;
  });
  const failed = verdicts.filter(({ violations }) => violations.length > 0).length;
  return [`in all: ${totals.join('  ')}`, `failed: ${failed} of ${verdicts.length} seeds`, ...held].join('\n');
}
