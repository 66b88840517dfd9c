import { paginateQuery } from '@aws-sdk/client-dynamodb';
import { readEventPage } from '../events/event-page.ts';
import type { LedgerEvent } from '../events/row.ts';
import type { CursorPage, PageRequest } from '../table/cursor-page.ts';
import { type Store, text, textIn } from '../table/store.ts';

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
  const part = {
    index: 'by_order',
    partition: { attribute: 'porting_order_id', value: orderId },
    sortKey: 'created_at_id',
    newestFirst,
  };
  return readEventPage(store, part, page, largest, now);
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
