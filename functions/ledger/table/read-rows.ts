import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { type ControlKind, type Row, type Store, text } from './store.ts';

/** DynamoDB's limit for one BatchGetItem. */
const BATCH = 100;

const PAUSE_WHEN_THROTTLED = 100;

/** How rows are read: `table` is a table's name, the one of events without it; `attributes` names with commas between, all without it. */
export interface Reading {
  readonly table?: string;
  readonly attributes?: string;
  /** Sees what was written before, for twice the price. */
  readonly consistent?: boolean;
}

/** Reads rows by id, a batch at a time, in no order; ids without a row are passed over. */
export async function* readRows(
  store: Pick<Store, 'client' | 'events'>,
  ids: readonly string[],
  { table = store.events, attributes, consistent = false }: Reading = {},
): AsyncGenerator<Row[]> {
  const names = attributes?.split(', ');
  const projection = names && {
    ProjectionExpression: names.map((name) => `#${name}`).join(', '),
    // Some of them are reserved words.
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
  };
  // BatchGetItem refuses a request that names a key twice.
  let wanted: Row[] = [...new Set(ids)].map((id) => ({ id: text(id) }));
  while (wanted.length > 0) {
    const Keys = wanted.slice(0, BATCH);
    const answer = await store.client.send(
      new BatchGetItemCommand({
        RequestItems: { [table]: { Keys, ConsistentRead: consistent, ...projection } },
      }),
    );
    const rows = answer.Responses?.[table] ?? [];
    yield rows;
    // What one answer could not hold (16 MB, or a throttled table) is asked for again, before the rest.
    const unread = answer.UnprocessedKeys?.[table]?.Keys ?? [];
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
