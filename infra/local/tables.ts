import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  ResourceInUseException,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { Table } from '../service.ts';
import { CannotStart } from './cannot-start.ts';

export interface TableOptions {
  readonly tableName: (table: string) => string;
  /** What to do about a table that is not as described; follows "either migrate it, or". */
  readonly remedy: string;
}

/**
 * Creates the tables that are missing and keeps the existing ones.
 *
 * @throws {CannotStart} when an existing table has other keys or indexes than described
 */
export async function ensureTables(
  client: DynamoDBClient,
  tables: Readonly<Record<string, Table>>,
  { tableName, remedy }: TableOptions,
): Promise<void> {
  await Promise.all(Object.entries(tables).map(([name, table]) => ensureTable(client, tableName(name), table, remedy)));
}

async function ensureTable(client: DynamoDBClient, TableName: string, table: Table, remedy: string): Promise<void> {
  const wanted = creationOf(TableName, table);
  let existing = await describe(client, TableName);
  if (!existing) {
    await client.send(new CreateTableCommand(wanted)).catch((error: unknown) => {
      // Two hosts may share one engine and start at the same time.
      if (!(error instanceof ResourceInUseException)) throw error;
    });
  }
  if (existing?.TableStatus !== 'ACTIVE') {
    await waitUntilTableExists({ client, minDelay: 0.1, maxDelay: 1, maxWaitTime: 60 }, { TableName });
    existing = await describe(client, TableName);
  }
  const difference = firstDifference(shapeOf(wanted), shapeOf(existing ?? {}));
  if (difference) {
    const fault = `The table ${TableName} exists, but its ${difference} is not what infra/service.ts describes`;
    throw new CannotStart(`${fault}: either migrate it, or ${remedy}`);
  }
  if (table.timeToLive) await enableTimeToLive(client, TableName, table.timeToLive);
}

/** A table as input for CreateTable. */
export function creationOf(TableName: string, table: Table): CreateTableCommandInput & { TableName: string } {
  const indexes = Object.entries(table.indexes);
  const keys = [table, ...indexes.map(([, index]) => index)].flatMap(({ partitionKey, sortKey }) =>
    sortKey ? [partitionKey, sortKey] : [partitionKey],
  );
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...new Set(keys)].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keySchema(table.partitionKey, table.sortKey),
    ...(indexes.length > 0 && {
      GlobalSecondaryIndexes: indexes.map(([IndexName, { partitionKey, sortKey, include }]) => ({
        IndexName,
        KeySchema: keySchema(partitionKey, sortKey),
        Projection:
          include.length > 0
            ? { ProjectionType: 'INCLUDE', NonKeyAttributes: [...include] }
            : { ProjectionType: 'KEYS_ONLY' },
      })),
    }),
  };
}

function keySchema(partitionKey: string, sortKey: string | undefined): KeySchemaElement[] {
  const partition: KeySchemaElement = { AttributeName: partitionKey, KeyType: 'HASH' };
  return sortKey ? [partition, { AttributeName: sortKey, KeyType: 'RANGE' }] : [partition];
}

async function describe(client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** The parts of a table that functions rely on, each as comparable text. */
function shapeOf(table: Omit<CreateTableCommandInput, 'TableName'> | TableDescription): Map<string, string> {
  const types = new Map(table.AttributeDefinitions?.map((one) => [one.AttributeName, one.AttributeType]));
  const keys = (schema: readonly KeySchemaElement[] = []): string =>
    schema.map((key) => `${key.KeyType} ${key.AttributeName} ${types.get(key.AttributeName)}`).join(', ');
  return new Map([
    ['key', keys(table.KeySchema)],
    ...(table.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }): [string, string] => [
      `index ${IndexName}`,
      `${keys(KeySchema)}, ${Projection?.ProjectionType} ${[...(Projection?.NonKeyAttributes ?? [])].sort()}`,
    ]),
  ]);
}

function firstDifference(wanted: Map<string, string>, existing: Map<string, string>): string | undefined {
  return [...wanted.keys(), ...existing.keys()].find((part) => wanted.get(part) !== existing.get(part));
}

async function enableTimeToLive(client: DynamoDBClient, TableName: string, AttributeName: string): Promise<void> {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  if (/^ENABL/.test(TimeToLiveDescription?.TimeToLiveStatus ?? '')) return;
  try {
    const TimeToLiveSpecification = { AttributeName, Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  } catch (error) {
    // The embedded engine never deletes expired rows. Readers must hide them anyway, because DynamoDB takes up to days.
    if (!(error instanceof Error && error.name === 'UnknownOperationException')) throw error;
  }
}
