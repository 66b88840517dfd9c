import { type CursorPage, fillPage, type PageRequest } from '../table/cursor-page.ts';
import { type KeyRange, readKeys } from '../table/key-range.ts';
import type { Store } from '../table/store.ts';
import { idIn } from '../table/values.ts';
import { readShownEvents } from './event-list.ts';
import type { LedgerEvent } from './row.ts';

/** Keys read in one request when a filter may skip some: 200 KB. */
const LOOKED_AT = 1_000;

/**
 * A page of the events in a range of one of their indexes.
 *
 * @param largest bytes of JSON after which reading stops
 * @param now milliseconds since 1970
 * @throws {PageTooLarge}
 */
export async function readEventPage(
  store: Store,
  part: KeyRange<'events'>,
  page: PageRequest,
  largest: number,
  now: number,
): Promise<CursorPage<LedgerEvent>> {
  const { sortKey, where } = part;
  const range = { ...part, attributes: ['id', sortKey] };
  const most = where ? LOOKED_AT : page.size + 1;
  return fillPage(
    {
      sortKey,
      large: true,
      read: (after) => readKeys(store, range, after, most),
      show: (keys) => readShownEvents(store, keys.map(idIn), largest, now),
    },
    page,
  );
}
