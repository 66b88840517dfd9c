import type { Timestamp } from '../../porting/timestamp.ts';
import type { CursorPage, PageRequest } from '../table/cursor-page.ts';
import { eventRange, isEventOf, RECORD_TYPE } from '../table/event-keys.ts';
import type { Store } from '../table/store.ts';
import { readEventPage } from './event-page.ts';
import type { LedgerEvent } from './row.ts';

/** Which events to list, by when the ledger first saw them; all conditions apply together. */
export interface ArrivalFilter {
  /** Included. */
  readonly seenFrom?: Timestamp;
  readonly type?: string;
  readonly portingOrderId?: string;
}

/**
 * A page of events, the most recently seen first; at one instant by id. An event of years ago that a backfill has just
 * brought is new, and a `created_at` in the future puts no event above the others.
 *
 * @param largest bytes of JSON after which reading stops
 * @param now milliseconds since 1970
 * @throws {PageTooLarge}
 */
export function listArrivals(
  store: Store,
  { seenFrom, type, portingOrderId }: ArrivalFilter,
  page: PageRequest,
  largest: number,
  now: number,
): Promise<CursorPage<LedgerEvent>> {
  const range = eventRange('by_first_seen', RECORD_TYPE, {
    from: seenFrom,
    newestFirst: true,
    where: isEventOf(type, portingOrderId),
  });
  return readEventPage(store, range, page, largest, now);
}
