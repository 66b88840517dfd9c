import { randomUUID } from 'node:crypto';
import type { OrderStore } from '../functions/ledger/table/store.ts';
import { dynamodbClient } from '../infra/local/dynamodb.ts';
import { ensureTables } from '../infra/local/tables.ts';
import { type Table, tables } from '../infra/service.ts';

/** Tests set their own time. By its own clock DynamoDB Local would delete rows that have not expired in the test. */
const withoutTimeToLive: Readonly<Record<string, Table>> = Object.fromEntries(
  Object.entries(tables).map(([name, { timeToLive: _, ...table }]) => [name, table]),
);

/** An empty ledger on an engine: new tables, created from the description that is deployed. */
export async function openStoreAt(endpoint: string): Promise<OrderStore> {
  const client = dynamodbClient(endpoint);
  const suffix = randomUUID().slice(0, 8);
  const tableName = (table: string) => `${table}-${suffix}`;
  await ensureTables(client, withoutTimeToLive, { tableName, remedy: 'start another engine' });
  return { client, events: tableName('events'), orders: tableName('orders'), control: tableName('control') };
}
