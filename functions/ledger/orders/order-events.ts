import { readEventPage } from '../events/event-page.ts';
import type { LedgerEvent } from '../events/row.ts';
import type { CursorPage, PageRequest } from '../table/cursor-page.ts';
import { eventRange } from '../table/event-keys.ts';
import { rowsOf } from '../table/key-range.ts';
import type { Store } from '../table/store.ts';
import { idIn } from '../table/values.ts';

/**
 * A page of an order's timeline, by time and, at one instant, by id.
 *
 * @param largest bytes of JSON after which reading stops
 * @param now milliseconds since 1970
 * @throws {PageTooLarge}
 */
export function listOrderEvents(
  store: Store,
  { orderId, newestFirst }: { readonly orderId: string; readonly newestFirst: boolean },
  page: PageRequest,
  largest: number,
  now: number,
): Promise<CursorPage<LedgerEvent>> {
  return readEventPage(store, eventRange('by_order', orderId, { newestFirst }), page, largest, now);
}

/** Ids of all events of an order, from the index: an event written a moment ago may be missing. */
export async function orderEventIds(store: Store, orderId: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const row of rowsOf(store, eventRange('by_order', orderId, { attributes: ['id'] }))) ids.push(idIn(row));
  return ids;
}
