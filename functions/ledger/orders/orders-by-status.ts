import { paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { number, type OrderStore, text, tookPlace } from '../table/store.ts';
import { textIn } from '../table/values.ts';

/** What the index tells of an order. */
export interface OrderMark {
  readonly id: string;
  /** Since when it has its status. */
  readonly since: Timestamp | undefined;
  /** Of which stay in a status it was said that it is overdue. */
  readonly overdueSince: Timestamp | undefined;
  /** True when the time of all its events is over. */
  readonly retired: boolean;
}

/** Every order in a status, or those of them whose last event is not after an instant. */
export async function* ordersInStatus(store: OrderStore, status: string, until?: Timestamp): AsyncGenerator<OrderMark> {
  const pages = paginateQuery(
    { client: store.client },
    {
      TableName: store.orders,
      IndexName: 'by_status',
      KeyConditionExpression: `#status = :status${until === undefined ? '' : ' AND changed_at_id <= :until'}`,
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': text(status), ...(until !== undefined && { ':until': text(until) }) },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const row of Items) {
      yield {
        id: textIn(row, 'id') ?? '',
        since: textIn(row, 'since'),
        overdueSince: textIn(row, 'overdue_since'),
        retired: row.retired !== undefined,
      };
    }
  }
}

/** Writes down that an order's present stay in its status was announced as overdue, unless it is over. */
export async function markOverdue(store: OrderStore, id: string, since: Timestamp, now: number): Promise<void> {
  await tookPlace(
    store.client.send(
      new UpdateItemCommand({
        TableName: store.orders,
        Key: { id: text(id) },
        ConditionExpression: 'since = :since',
        // Whoever folds the order at this moment must see the mark, or it would be announced a second time.
        UpdateExpression: 'SET overdue_since = :since, overdue_at = :now ADD version :one',
        ExpressionAttributeValues: { ':since': text(since), ':now': text(timestampOf(now)), ':one': number(1) },
      }),
    ),
  );
}
