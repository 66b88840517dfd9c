import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** A row, or some of its attributes, in DynamoDB's form. */
export type Row = Record<string, AttributeValue>;

/** The value of an attribute: plain JavaScript, a set of texts, bytes, or DynamoDB's own form. */
export type Value = string | number | boolean | Uint8Array | ReadonlySet<string> | AttributeValue;

/** Attributes to write, by name; undefined ones are left out. */
export type Values = Readonly<Record<string, Value | undefined>>;

/** A value in DynamoDB's form. */
export function attributeOf(value: Value): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Uint8Array) return { B: value };
  return value instanceof Set ? { SS: [...value] } : (value as AttributeValue);
}

/** Attributes in DynamoDB's form. */
export function attributesOf(values: Values): Row {
  const given = Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined);
  return Object.fromEntries(given.map(([attribute, value]) => [attribute, attributeOf(value)]));
}

/** The text in an attribute, or `undefined` when the row lacks it. */
export function textIn(row: Row | undefined, attribute: string): string | undefined {
  return row?.[attribute]?.S;
}

/** The number in an attribute, or `undefined` when the row lacks it. */
export function numberIn(row: Row | undefined, attribute: string): number | undefined {
  const value = row?.[attribute]?.N;
  return value === undefined ? undefined : Number(value);
}

/** The row's `id`: every table has one. */
export function idIn(row: Row): string {
  return textIn(row, 'id') ?? '';
}
