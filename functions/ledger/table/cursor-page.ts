import type { Keys } from './key-range.ts';
import type { Row } from './values.ts';

/** Which page: its size, and the position after which it begins, if not at the start. */
export interface PageRequest {
  readonly size: number;
  readonly after: string | undefined;
}

/** A page, and the position after which the next one begins; undefined when there is none. */
export interface CursorPage<Thing> {
  readonly things: readonly Thing[];
  readonly next: string | undefined;
}

/** How to make a page from keys. */
export interface Source<Thing> {
  readonly sortKey: string;
  /** Reads keys after a position. */
  readonly read: (after: string | undefined) => Promise<Keys>;
  /** The things that the keys stand for, in the same order; undefined for hidden ones. */
  readonly show: (keys: readonly Row[]) => Promise<readonly (Thing | undefined)[]>;
  /** Things are large and seldom skipped: show no more of them than the page lacks. */
  readonly large?: true;
}

/** The most reads for one page. A page that is not full by then is returned as it is; the next one continues. */
const MOST_READS = 4;
/** Keys shown at once, at least, unless things are large: what one request reads. */
const BATCH = 100;

/**
 * Fills a page. When much is skipped it may be shorter than asked for, or even empty, although there is a next one: the
 * cost of a page is bounded whatever the ledger holds.
 */
export async function fillPage<Thing>(source: Source<Thing>, { size, after }: PageRequest): Promise<CursorPage<Thing>> {
  const things: Thing[] = [];
  let place = after;
  for (let reads = 0; reads < MOST_READS; reads += 1) {
    const { rows, end } = await source.read(place);
    for (let start = 0; start < rows.length; ) {
      const batch = rows.slice(start, start + Math.max(size - things.length, source.large ? 0 : BATCH));
      start += batch.length;
      for (const [index, thing] of (await source.show(batch)).entries()) {
        if (thing === undefined) continue;
        things.push(thing);
        if (things.length < size) continue;
        const isLast = end === undefined && start === rows.length && index === batch.length - 1;
        return { things, next: isLast ? undefined : batch[index]?.[source.sortKey]?.S };
      }
    }
    if (end === undefined) return { things, next: undefined };
    place = end;
  }
  return { things, next: place };
}
