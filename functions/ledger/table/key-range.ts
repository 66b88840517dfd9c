import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { all, type Condition, expressions, is } from './expressions.ts';
import { attributesOf, type Row, textIn } from './values.ts';
import type { StoreWith, TableName } from './verbs.ts';

/**
 * A range of one partition, read from one of its ends. Where pages start at a position (`readKeys`), the sort key is
 * either an `id`, or an instant, a `#` and the id. So every row has its own position, and reading can continue from it
 * even when the row is gone.
 */
export interface KeyRange<Table extends TableName = TableName> {
  readonly table: Table;
  /** If omitted, the table itself. */
  readonly index?: string;
  readonly partition: { readonly attribute: string; readonly value: string };
  readonly sortKey: string;
  /** Sort keys, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly newestFirst?: boolean;
  /** If omitted, all of them. */
  readonly attributes?: readonly string[];
  /** Skips other rows. DynamoDB reads them all the same. */
  readonly where?: Condition | undefined;
  /** Sees every earlier write, for twice the price; not for an index. */
  readonly consistent?: boolean;
}

/** The result of one request. `end` is the position up to which it read; undefined at the end of the range. */
export interface Keys {
  readonly rows: readonly Row[];
  readonly end: string | undefined;
}

/** A count that stops at a bound. `more`: there are, or may be, more than counted. */
export interface Counted {
  readonly count: number;
  readonly more: boolean;
}

/**
 * Reads a range after a position: one request.
 *
 * @param after a sort key of the range; if omitted, reads from the beginning of the range
 * @param most the number of rows that DynamoDB reads
 */
export async function readKeys<Table extends TableName>(
  store: StoreWith<Table>,
  range: KeyRange<Table>,
  after: string | undefined,
  most: number,
): Promise<Keys> {
  const place = after === undefined ? {} : { ExclusiveStartKey: keyAt(range, after) };
  const query = new QueryCommand({ ...queryOf(store, range), Limit: most, ...place });
  const { Items = [], LastEvaluatedKey } = await store.client.send(query);
  return { rows: Items, end: textIn(LastEvaluatedKey, range.sortKey) };
}

/**
 * Reads several ranges as if they were one, up to the first position at which one of them is unfinished. All have the
 * same direction and the same sort key.
 *
 * @param after,most as for {@link readKeys}, for each of them
 */
export async function readMerged<Table extends TableName>(
  store: StoreWith<Table>,
  ranges: readonly KeyRange<Table>[],
  after: string | undefined,
  most: number,
): Promise<Keys> {
  const parts = await Promise.all(ranges.map((range) => readKeys(store, range, after, most)));
  const [{ sortKey = '', newestFirst = false } = {}] = ranges;
  const placeOf = (row: Row | undefined) => textIn(row, sortKey) ?? '';
  const isBefore = (one: string, other: string) => (newestFirst ? one > other : one < other);
  const ends = parts.flatMap(({ end }) => end ?? []);
  const known = ends.reduce<string | undefined>(
    (first, end) => (first && isBefore(first, end) ? first : end),
    undefined,
  );
  const rows = parts
    .flatMap((part) => part.rows)
    .filter((row) => known === undefined || !isBefore(known, placeOf(row)))
    .sort((one, other) => (isBefore(placeOf(one), placeOf(other)) ? -1 : 1));
  if (rows.length <= most) return { rows, end: known };
  return { rows: rows.slice(0, most), end: placeOf(rows[most - 1]) };
}

/**
 * Reads a range to its end, a request at a time; skips empty answers.
 *
 * @param size rows that DynamoDB reads in one request; if omitted, up to 1 MB
 */
export async function* pagesOf<Table extends TableName>(
  store: StoreWith<Table>,
  range: KeyRange<Table>,
  size?: number,
): AsyncGenerator<readonly Row[]> {
  for await (const { Items = [] } of answersTo(store, { ...queryOf(store, range), ...(size && { Limit: size }) })) {
    if (Items.length > 0) yield Items;
  }
}

/** All rows of a range, one by one. */
export async function* rowsOf<Table extends TableName>(
  store: StoreWith<Table>,
  range: KeyRange<Table>,
): AsyncGenerator<Row> {
  for await (const rows of pagesOf(store, range)) yield* rows;
}

/** The number of rows in a range. */
export async function countAll<Table extends TableName>(
  store: StoreWith<Table>,
  range: KeyRange<Table>,
): Promise<number> {
  let count = 0;
  for await (const { Count = 0 } of answersTo(store, countOf(store, range))) count += Count;
  return count;
}

/** Counts the rows among the first `most` of a range that match its conditions: one request. */
export async function countUpTo<Table extends TableName>(
  store: StoreWith<Table>,
  range: KeyRange<Table>,
  most: number,
): Promise<Counted> {
  const query = new QueryCommand({ ...countOf(store, range), Limit: most });
  const { Count = 0, LastEvaluatedKey } = await store.client.send(query);
  return { count: Count, more: LastEvaluatedKey !== undefined };
}

async function* answersTo({ client }: Pick<StoreWith<TableName>, 'client'>, input: QueryCommandInput) {
  let ExclusiveStartKey: Row | undefined;
  do {
    const answer = await client.send(new QueryCommand({ ...input, ...(ExclusiveStartKey && { ExclusiveStartKey }) }));
    yield answer;
    ExclusiveStartKey = answer.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

function queryOf<Table extends TableName>(store: StoreWith<Table>, range: KeyRange<Table>): QueryCommandInput {
  const { index, partition, attributes, where, newestFirst = false, consistent = false } = range;
  const { terms, used } = expressions();
  const within = boundsOf(range);
  return {
    TableName: store[range.table],
    ...(index !== undefined && { IndexName: index }),
    KeyConditionExpression: all(is(partition.attribute, partition.value), within)(terms),
    ...(where && { FilterExpression: where(terms) }),
    ...(attributes && { ProjectionExpression: attributes.map(terms.name).join(', ') }),
    ScanIndexForward: !newestFirst,
    ConsistentRead: consistent,
    ...used(),
  };
}

/** Leaves `attributes` out: DynamoDB refuses a counting request that names attributes. */
function countOf<Table extends TableName>(
  store: StoreWith<Table>,
  { attributes: _, ...range }: KeyRange<Table>,
): QueryCommandInput {
  return { ...queryOf(store, range), Select: 'COUNT' };
}

function boundsOf({ sortKey, from, to }: KeyRange): Condition | undefined {
  if (from === undefined && to === undefined) return undefined;
  return ({ name, value }) => {
    const key = name(sortKey);
    if (from === undefined) return `${key} <= ${value(to ?? '')}`;
    return to === undefined ? `${key} >= ${value(from)}` : `${key} BETWEEN ${value(from)} AND ${value(to)}`;
  };
}

function keyAt({ partition, sortKey }: KeyRange, place: string): Row {
  const id = sortKey === 'id' ? place : place.slice(place.indexOf('#') + 1);
  return attributesOf({ [partition.attribute]: partition.value, [sortKey]: place, id });
}
