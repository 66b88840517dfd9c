import { readKeptCounts } from '../counts/day-counts.ts';
import { listRanges, rangesToRead } from '../counts/list-ranges.ts';
import { BEGINNING, END, smallestRange, through } from '../table/event-keys.ts';
import { countAll, type KeyRange, pagesOf, rowsOf } from '../table/key-range.ts';
import { readRows } from '../table/read-rows.ts';
import type { Store } from '../table/store.ts';
import { idIn, type Row } from '../table/values.ts';
import { get } from '../table/verbs.ts';
import { bodyBytes } from './bodies.ts';
import { isRetired } from './retention.ts';
import { eventIn, joinedToIn, type LedgerEvent } from './row.ts';

/** Which events to list. Bounds of `created_at` are timestamps with six digits, both included. */
export interface ListFilter {
  readonly type?: string;
  readonly portingOrderId?: string;
  readonly createdFrom?: string;
  readonly createdTo?: string;
}

/** A page of the list, newest first, at one instant by id. `total` counts all events that match the filter. */
export interface EventPage {
  readonly total: number;
  readonly events: readonly LedgerEvent[];
}

/** The events of a page are together too large for an answer. */
export class PageTooLarge extends Error {
  override readonly name = 'PageTooLarge';
}

/**
 * A page of the list. It costs about 10 requests at any size of the ledger: stored counts say on which day the page
 * begins, and only within that day are rows skipped one by one (some 5,000 keys a request).
 *
 * @param page `number` from 1
 * @param largest bytes of JSON after which reading stops
 * @param now milliseconds since 1970
 * @throws {PageTooLarge}
 */
export async function listEvents(
  store: Store,
  filter: ListFilter,
  page: { readonly number: number; readonly size: number },
  largest: number,
  now = Date.now(),
): Promise<EventPage> {
  const bounds = { from: filter.createdFrom ?? BEGINNING, to: through(filter.createdTo) ?? END };
  if (bounds.from > bounds.to) return { total: 0, events: [] };
  const idsOf = filter.portingOrderId === undefined ? idsByTime : idsOfOrder;
  const { total, ids } = await idsOf(store, filter, bounds, (page.number - 1) * page.size, page.size);
  const events = await readShownEvents(store, ids, largest, now);
  return { total, events: events.filter((event) => event !== undefined) };
}

/**
 * The event with this id, unless it has expired. An event with different ids in the list and its webhook is found under
 * both, and shown under the list's.
 */
export async function getEvent(store: Store, id: string, now = Date.now()): Promise<LedgerEvent | undefined> {
  const row = await get(store, 'events', { id });
  const listedId = row && joinedToIn(row);
  const shown = listedId === undefined ? row : await get(store, 'events', { id: listedId });
  return shown && !isRetired(shown, now) ? eventIn(shown) : undefined;
}

/** Sort keys, both included. */
interface Bounds {
  readonly from: string;
  readonly to: string;
}

interface Ids {
  readonly total: number;
  readonly ids: readonly string[];
}

/** The part of the list between two bounds. */
function within(filter: ListFilter, { from, to }: Bounds): KeyRange<'events'> {
  return smallestRange(filter, { from, to, newestFirst: true, attributes: ['id'] });
}

/**
 * Stored counts say in which range the page begins.
 *
 * @param skip events before the page
 */
async function idsByTime(
  store: Store,
  filter: ListFilter,
  { from, to }: Bounds,
  skip: number,
  size: number,
): Promise<Ids> {
  const kept = await readKeptCounts(store);
  const ranges = listRanges(kept, from, to, filter.type);
  const counts = await Promise.all(ranges.map((range) => range.count ?? countAll(store, within(filter, range))));
  const total = counts.reduce((sum, count) => sum + count, 0);

  let left = skip;
  const newest = ranges.findIndex((_, index) => {
    const count = counts[index] as number;
    if (left < count) return true;
    left -= count;
    return false;
  });
  if (newest === -1) return { total, ids: [] };
  const toRead = rangesToRead(kept, ranges.slice(newest)).map((range) => within(filter, range));
  // Events that came after the count push others behind this page: readers must see that there is another page.
  const ids = await idsFrom(store, toRead, left, size + 1);
  return { total: Math.max(total, skip + ids.length), ids: ids.slice(0, size) };
}

async function idsFrom(
  store: Store,
  ranges: readonly KeyRange<'events'>[],
  skip: number,
  size: number,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let left = skip;
  for (const range of ranges) {
    // Where a condition leaves some out, more keys must be read for a page than it has.
    for await (const rows of pagesOf(store, range, range.where ? undefined : skip + size)) {
      ids.push(...rows.slice(left).map(idIn));
      left = Math.max(0, left - rows.length);
      if (ids.length >= size) return ids.slice(0, size);
    }
  }
  return ids;
}

/** An order has some dozens of events: all its keys are read at once. */
async function idsOfOrder(store: Store, filter: ListFilter, bounds: Bounds, skip: number, size: number): Promise<Ids> {
  const ids: string[] = [];
  for await (const row of rowsOf(store, within(filter, bounds))) ids.push(idIn(row));
  return { total: ids.length, ids: ids.slice(skip, skip + size) };
}

/**
 * Reads events in the order of their ids. An expired event, or one joined to another row, is undefined: an index may
 * show it for a moment longer.
 *
 * @throws {PageTooLarge}
 */
export async function readShownEvents(
  store: Store,
  ids: readonly string[],
  largest: number,
  now: number,
): Promise<readonly (LedgerEvent | undefined)[]> {
  const rows = new Map<string, Row>();
  let bytes = 0;
  for await (const row of readRows(store, 'events', ids)) {
    rows.set(idIn(row), row);
    bytes += bodyBytes(row);
    if (bytes > largest) throw new PageTooLarge(`The first ${rows.size} events of the page are ${bytes} bytes.`);
  }
  return ids.map((id) => {
    const row = rows.get(id);
    const hidden = !row || isRetired(row, now) || joinedToIn(row) !== undefined;
    return hidden ? undefined : eventIn(row);
  });
}
