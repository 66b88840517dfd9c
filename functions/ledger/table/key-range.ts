import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import { type Row, type Store, text, textIn } from './store.ts';

/**
 * A stretch of one partition, read from one of its ends. The sort key is an `id`, or has the id behind an instant and a `#`: so every
 * row has a place of its own, and a place that is remembered is one to go on from, also when its row has gone.
 */
export interface Stretch {
  readonly table: string;
  /** The table itself without it. */
  readonly index?: string;
  readonly partition: { readonly attribute: string; readonly value: string };
  readonly sortKey: string;
  /** Sort keys, both included. */
  readonly from?: string;
  readonly to?: string;
  readonly newestFirst: boolean;
  /** All of them without it. */
  readonly attributes?: readonly string[];
  /** Rows that have other values are passed over. DynamoDB reads them all the same. */
  readonly where?: Readonly<Record<string, string>>;
  /** Sees what was written before, for twice the price; not for an index. */
  readonly consistent?: boolean;
}

/** What one request has read. `end` is the place up to which it read; undefined at the end of the stretch. */
export interface Keys {
  readonly rows: readonly Row[];
  readonly end: string | undefined;
}

/**
 * Reads a stretch behind a place: one request.
 *
 * @param after a sort key of the stretch; its beginning without it
 * @param most rows that DynamoDB looks at
 */
export async function readStretch(
  { client }: Pick<Store, 'client'>,
  stretch: Stretch,
  after: string | undefined,
  most: number,
): Promise<Keys> {
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: stretch.table,
      ...(stretch.index !== undefined && { IndexName: stretch.index }),
      ...expressionsOf(stretch),
      ScanIndexForward: !stretch.newestFirst,
      ConsistentRead: stretch.consistent ?? false,
      Limit: most,
      ...(after !== undefined && { ExclusiveStartKey: keyAt(stretch, after) }),
    }),
  );
  return { rows: Items, end: textIn(LastEvaluatedKey, stretch.sortKey) };
}

function expressionsOf({ partition, sortKey, from, to, attributes = [], where = {} }: Stretch) {
  const values: Record<string, AttributeValue> = { ':partition': text(partition.value) };
  const conditions = [`#${partition.attribute} = :partition`];
  if (from !== undefined && to !== undefined) conditions.push(`#${sortKey} BETWEEN :from AND :to`);
  else if (from !== undefined) conditions.push(`#${sortKey} >= :from`);
  else if (to !== undefined) conditions.push(`#${sortKey} <= :to`);
  if (from !== undefined) values[':from'] = text(from);
  if (to !== undefined) values[':to'] = text(to);

  const filters = Object.entries(where).map(([attribute, value]) => {
    values[`:is_${attribute}`] = text(value);
    return `#${attribute} = :is_${attribute}`;
  });
  const bound = from === undefined && to === undefined ? [] : [sortKey];
  const names = new Set([partition.attribute, ...bound, ...attributes, ...Object.keys(where)]);
  return {
    KeyConditionExpression: conditions.join(' AND '),
    ...(filters.length > 0 && { FilterExpression: filters.join(' AND ') }),
    ...(attributes.length > 0 && { ProjectionExpression: attributes.map((name) => `#${name}`).join(', ') }),
    // Some of them are reserved words.
    ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: values,
  };
}

function keyAt({ partition, sortKey }: Stretch, place: string): Row {
  const id = sortKey === 'id' ? place : place.slice(place.indexOf('#') + 1);
  return { [partition.attribute]: text(partition.value), [sortKey]: text(place), id: text(id) };
}
