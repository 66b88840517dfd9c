import { paginateQuery } from '@aws-sdk/client-dynamodb';
import { type OrderStore, text, textIn } from '../table/store.ts';
import { UNDECIDED } from './orders.ts';

/** Ids of the orders that ask something of the customer which has not been announced, longest unchanged first, a page at a time. */
export async function* undecidedOrders(store: OrderStore, pageSize: number): AsyncGenerator<readonly string[]> {
  const pages = paginateQuery(
    { client: store.client, pageSize },
    {
      TableName: store.orders,
      IndexName: 'undecided',
      KeyConditionExpression: 'undecided = :undecided',
      ExpressionAttributeValues: { ':undecided': text(UNDECIDED) },
    },
  );
  for await (const { Items = [] } of pages) yield Items.map((row) => textIn(row, 'id') ?? '');
}
