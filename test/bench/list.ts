import { countDays } from '../../functions/ledger/counts/day-counts.ts';
import { type ListFilter, listEvents } from '../../functions/ledger/events/event-list.ts';
import type { Store } from '../../functions/ledger/table/store.ts';
import { counting } from '../counting-client.ts';
import { startDynamodbLocal } from '../dynamodb-local/engine.ts';
import { openStoreAt } from '../open-store-at.ts';
import { median, report } from './budget.ts';
import { seed } from './seed.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Noon: half of today has no count yet. */
const NOW = Date.UTC(2026, 10, 20, 12);
const ROUNDS = 15;
const WARM_UP = 2;
const LARGEST_ANSWER = 5_500_000;
const MOST_REQUESTS = 20;
const MOST_TIMES_SLOWER = 1.5;

/**
 * A million events in a year are 2,740 a day. A smaller ledger is either a younger one of the same account, or an
 * equally old one of a smaller account. The promise is about the first kind: a ledger grows with time and is never cut.
 * The second kind has 27 events a day; since events within a day are counted and skipped one by one, it shows what a
 * busier day costs.
 */
interface Ledger {
  readonly name: string;
  readonly events: number;
  readonly days: number;
}

const every: readonly Ledger[] = [
  { name: '10,000 in 3.5 days', events: 10_000, days: 3.5 },
  { name: '10,000 in a year', events: 10_000, days: 365.5 },
  { name: '100,000 in 36.5 days', events: 100_000, days: 36.5 },
  { name: '100,000 in a year', events: 100_000, days: 365.5 },
  { name: '1,000,000 in a year', events: 1_000_000, days: 365.5 },
];

interface Question {
  readonly what: string;
  readonly filter: (ledger: Ledger) => ListFilter;
}

const questions: readonly Question[] = [
  { what: 'all events', filter: () => ({}) },
  { what: 'a common type', filter: () => ({ type: 'porting_order.status_changed' }) },
  { what: 'a rare type', filter: () => ({ type: 'porting_order.deleted' }) },
  { what: 'a range', filter: range },
];

/** About the middle third of the ledger's days, from 06:00 to 18:00, so it cuts two days. */
function range({ days }: Ledger): ListFilter {
  const begin = NOW - days * DAY;
  const at = (day: number, hour: number) =>
    `${new Date(begin + Math.floor(day) * DAY + hour * HOUR).toISOString().slice(0, 23)}000Z`;
  return { createdFrom: at(days / 3, 6), createdTo: at((days * 2) / 3, 18) };
}

const places = ['first', 'middle', 'last'] as const;
type Place = (typeof places)[number];

/** A page's number. Only full pages; in the middle a different one each round, spread over a day. */
function pageNumber(place: Place, size: number, total: number, ledger: Ledger, round: number) {
  const full = Math.max(1, Math.floor(total / size));
  if (place !== 'middle') return place === 'first' ? 1 : full;
  const pagesADay = total / ledger.days / size;
  return Math.min(full, Math.ceil(full / 2) + Math.floor((round / ROUNDS) * pagesADay));
}

interface Seeded extends Ledger {
  readonly store: Store;
}

async function seeded(endpoint: string, ledger: Ledger): Promise<Seeded> {
  const begun = performance.now();
  const store = await openStoreAt(endpoint);
  await seed(store, { ...ledger, now: NOW });
  // A day at a time: the time that this engine takes to read a long range page by page grows with its square.
  for (let ago = Math.ceil(ledger.days); ago >= 0; ago -= 1) {
    await countDays(store, () => NOW - ago * DAY, Number.POSITIVE_INFINITY);
  }
  console.log(`${ledger.name}: seeded and counted in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  return { ...ledger, store };
}

interface Cell {
  readonly milliseconds: number;
  readonly requests: number;
  /** There are as many events as a page takes. */
  readonly full: boolean;
}

/** Measures each page of each ledger in turn, so that other load on this machine slows all of them alike. */
async function measure(
  ledgers: readonly Seeded[],
  filter: Question['filter'],
  place: Place,
  size: number,
): Promise<readonly Cell[]> {
  const cells = await Promise.all(
    ledgers.map(async (ledger) => {
      const { total } = await listEvents(ledger.store, filter(ledger), { number: 1, size: 1 }, LARGEST_ANSWER);
      return { ledger, total, times: [] as number[], requests: 0 };
    }),
  );
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const cell of cells) {
      const { store, requests } = counting(cell.ledger.store);
      const number = pageNumber(place, size, cell.total, cell.ledger, Math.max(0, round));
      const begun = performance.now();
      await listEvents(store, filter(cell.ledger), { number, size }, LARGEST_ANSWER);
      if (round >= 0) cell.times.push(performance.now() - begun);
      cell.requests = Math.max(
        cell.requests,
        Object.values(requests()).reduce((sum, count) => sum + count, 0),
      );
    }
  }
  return cells.map(({ times, requests, total }) => ({ milliseconds: median(times), requests, full: total >= size }));
}

/** Prints a line for each kind of page, and returns whether the largest ledger keeps its bounds. */
async function compare(ledgers: readonly Seeded[]): Promise<boolean> {
  const names = ledgers.map(({ name }) => name);
  console.log(`\nmilliseconds (requests) of ${names.join(' | ')}; the last against each of the first two`);
  const times: number[] = [];
  const busier: number[] = [];
  let most = 0;
  for (const { what, filter } of questions) {
    for (const size of [20, 250]) {
      for (const place of places) {
        const cells = await measure(ledgers, filter, place, size);
        const shown = cells.map(({ milliseconds, requests }) => `${milliseconds.toFixed(1)} (${requests})`).join(' | ');
        const [young = 0, small = 0] = cells.map((cell) => (cells.at(-1)?.milliseconds ?? 0) / cell.milliseconds);
        console.log(`${what}, ${place} page of ${size}: ${shown}; ${young.toFixed(2)}, ${small.toFixed(2)}`);
        // 10,000 events have some 45 of the rare type: there is no page of 250 to compare.
        if (cells.every(({ full }) => full)) {
          times.push(young);
          busier.push(small);
        }
        most = Math.max(most, ...cells.map(({ requests }) => requests));
      }
    }
  }
  const keptRequests = report({
    what: 'requests of any page',
    measured: most,
    budget: MOST_REQUESTS,
    unit: '',
    detail: 'the most of any ledger, place, size and filter',
  });
  const keptTimes = report({
    what: `a page of ${names.at(-1)}, against ${names[0]}`,
    measured: Math.max(...times),
    budget: MOST_TIMES_SLOWER,
    unit: ' times',
    detail: `worst of ${times.length} kinds of page, medians of ${ROUNDS} each; median: ${median(times).toFixed(2)}`,
  });
  const busy = `${median(busier).toFixed(2)} times in the median, ${Math.max(...busier).toFixed(2)} at most`;
  console.log(`      against ${names[1]}, an account with a hundredth of the events a day: ${busy}`);
  return keptRequests && keptTimes;
}

const largest = Number(process.argv[2] ?? 1_000_000);
const engine = await startDynamodbLocal({ heap: 1536 });
try {
  const ledgers: Seeded[] = [];
  for (const ledger of every) if (ledger.events <= largest) ledgers.push(await seeded(engine.endpoint, ledger));
  process.exitCode = (await compare(ledgers)) ? 0 : 1;
} finally {
  await engine.end();
}
