import type { Keys } from './key-range.ts';
import type { Row } from './values.ts';

/** Which page: so many things behind a place, or from the beginning. */
export interface PageRequest {
  readonly size: number;
  readonly after: string | undefined;
}

/** A page, and the place behind which the next one begins; undefined when there is none. */
export interface CursorPage<Thing> {
  readonly things: readonly Thing[];
  readonly next: string | undefined;
}

/** How a page is made of keys. */
export interface Source<Thing> {
  readonly sortKey: string;
  /** Reads keys behind a place. */
  readonly read: (after: string | undefined) => Promise<Keys>;
  /** What each key stands for, in their order; undefined for what is not to be seen. */
  readonly show: (keys: readonly Row[]) => Promise<readonly (Thing | undefined)[]>;
  /** Things are large and seldom passed over: no more of them are shown than the page lacks. */
  readonly large?: true;
}

/** A page that is not full by then is given as it is: whoever goes on finds the rest. */
const MOST_READS = 4;
/** Keys shown at once, at least, unless things are large: what one request reads. */
const BATCH = 100;

/**
 * Fills a page. When much is passed over it may be shorter than asked for, or empty, while there is a next one: what a page costs is
 * bounded whatever is in the ledger.
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
