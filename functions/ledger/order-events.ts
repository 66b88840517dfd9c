import { paginateQuery } from '@aws-sdk/client-dynamodb';
import { type CursorPage, fillPage, type PageRequest } from './cursor-page.ts';
import { eventsOf } from './list.ts';
import type { LedgerEvent } from './row.ts';
import { type Store, text, textIn } from './store.ts';
import { readStretch, type Stretch } from './stretch.ts';

/**
 * A page of an order's timeline, by time and, at one instant, by id.
 *
 * @param largest bytes of JSON after which reading stops
 * @param now milliseconds since 1970
 * @throws {PageTooLarge}
 */
export async function listOrderEvents(
  store: Store,
  { orderId, newestFirst }: { readonly orderId: string; readonly newestFirst: boolean },
  page: PageRequest,
  largest: number,
  now: number,
): Promise<CursorPage<LedgerEvent>> {
  const stretch: Stretch = {
    table: store.events,
    index: 'by_order',
    partition: { attribute: 'porting_order_id', value: orderId },
    sortKey: 'created_at_id',
    newestFirst,
    attributes: ['id', 'created_at_id'],
  };
  return fillPage(
    {
      sortKey: stretch.sortKey,
      large: true,
      read: (after) => readStretch(store, stretch, after, page.size + 1),
      show: (keys) => {
        const ids = keys.map((key) => textIn(key, 'id') ?? '');
        return eventsOf(store, ids, largest, now);
      },
    },
    page,
  );
}

/** Ids of all events of an order, as the index shows them: one that was written a moment ago may be missing. */
export async function orderEventIds(store: Store, orderId: string): Promise<readonly string[]> {
  const ids: string[] = [];
  const pages = paginateQuery(
    { client: store.client },
    {
      TableName: store.events,
      IndexName: 'by_order',
      KeyConditionExpression: 'porting_order_id = :order',
      ProjectionExpression: 'id',
      ExpressionAttributeValues: { ':order': text(orderId) },
    },
  );
  for await (const { Items = [] } of pages) ids.push(...Items.map((row) => textIn(row, 'id') ?? ''));
  return ids;
}
