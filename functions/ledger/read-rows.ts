import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { type ControlKind, type Row, type Store, text } from './store.ts';

/** DynamoDB's limit for one BatchGetItem. */
const BATCH = 100;

const PAUSE_WHEN_THROTTLED = 100;

/**
 * Reads events' rows by id, a batch at a time, in no order; ids without a row are passed over.
 *
 * @param attributes a projection expression; all attributes without it
 */
export async function* readRows(store: Store, ids: readonly string[], attributes?: string): AsyncGenerator<Row[]> {
  // BatchGetItem refuses a request that names a key twice.
  let wanted: Row[] = [...new Set(ids)].map((id) => ({ id: text(id) }));
  while (wanted.length > 0) {
    const Keys = wanted.slice(0, BATCH);
    const answer = await store.client.send(
      new BatchGetItemCommand({
        RequestItems: { [store.events]: attributes ? { Keys, ProjectionExpression: attributes } : { Keys } },
      }),
    );
    const rows = answer.Responses?.[store.events] ?? [];
    yield rows;
    // What one answer could not hold (16 MB, or a throttled table) is asked for again, before the rest.
    const unread = answer.UnprocessedKeys?.[store.events]?.Keys ?? [];
    if (unread.length === Keys.length) await sleep(PAUSE_WHEN_THROTTLED);
    wanted = [...unread, ...wanted.slice(BATCH)];
  }
}

/** Reads all rows of a kind in the table `control`, by id. The reads are consistent: what was written before is seen. */
export async function* readControl(store: Store, kind: ControlKind): AsyncGenerator<Row> {
  const pages = paginateQuery(
    { client: store.client },
    {
      TableName: store.control,
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': text(kind) },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) yield* Items;
}
