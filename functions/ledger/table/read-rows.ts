import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { expressions } from './expressions.ts';
import { type KeyRange, rowsOf } from './key-range.ts';
import type { ControlKind, Store } from './store.ts';
import { attributesOf, type Row } from './values.ts';
import type { ReadOptions, StoreWith, TableName } from './verbs.ts';

/** DynamoDB's limit for one BatchGetItem. */
const BATCH = 100;

const PAUSE_WHEN_THROTTLED = 100;

/** Reads rows by id, a batch at a time, in no order; skips ids without a row. */
export async function* readRows<Table extends TableName>(
  store: StoreWith<Table>,
  table: Table,
  ids: readonly string[],
  { attributes, consistent = false }: ReadOptions = {},
): AsyncGenerator<Row> {
  const name = store[table] as string;
  const { terms, used } = expressions();
  const projection = attributes && { ProjectionExpression: attributes.map(terms.name).join(', ') };
  // BatchGetItem refuses a request that names a key twice.
  let wanted: Row[] = [...new Set(ids)].map((id) => attributesOf({ id }));
  while (wanted.length > 0) {
    const Keys = wanted.slice(0, BATCH);
    const answer = await store.client.send(
      new BatchGetItemCommand({
        RequestItems: { [name]: { Keys, ConsistentRead: consistent, ...projection, ...used() } },
      }),
    );
    yield* answer.Responses?.[name] ?? [];
    // Keys that did not fit into the answer (16 MB, or a throttled table) are read again, before the rest.
    const unread = answer.UnprocessedKeys?.[name]?.Keys ?? [];
    if (unread.length === Keys.length) await sleep(PAUSE_WHEN_THROTTLED);
    wanted = [...unread, ...wanted.slice(BATCH)];
  }
}

/** The rows of a kind in the table `control`, by id. Reads are consistent: they see every earlier write. */
export function controlRange(kind: ControlKind, part: Partial<KeyRange<'control'>> = {}): KeyRange<'control'> {
  return { table: 'control', partition: { attribute: 'kind', value: kind }, sortKey: 'id', consistent: true, ...part };
}

/** Reads all rows of a kind in the table `control`, by id. */
export function readControl(store: Pick<Store, 'client' | 'control'>, kind: ControlKind): AsyncGenerator<Row> {
  return rowsOf(store, controlRange(kind));
}
