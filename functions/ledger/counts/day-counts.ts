import { type Day, dayAfter, dayOf, lastCountableDay } from '../../porting/day.ts';
import { BEGINNING, eventRange, RECORD_TYPE } from '../table/event-keys.ts';
import { rowsOf } from '../table/key-range.ts';
import { readControl } from '../table/read-rows.ts';
import { controlKey, type Store } from '../table/store.ts';
import { textIn } from '../table/values.ts';
import { get, put, update } from '../table/verbs.ts';
import { clearDoubt, doubtfulDays } from './doubtful-days.ts';

const COUNTED_THROUGH = controlKey('counted-through', 'events');

/** A day's number of events of each type. */
export type DayCount = Readonly<Record<string, number>>;

/** The stored counts of events. With them pages say exact totals without counting a million rows. */
export interface KeptCounts {
  /** Closed days that have events and are not doubtful. */
  readonly days: ReadonlyMap<Day, DayCount>;
  /** Every day up to this one is in `days`, doubtful, or empty. `undefined` before the first count. */
  readonly through: Day | undefined;
  /** Days up to `through` whose count cannot be trusted at present. */
  readonly doubtful: ReadonlySet<Day>;
}

/**
 * Reads the stored counts. The days of a month share a row, an attribute each: a page of the list reads 12 rows for a
 * year instead of 365, which took half of its time in a ledger with few events.
 */
export async function readKeptCounts(store: Store): Promise<KeptCounts> {
  // Doubts before counts: when a doubt has gone by now, its new count is already stored.
  const [doubtful, through] = await Promise.all([doubtfulDays(store), countedThrough(store)]);
  const days = new Map<Day, DayCount>();
  for await (const { kind, id: month, ...counts } of readControl(store, 'day-counts')) {
    for (const [dayOfMonth, count] of Object.entries(counts)) {
      const day = `${month?.S}-${dayOfMonth}`;
      if (!doubtful.has(day)) days.set(day, JSON.parse(count.S ?? '{}'));
    }
  }
  return { days, through, doubtful: new Set(doubtful.keys()) };
}

/**
 * Counts days that have closed since the last call, and doubtful days whose mark has expired. The next call does the
 * work that the deadline cuts off.
 *
 * @param now,deadline milliseconds since 1970
 */
export async function countDays(store: Store, now: () => number, deadline: number): Promise<void> {
  const through = await countedThrough(store);
  const last = lastCountableDay(now());
  if (through === undefined || through < last) {
    const counted = await countClosedDays(store, through, last, () => now() >= deadline);
    if (counted !== last) return;
  }
  for (const [day, until] of await doubtfulDays(store)) {
    if (now() >= deadline) return;
    if (until > now() || day > last) continue;
    await putCount(store, day, await countOne(store, day));
    await clearDoubt(store, day, until);
  }
}

async function countClosedDays(
  store: Store,
  through: Day | undefined,
  last: Day,
  outOfTime: () => boolean,
): Promise<Day> {
  const from = through === undefined ? BEGINNING : dayAfter(through);
  let open: { day: Day; count: Record<string, number> } | undefined;
  for await (const { day, type } of typesBetween(store, from, dayAfter(last))) {
    if (open && open.day !== day) {
      await putCount(store, open.day, open.count);
      if (outOfTime()) {
        await putCountedThrough(store, open.day);
        return open.day;
      }
      open = undefined;
    }
    open ??= { day, count: Object.create(null) as Record<string, number> };
    open.count[type] = (open.count[type] ?? 0) + 1;
  }
  if (open) await putCount(store, open.day, open.count);
  await putCountedThrough(store, last);
  return last;
}

async function countOne(store: Store, day: Day): Promise<DayCount> {
  const count = Object.create(null) as Record<string, number>;
  for await (const { type } of typesBetween(store, day, dayAfter(day))) count[type] = (count[type] ?? 0) + 1;
  return count;
}

/**
 * Day and type of every event from the first day to before the second, oldest first. A sort key begins with its day.
 */
async function* typesBetween(store: Store, from: Day, before: Day): AsyncGenerator<{ day: Day; type: string }> {
  const attributes = ['created_at_id', 'event_type'];
  for await (const row of rowsOf(store, eventRange('by_time', RECORD_TYPE, { from, to: before, attributes }))) {
    yield { day: dayOf(textIn(row, 'created_at_id') ?? ''), type: textIn(row, 'event_type') ?? '' };
  }
}

async function countedThrough(store: Store): Promise<Day | undefined> {
  return textIn(await get(store, 'control', COUNTED_THROUGH, { consistent: true }), 'day');
}

async function putCountedThrough(store: Store, day: Day): Promise<void> {
  await put(store, 'control', { ...COUNTED_THROUGH, day });
}

async function putCount(store: Store, day: Day, count: DayCount): Promise<void> {
  const month = day.slice(0, 'yyyy-mm'.length);
  const dayOfMonth = day.slice('yyyy-mm-'.length);
  await update(store, 'control', controlKey('day-counts', month), { set: { [dayOfMonth]: JSON.stringify(count) } });
}
