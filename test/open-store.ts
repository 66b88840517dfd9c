import { afterAll } from 'vitest';
import type { OrderStore } from '../functions/ledger/store.ts';
import { type Engine, startEngine } from '../infra/local/dynamodb.ts';
import { openStoreAt } from './open-store-at.ts';

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

/** An empty ledger on that engine. */
export async function openStore(): Promise<OrderStore> {
  return openStoreAt(await engineEndpoint());
}
