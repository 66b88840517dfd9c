import { halves, type Window } from '../porting/window.ts';
import type { ListPage } from '../telnyx/events-api.ts';

/**
 * A window of more pages than this is halved. Pages are offsets into a set that may change under the reader: the fewer,
 * the smaller the chance that one read has to be repeated, and the smaller the work that a run which is cut off does
 * again. 8 pages are 2,000 events, or 2 s at 4 requests a second.
 */
const MOST_PAGES = 8;

/** Readings of a window before it is left open. */
const READINGS = 3;

/** What reading a window needs: a page of it, and a place for what the page holds. */
export interface WindowReader {
  /** A window of more pages than this is halved; {@link MOST_PAGES} unless given. */
  readonly mostPages?: number;
  readonly list: (window: Window, pageNumber: number) => Promise<ListPage>;
  /** Stores a page's records durably and returns a key for each of them: its id, if it has one. */
  readonly store: (records: readonly unknown[]) => Promise<readonly string[]>;
}

/** A part of a window that has been read. */
export interface ReadPart {
  readonly window: Window;
  /** Different events in it. */
  readonly events: number;
  /** Why it did not prove complete, in a sentence; undefined when every event in it has been stored. */
  readonly open: string | undefined;
}

/**
 * Reads a window, oldest part first, and yields each part when every event in it has been stored: a checkpoint. The
 * order in which the API lists is unknown (docs/telnyx.md §1), so completeness is proved by counting: a reading is
 * complete when all its pages claim the same number of results and exactly that many different events were seen. That
 * holds for any order, and fails for a row that a shifted page skipped, for an empty page that contradicts its total,
 * and for a total that shrank.
 *
 * A part that never proves complete is yielded as open, with what was seen of it stored: the parts after it do not wait
 * for it.
 */
export async function* readWindow(whole: Window, reader: WindowReader): AsyncGenerator<ReadPart> {
  const waiting: Window[] = [whole];
  for (let window = waiting.pop(); window; window = waiting.pop()) {
    const outcome = await readPart(window, reader);
    if ('window' in outcome) yield outcome;
    else waiting.push(outcome.later, outcome.earlier);
  }
}

/** A window whose halves are to be read instead. */
interface Halved {
  readonly earlier: Window;
  readonly later: Window;
}

/** Reads a window as a whole, or says that it should be halved. */
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
    // The pages behind a full one may be empty each time: what they leave out is listed once it stands on a first page.
    isLongerThanAPage ||= hasFullPage && sizes.length > 1;
  }
  // A list that shifts under the reader fits on one page when it is halved often enough. Where one page contradicts
  // itself, also by claiming another one although it is not full, halving would only ask some hundreds of times more
  // for each event.
  if (halved && isLongerThanAPage) return halved;
  return unsteady(window, most);
}

function unsteady(window: Window, events: number): ReadPart {
  const span = `${new Date(window.from).toISOString()} to ${new Date(window.to).toISOString()}`;
  return { window, events, open: `Telnyx's list of ${span} contradicts its own totals, ${READINGS} times over.` };
}
