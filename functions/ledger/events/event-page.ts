import { type CursorPage, fillPage, type PageRequest } from '../table/cursor-page.ts';
import { readStretch, type Stretch } from '../table/key-range.ts';
import { type Store, textIn } from '../table/store.ts';
import { eventsOf } from './event-list.ts';
import type { LedgerEvent } from './row.ts';

/** Keys looked at in one request when a filter passes some over: 200 KB. */
const LOOKED_AT = 1_000;

/**
 * A page of the events in a stretch of one of their indexes.
 *
 * @param largest bytes of JSON after which reading stops
 * @param now milliseconds since 1970
 * @throws {PageTooLarge}
 */
export async function readEventPage(
  store: Store,
  part: Omit<Stretch, 'table' | 'attributes'>,
  page: PageRequest,
  largest: number,
  now: number,
): Promise<CursorPage<LedgerEvent>> {
  const { sortKey, where = {} } = part;
  const stretch = { ...part, table: store.events, attributes: ['id', sortKey] };
  const most = Object.keys(where).length > 0 ? LOOKED_AT : page.size + 1;
  return fillPage(
    {
      sortKey,
      large: true,
      read: (after) => readStretch(store, stretch, after, most),
      show: (keys) => {
        const ids = keys.map((key) => textIn(key, 'id') ?? '');
        return eventsOf(store, ids, largest, now);
      },
    },
    page,
  );
}
