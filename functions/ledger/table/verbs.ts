import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Change, type Condition, expressions, updateExpression } from './expressions.ts';
import type { OrderStore } from './store.ts';
import { attributesOf, type Row, type Values } from './values.ts';

export type TableName = 'events' | 'control' | 'orders';

/** A store that has a table. */
export type StoreWith<Table extends TableName> = Pick<OrderStore, 'client' | Table>;

/** Options of every write. */
export interface WriteOptions {
  /** The condition on the present row; if it does not hold, nothing is written. A missing row has no attributes. */
  readonly when?: Condition;
  readonly signal?: AbortSignal | undefined;
}

export interface Update extends Change, WriteOptions {
  /** Which attributes to return: those of the row before or after, all of them or only the written ones. */
  readonly returns?: 'ALL_OLD' | 'UPDATED_OLD' | 'ALL_NEW' | 'UPDATED_NEW';
}

/**
 * Changes a row, or creates it.
 *
 * @returns the attributes that `returns` names, or an empty row without it; `undefined` when `when` does not hold
 */
export async function update<Table extends TableName>(
  store: StoreWith<Table>,
  table: Table,
  key: Values,
  { when, signal, returns, ...change }: Update,
): Promise<Row | undefined> {
  const { terms, used } = expressions();
  const command = new UpdateItemCommand({
    TableName: store[table],
    Key: attributesOf(key),
    UpdateExpression: updateExpression(change, terms),
    ...(when && { ConditionExpression: when(terms) }),
    ...(returns && { ReturnValues: returns }),
    ...used(),
  });
  const written = store.client.send(command, optionsOf(signal)).then(({ Attributes = {} }) => Attributes);
  return unlessRefused(written);
}

/**
 * Replaces the row with this key, or creates it.
 *
 * @returns false when `when` does not hold
 */
export async function put<Table extends TableName>(
  store: StoreWith<Table>,
  table: Table,
  row: Values,
  { when, signal }: WriteOptions = {},
): Promise<boolean> {
  const command = new PutItemCommand({ TableName: store[table], Item: attributesOf(row), ...conditionOf(when) });
  return tookPlace(store.client.send(command, optionsOf(signal)));
}

/**
 * Deletes a row.
 *
 * @returns false when `when` does not hold
 */
export async function remove<Table extends TableName>(
  store: StoreWith<Table>,
  table: Table,
  key: Values,
  { when, signal }: WriteOptions = {},
): Promise<boolean> {
  const command = new DeleteItemCommand({ TableName: store[table], Key: attributesOf(key), ...conditionOf(when) });
  return tookPlace(store.client.send(command, optionsOf(signal)));
}

/** How to read a row. Without `attributes`, reads all of them. */
export interface ReadOptions {
  readonly attributes?: readonly string[];
  /** Sees every earlier write, for twice the price. */
  readonly consistent?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Reads a row. */
export async function get<Table extends TableName>(
  store: StoreWith<Table>,
  table: Table,
  key: Values,
  { attributes, consistent = false, signal }: ReadOptions = {},
): Promise<Row | undefined> {
  const { terms, used } = expressions();
  const command = new GetItemCommand({
    TableName: store[table],
    Key: attributesOf(key),
    ConsistentRead: consistent,
    ...(attributes && { ProjectionExpression: attributes.map(terms.name).join(', ') }),
    ...used(),
  });
  return (await store.client.send(command, optionsOf(signal))).Item;
}

/** The condition of a write that has no other expression. */
function conditionOf(when: Condition | undefined) {
  if (!when) return {};
  const { terms, used } = expressions();
  return { ConditionExpression: when(terms), ...used() };
}

function optionsOf(signal: AbortSignal | undefined) {
  return signal ? { abortSignal: signal } : {};
}

async function unlessRefused<Returned>(write: Promise<Returned>): Promise<Returned | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

async function tookPlace(write: Promise<unknown>): Promise<boolean> {
  return (await unlessRefused(write.then(() => true))) ?? false;
}
