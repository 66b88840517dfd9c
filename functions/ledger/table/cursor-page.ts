import type { Keys } from './key-range.ts';
import type { Row } from './values.ts';

/** Which page: its size, and the position after which it begins. Without a position it is the first page. */
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
  /** The things that the keys identify, in the same order; undefined for hidden ones. */
  readonly show: (keys: readonly Row[]) => Promise<readonly (Thing | undefined)[]>;
  /** Things are large and rarely skipped: show only as many as the page still needs. */
  readonly large?: true;
}

/** The most reads for one page. A page that is not full after them is returned as it is; the next page continues. */
const MOST_READS = 4;
/** The least number of keys to show at once, unless things are large: as many as one request reads. */
const BATCH = 100;

/**
 * Fills a page. When many things are skipped, the page may be shorter than requested, or even empty, although there is
 * a next page: the cost of a page is bounded whatever the ledger holds.
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
