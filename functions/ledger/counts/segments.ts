import { type Day, dayAfter } from '../../porting/day.ts';
import { END } from '../table/event-keys.ts';
import type { DayCount, KeptCounts } from './day-counts.ts';

/** A stretch of the list, newest first; bounds are sort keys. `count` is undefined where the events have to be counted anew. */
export interface Segment {
  readonly from: string;
  readonly to: string;
  readonly count: number | undefined;
}

/**
 * Cuts a range of the list into stretches whose number of events is kept and stretches that must be counted: days after the last
 * counted one, doubtful days, and the days in which the range begins or ends. Days without events appear in none.
 *
 * @param from,to sort keys, both included
 * @param type counts only this event type
 * @returns newest first, not overlapping; stretches to be counted are joined where no counted day lies between
 */
export function segmentsOf(kept: KeptCounts, from: string, to: string, type?: string): readonly Segment[] {
  const known = [...kept.days].map(([day, count]) => wholeDay(day, numberOf(count, type)));
  const doubtful = [...kept.doubtful].map((day) => wholeDay(day, undefined));
  const uncounted = { from: kept.through === undefined ? from : dayAfter(kept.through), to: END, count: undefined };
  const after = uncounted.from;

  const stretches = [...known, ...doubtful]
    .filter((stretch) => stretch.from < after && stretch.count !== 0)
    .concat(uncounted)
    .map((stretch) => clipped(stretch, from, to))
    .filter((stretch) => stretch.from < stretch.to)
    .sort((a, b) => (a.from < b.from ? 1 : -1));
  return joined(stretches);
}

function wholeDay(day: Day, count: number | undefined): Segment {
  return { from: day, to: dayAfter(day), count };
}

function numberOf(count: DayCount, type: string | undefined): number {
  if (type !== undefined) return count[type] ?? 0;
  return Object.values(count).reduce((sum, number) => sum + number, 0);
}

/** The part of a stretch within the range. A day that is cut has to be counted anew. */
function clipped(stretch: Segment, from: string, to: string): Segment {
  if (stretch.from >= from && stretch.to <= to) return stretch;
  return {
    from: stretch.from < from ? from : stretch.from,
    to: stretch.to > to ? to : stretch.to,
    count: undefined,
  };
}

function joined(stretches: readonly Segment[]): readonly Segment[] {
  const result: Segment[] = [];
  for (const stretch of stretches) {
    const newer = result.at(-1);
    if (newer && newer.count === undefined && stretch.count === undefined) {
      result[result.length - 1] = { from: stretch.from, to: newer.to, count: undefined };
    } else {
      result.push(stretch);
    }
  }
  return result;
}
