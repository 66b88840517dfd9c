import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Store } from '../../functions/ledger/store.ts';
import { dynamodbClient, startEngine } from '../../infra/local/dynamodb.ts';
import { ensureTables } from '../../infra/local/tables.ts';
import { tables } from '../../infra/service.ts';

/**
 * Starts the embedded engine in a process of its own, so that its work is not counted as that of the code that is measured.
 *
 * @returns its endpoint, and a way to end it
 */
export async function startEngineProcess(): Promise<{ endpoint: string; end: () => void }> {
  const child = fork(import.meta.filename);
  const [endpoint] = (await once(child, 'message')) as [string];
  return { endpoint, end: () => child.kill() };
}

/** New tables on an engine. */
export async function openStoreAt(endpoint: string): Promise<Store> {
  const client = dynamodbClient(endpoint);
  const suffix = randomUUID().slice(0, 8);
  const tableName = (table: string) => `${table}-${suffix}`;
  await ensureTables(client, tables, { tableName, remedy: 'start another engine' });
  return { client, events: tableName('events'), control: tableName('control') };
}

if (process.send && process.argv[1] === import.meta.filename) {
  const { endpoint } = await startEngine();
  process.send(endpoint);
}
