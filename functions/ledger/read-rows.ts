import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { type Row, type Store, text } from './store.ts';

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
