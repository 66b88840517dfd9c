import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import type { Store } from '../functions/ledger/store.ts';
import { dynamodbClient, type Engine, startEngine } from '../infra/local/dynamodb.ts';
import { ensureTables } from '../infra/local/tables.ts';
import { tables } from '../infra/service.ts';

let engine: Promise<Engine> | undefined;

/**
 * The engine that tests run on: the one at DYNAMODB_ENDPOINT, else an embedded one in memory, started once a test file. Both are
 * reached by the official SDK over HTTP.
 */
export async function engineEndpoint(): Promise<string> {
  const given = process.env.DYNAMODB_ENDPOINT;
  if (given) return given;
  engine ??= startEngine();
  return (await engine).endpoint;
}

afterAll(async () => {
  await (await engine)?.close();
});

/** An empty ledger: tables of its own, made from the description that is deployed. */
export async function openStore(): Promise<Store> {
  const client = dynamodbClient(await engineEndpoint());
  const suffix = randomUUID().slice(0, 8);
  const tableName = (table: string) => `${table}-${suffix}`;
  await ensureTables(client, tables, { tableName, remedy: 'start another engine' });
  return { client, events: tableName('events'), control: tableName('control') };
}
