import { type Day, dayOf, isClosed } from '../../porting/day.ts';
import type { Timestamp } from '../../porting/timestamp.ts';
import { any, is, isBelow, lacks } from '../table/expressions.ts';
import { readControl } from '../table/read-rows.ts';
import { controlKey, type Store } from '../table/store.ts';
import { idIn, numberIn } from '../table/values.ts';
import { remove, update } from '../table/verbs.ts';

/**
 * A closed day's count is doubtful while a write may add a row to the day, or move one out. The day is marked before
 * the row is written, for long enough that the row is there when the mark expires: the slowest writer gives up after
 * some 16 s.
 */
const DOUBTFUL_FOR = 120_000;

/** A mark also covers writes that begin up to this long after it. */
const MARK_COVERS_FOR = 30_000;

/**
 * Marks the day of an event as doubtful if it is closed, because an event enters or leaves it. Until the mark expires
 * every reader counts the day again; then it is counted once and the count stored. Call this before writing the row:
 * otherwise a crash between the two would leave the count wrong permanently.
 *
 * @param createdAt the event's, or a sort key that begins with it
 * @param now milliseconds since 1970
 */
export async function doubtDay(store: Store, createdAt: Timestamp, now: number, signal?: AbortSignal): Promise<void> {
  const day = dayOf(createdAt);
  if (!isClosed(day, now)) return;
  const until = now + DOUBTFUL_FOR;
  await update(store, 'control', controlKey('doubtful-day', day), {
    // A writer whose clock is behind must not shorten another's mark.
    when: any(lacks('until'), isBelow('until', until)),
    set: { until },
    signal,
  });
}

/** {@link doubtDay} for a writer of many rows, also concurrent ones: rows of one day share a mark. */
export function dayDoubter(store: Store, now: () => number): (createdAt: Timestamp) => Promise<void> {
  const marks = new Map<Day, { readonly at: number; readonly written: Promise<void> }>();
  return async function doubt(createdAt) {
    const day = dayOf(createdAt);
    const at = now();
    if (!isClosed(day, at)) return;
    let mark = marks.get(day);
    if (!mark || at - mark.at >= MARK_COVERS_FOR) {
      mark = { at, written: doubtDay(store, day, at) };
      marks.set(day, mark);
    }
    try {
      await mark.written;
    } catch (error) {
      if (marks.get(day) === mark) marks.delete(day);
      throw error;
    }
  };
}

/** All doubtful days, each with the instant (milliseconds since 1970) at which its mark expires. */
export async function doubtfulDays(store: Store): Promise<ReadonlyMap<Day, number>> {
  const days = new Map<Day, number>();
  for await (const row of readControl(store, 'doubtful-day')) days.set(idIn(row), numberIn(row, 'until') ?? 0);
  return days;
}

/** Removes a mark once its day has been counted, unless a writer has renewed it since. */
export async function clearDoubt(store: Store, day: Day, until: number): Promise<void> {
  await remove(store, 'control', controlKey('doubtful-day', day), { when: is('until', until) });
}
