import { type Day, dayOf } from '../../porting/day.ts';
import type { Gap } from '../events/awaited.ts';
import { readKeys } from '../table/key-range.ts';
import { readRows } from '../table/read-rows.ts';
import type { Store } from '../table/store.ts';
import { idIn, type Row } from '../table/values.ts';
import { createdAtIn, type GapFilter, gapRange, isBackwards } from './gap-list.ts';

/** The number of gaps of a day, by the event's `created_at`. */
export interface DayOfGaps {
  readonly day: Day;
  readonly missed: number;
  readonly recovered: number;
  readonly unlisted: number;
}

/** Keys read in one request, and requests for each kind. */
const MOST_KEYS = 4_000;
const MOST_READS = 3;
/** The index does not show whether the event has been listed since, so rows must be read, 100 in one request. */
const MOST_UNLISTED = 1_000;

const KINDS = ['missed', 'recovered', 'unlisted'] as const satisfies readonly Gap[];

/**
 * Counts the gaps of a span, at a bounded cost. Days without gaps are left out.
 *
 * @returns newest day first; `complete` is false when there are too many to count, and the oldest are left out
 */
export async function countGapsByDay(
  store: Store,
  filter: Omit<GapFilter, 'kind'>,
): Promise<{ readonly days: readonly DayOfGaps[]; readonly complete: boolean }> {
  if (isBackwards(filter)) return { days: [], complete: true };
  const found = await Promise.all(KINDS.map((kind) => readGapKeys(store, { ...filter, kind })));
  const days = new Map<Day, Record<Gap, number>>();
  for (const [index, { keys }] of found.entries()) {
    for (const key of keys) {
      const day = dayOf(createdAtIn(key));
      const counts = days.get(day) ?? { missed: 0, recovered: 0, unlisted: 0 };
      counts[KINDS[index] as Gap] += 1;
      days.set(day, counts);
    }
  }
  const newestFirst = [...days].sort(([one], [other]) => (one < other ? 1 : -1));
  return {
    days: newestFirst.map(([day, counts]) => ({ day, ...counts })),
    complete: found.every(({ complete }) => complete),
  };
}

async function readGapKeys(store: Store, filter: GapFilter): Promise<{ keys: readonly Row[]; complete: boolean }> {
  const range = gapRange(filter);
  const keys: Row[] = [];
  let place: string | undefined;
  for (let reads = 0; reads < MOST_READS; reads += 1) {
    const { rows, end } = await readKeys(store, range, place, MOST_KEYS);
    keys.push(...rows);
    place = end;
    if (place === undefined) break;
  }
  if (filter.kind !== 'unlisted') return { keys, complete: place === undefined };
  const looked = keys.slice(0, MOST_UNLISTED);
  return {
    keys: await neverListedAmong(store, looked),
    complete: place === undefined && looked.length === keys.length,
  };
}

async function neverListedAmong(store: Store, keys: readonly Row[]): Promise<readonly Row[]> {
  const listed = new Set<string>();
  for await (const row of readRows(store, 'events', keys.map(idIn), { attributes: ['id', 'listed_first_at'] })) {
    if (row.listed_first_at !== undefined) listed.add(idIn(row));
  }
  return keys.filter((key) => !listed.has(idIn(key)));
}
