import type { Timestamp } from '../porting/timestamp.ts';
import { type CursorPage, fillPage, type PageRequest } from './cursor-page.ts';
import { eventsOf } from './list.ts';
import { type LedgerEvent, RECORD_TYPE } from './row.ts';
import { type Store, textIn } from './store.ts';
import { readStretch, type Stretch } from './stretch.ts';

/** Which events to list, by when the ledger first saw them; all conditions hold together. */
export interface ArrivalFilter {
  /** Included. */
  readonly seenFrom?: Timestamp;
  readonly type?: string;
  readonly portingOrderId?: string;
}

const SORT_KEY = 'first_seen_id';
/** Keys looked at in one request when a filter passes some over: 200 KB. */
const LOOKED_AT = 1_000;

/**
 * A page of events, the one that the ledger first saw last at the top; by id at one instant. An event of years ago that a backfill has just
 * brought is new, and a date in the future puts no event above the others.
 *
 * @param largest bytes of JSON after which reading stops
 * @param now milliseconds since 1970
 * @throws {PageTooLarge}
 */
export async function listArrivals(
  store: Store,
  { seenFrom, type, portingOrderId }: ArrivalFilter,
  page: PageRequest,
  largest: number,
  now: number,
): Promise<CursorPage<LedgerEvent>> {
  const isFiltered = type !== undefined || portingOrderId !== undefined;
  const stretch: Stretch = {
    table: store.events,
    index: 'by_first_seen',
    partition: { attribute: 'record_type', value: RECORD_TYPE },
    sortKey: SORT_KEY,
    ...(seenFrom !== undefined && { from: seenFrom }),
    newestFirst: true,
    attributes: ['id', SORT_KEY],
    where: {
      ...(type !== undefined && { event_type: type }),
      ...(portingOrderId !== undefined && { porting_order_id: portingOrderId }),
    },
  };
  return fillPage(
    {
      sortKey: SORT_KEY,
      large: true,
      read: (after) => readStretch(store, stretch, after, isFiltered ? LOOKED_AT : page.size + 1),
      show: (keys) => {
        const ids = keys.map((key) => textIn(key, 'id') ?? '');
        return eventsOf(store, ids, largest, now);
      },
    },
    page,
  );
}
