import { halves, type Window } from '../porting/window.ts';
import type { ListPage } from '../telnyx/events-api.ts';

/**
 * A window of more pages than this is halved. Pages are offsets into a set that may change during the reading. With
 * fewer pages, a reading is less likely to be repeated, and a run that is cut off repeats less work. 8 pages are 2,000
 * events, or 4 s at 2 requests a second.
 */
const MOST_PAGES = 8;

/** How often a window is read before it is left open. */
const READINGS = 3;

/** How to read a window: list a page of it, and store the page's records. */
export interface WindowReader {
  /** A window of more pages than this is halved; if omitted, {@link MOST_PAGES}. */
  readonly mostPages?: number;
  readonly list: (window: Window, pageNumber: number) => Promise<ListPage>;
  /** Stores a page's records durably and returns a key for each record: its id, if it has one. */
  readonly store: (records: readonly unknown[]) => Promise<readonly string[]>;
}

/** A part of a window that has been read. */
export interface ReadPart {
  readonly window: Window;
  /** The number of different events in it. */
  readonly events: number;
  /** Why it did not prove complete, in a sentence; undefined when every event in it is stored. */
  readonly open: string | undefined;
}

/**
 * Reads a window, oldest part first, and yields each part once every event in it is stored: a checkpoint. The API's
 * order is unknown (docs/telnyx.md §1), so completeness is proved by counting. A reading is complete when all its pages
 * claim the same number of results and it saw exactly that many different events. This works for any order. A reading
 * is incomplete if a shifted page skipped a row, an empty page contradicts its total, or the total shrank.
 *
 * A part that never proves complete is yielded as open. The events seen in it are stored, and the parts after it do not
 * wait for it.
 */
export async function* readWindow(whole: Window, reader: WindowReader): AsyncGenerator<ReadPart> {
  const waiting: Window[] = [whole];
  for (let window = waiting.pop(); window; window = waiting.pop()) {
    const outcome = await readPart(window, reader);
    if ('window' in outcome) yield outcome;
    else waiting.push(outcome.later, outcome.earlier);
  }
}

/** The halves to read instead of a window. */
interface Halved {
  readonly earlier: Window;
  readonly later: Window;
}

/** Reads a window as a whole, or returns its halves to read instead. */
async function readPart(window: Window, reader: WindowReader): Promise<ReadPart | Halved> {
  const [earlier, later] = halves(window) ?? [];
  const halved = earlier && later && { earlier, later };
  const { mostPages = MOST_PAGES } = reader;
  let isLongerThanAPage = false;
  let most = 0;
  for (let reading = 1; reading <= READINGS; reading += 1) {
    const seen = new Set<string>();
    const totals = new Set<number>();
    const sizes: number[] = [];
    let hasFullPage = false;
    for (let number = 1, pages = 1; number <= pages; number += 1) {
      const page = await reader.list(window, number);
      if (page.totalPages > mostPages && halved) return halved;
      for (const key of await reader.store(page.records)) seen.add(key);
      totals.add(page.totalResults);
      sizes.push(page.records.length);
      hasFullPage ||= page.records.length >= page.pageSize;
      pages = page.totalPages;
    }
    if (totals.size === 1 && totals.has(seen.size)) return { window, events: seen.size, open: undefined };
    most = Math.max(most, seen.size);
    isLongerThanAPage ||= sizes.reduce((sum, size) => sum + size, 0) > Math.max(...sizes);
    // The pages after a full one may be empty each time. The events they leave out are listed once on a first page.
    isLongerThanAPage ||= hasFullPage && sizes.length > 1;
  }
  // If the list shifts during the reading, enough halving makes each part fit on one page. If a single page contradicts
  // itself, or claims another page although it is not full, halving would only make some hundreds of requests more for
  // each event.
  if (halved && isLongerThanAPage) return halved;
  return unsteady(window, most);
}

function unsteady(window: Window, events: number): ReadPart {
  const span = `${new Date(window.from).toISOString()} to ${new Date(window.to).toISOString()}`;
  return { window, events, open: `Telnyx's list of ${span} contradicts its own totals, ${READINGS} times over.` };
}
