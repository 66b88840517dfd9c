import { type Day, dayAfter } from '../../porting/day.ts';
import { END } from '../table/event-keys.ts';
import type { DayCount, KeptCounts } from './day-counts.ts';

/** A range of the list; bounds are sort keys. `count` is undefined where its events must be counted. */
export interface ListRange {
  readonly from: string;
  readonly to: string;
  readonly count: number | undefined;
}

/**
 * Divides a range of the list into days with a stored count and ranges that must be counted: everything after the last
 * counted day, doubtful days, and the days in which the range begins or ends. Days without events appear in neither.
 *
 * @param from,to sort keys, both included
 * @param type counts only this event type
 * @returns newest first, not overlapping; ranges to count are joined where no counted day lies between them
 */
export function listRanges(kept: KeptCounts, from: string, to: string, type?: string): readonly ListRange[] {
  const known = [...kept.days].map(([day, count]) => wholeDay(day, numberOf(count, type)));
  const doubtful = [...kept.doubtful].map((day) => wholeDay(day, undefined));
  const uncounted = { from: kept.through === undefined ? from : dayAfter(kept.through), to: END, count: undefined };
  const after = uncounted.from;

  const ranges = [...known, ...doubtful]
    .filter((range) => range.from < after && range.count !== 0)
    .concat(uncounted)
    .map((range) => clipped(range, from, to))
    .filter((range) => range.from < range.to)
    .sort((a, b) => (a.from < b.from ? 1 : -1));
  return joined(ranges);
}

function wholeDay(day: Day, count: number | undefined): ListRange {
  return { from: day, to: dayAfter(day), count };
}

function numberOf(count: DayCount, type: string | undefined): number {
  if (type !== undefined) return count[type] ?? 0;
  return Object.values(count).reduce((sum, number) => sum + number, 0);
}

/** The part of a range between two bounds. A day that is cut must be counted. */
function clipped(range: ListRange, from: string, to: string): ListRange {
  if (range.from >= from && range.to <= to) return range;
  return {
    from: range.from < from ? from : range.from,
    to: range.to > to ? to : range.to,
    count: undefined,
  };
}

function joined(ranges: readonly ListRange[]): readonly ListRange[] {
  const result: ListRange[] = [];
  for (const range of ranges) {
    const newer = result.at(-1);
    if (newer && newer.count === undefined && range.count === undefined) {
      result[result.length - 1] = { from: range.from, to: newer.to, count: undefined };
    } else {
      result.push(range);
    }
  }
  return result;
}

/** Events between two ranges that are read over rather than skipped: half of what one request reads. */
const READ_OVER = 2_500;

/**
 * Joins ranges of one type's events, newest first, into as few as are worth a request each. Days without this type
 * between two ranges are left out only where they have many events of other types.
 */
export function rangesToRead(
  kept: KeptCounts,
  ranges: readonly ListRange[],
): readonly Pick<ListRange, 'from' | 'to'>[] {
  const days = [...kept.days].sort(([one], [other]) => (one > other ? -1 : 1)).values();
  let day = days.next().value;
  const result: { from: string; to: string }[] = [];
  for (const { from, to } of ranges) {
    let between = 0;
    for (; day && day[0] >= to; day = days.next().value) between += numberOf(day[1], undefined);
    while (day && day[0] >= from) day = days.next().value;
    const newer = result.at(-1);
    if (newer && between <= READ_OVER) newer.from = from;
    else result.push({ from, to });
  }
  return result;
}
