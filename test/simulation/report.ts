import { COUNTS, type Verdict } from './oracle.ts';

type Judged = Omit<Verdict, 'trace'>;

/**
 * The invariants that each seed checks. Those with a number must hold in any ledger; the others are specific to this
 * one.
 */
const INVARIANTS: Readonly<Record<string, string>> = {
  I1: 'the ledger holds every event that Telnyx lists',
  I2: 'everything else that it holds came in a signed webhook',
  I3: 'each event is one row',
  I4: 'every event is published with its payload',
  I5: 'the same id and revision always has the same content',
  I6: 'a webhook is answered 200 only when its row is stored',
  I7: "an order's state is the fold of its events",
  I8: 'the cursor passes no event that was not read',
  I9: 'syncs ask only for lists and orders, within their share of requests, and wait as long as Telnyx asks',
  I10: 'no key or signature appears in a log line, a row or an event on the bus',
  I11: 'nobody is asked to act on an order that, by the events held or listed long before, does not need it',
  I12: 'nobody is asked to act by a deadline that has passed',
  I13: 'each thing is published under one id, again only after a failure, and FOC dates are a chain',
  I14: 'at rest, the details of an order are what Telnyx says, and each difference of status that lasts is noted',
  I15: 'nothing private of an order appears in a log line, a row or an event on the bus',
  record: 'the ledger shows an event as Telnyx lists it',
  list: 'the list holds as many events as its totals say',
  joined: 'once ids are known to differ, an event that can be recognised is one event',
  missed: 'a notification is reported missed exactly when its webhook was due and did not come',
  recovered: 'a missed notification whose webhook comes later is reported recovered',
  gap: 'at rest, the gap of each row is the truth',
  told: 'each refusal, question and expiring draft that waits for the customer is published',
  overdue: 'overdue is published for each order that stays too long in a status',
  retention: 'nothing is published about an event that has expired',
  grants: 'a function asks of a table only what infra/service.ts grants it',
  search: 'each order is found by its reference and its support key',
  runs: 'each requested run ends, and the last nightly run is complete',
  works: 'no function fails unless a fault was injected',
};

/** The result of a seed, in one line. */
export function lineOf({ seed, counts, violations }: Judged): string {
  const numbers = COUNTS.map((name) => `${name} ${counts[name]}`).join('  ');
  return `seed ${String(seed).padEnd(6)} ${numbers}  ${violations.length === 0 ? 'ok' : 'FAILED'}`;
}

/** The sums over all seeds, and each invariant with the seeds that broke it. */
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
