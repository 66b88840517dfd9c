import { randomUUID } from 'node:crypto';
import type { OrderStore } from '../functions/ledger/store.ts';
import { dynamodbClient } from '../infra/local/dynamodb.ts';
import { ensureTables } from '../infra/local/tables.ts';
import { tables } from '../infra/service.ts';

/** An empty ledger on an engine: tables of its own, made from the description that is deployed. */
export async function openStoreAt(endpoint: string): Promise<OrderStore> {
  const client = dynamodbClient(endpoint);
  const suffix = randomUUID().slice(0, 8);
  const tableName = (table: string) => `${table}-${suffix}`;
  await ensureTables(client, tables, { tableName, remedy: 'start another engine' });
  return { client, events: tableName('events'), orders: tableName('orders'), control: tableName('control') };
}
