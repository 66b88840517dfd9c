import { once } from 'node:events';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import {
  CreateTableCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished, vi } from 'vitest';
import { dynamodbClient, startEngine } from '../../infra/local/dynamodb.ts';
import { requireOfDynalite } from '../../infra/local/level-iterators.ts';
import { creationOf } from '../../infra/local/tables.ts';
import { eventually } from '../eventually.ts';
import { openStore } from '../open-store.ts';
import { temporaryFolder } from './stub-functions.ts';

interface AbstractLevel {
  readonly prototype: { attachResource(resource: object): void; detachResource(resource: object): void };
}

/**
 * A store keeps a list of what it must close before itself. Counts what joins that list from now on, and what is still
 * on it.
 */
function countIterators() {
  const { AbstractLevel } = createRequire(requireOfDynalite.resolve('memory-level'))('abstract-level') as {
    AbstractLevel: AbstractLevel;
  };
  const open = new Set<object>();
  let opened = 0;
  const { attachResource, detachResource } = AbstractLevel.prototype;
  vi.spyOn(AbstractLevel.prototype, 'attachResource').mockImplementation(function (this: object, iterator) {
    opened += 1;
    open.add(iterator);
    attachResource.call(this, iterator);
  });
  vi.spyOn(AbstractLevel.prototype, 'detachResource').mockImplementation(function (this: object, iterator) {
    open.delete(iterator);
    detachResource.call(this, iterator);
  });
  onTestFinished(() => void vi.restoreAllMocks());
  return { opened: () => opened, open: () => open.size };
}

const described = { holds: 'things', partitionKey: 'id', sortKey: 'at', indexes: {} };

async function fill(client: DynamoDBClient): Promise<void> {
  await client.send(new CreateTableCommand(creationOf('things', described)));
  await eventually(async () => {
    for (let number = 0; number < 20; number += 1) {
      const Item = { id: { S: 'x' }, at: { S: String(number) } };
      await client.send(new PutItemCommand({ TableName: 'things', Item }));
    }
  });
}

const ofX = { KeyConditionExpression: 'id = :x', ExpressionAttributeValues: { ':x': { S: 'x' } } };

/** The operations that read more than one row, to the end and cut short. */
async function read(client: DynamoDBClient): Promise<void> {
  const TableName = 'things';
  await client.send(new QueryCommand({ TableName, ...ofX }));
  await client.send(new QueryCommand({ TableName, ...ofX, Limit: 1 }));
  await client.send(new QueryCommand({ TableName, ...ofX, Limit: 20, ScanIndexForward: false }));
  await client.send(new QueryCommand({ TableName, ...ofX, Limit: 3, FilterExpression: 'attribute_exists(nothing)' }));
  await client.send(new ScanCommand({ TableName, Limit: 2 }));
  await client.send(new ListTablesCommand({ Limit: 1 }));
}

async function abandon(endpoint: string): Promise<void> {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': '20261123T000000Z',
    'x-amz-target': 'DynamoDB_20120810.Query',
    authorization: 'AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b, Signature=c',
  };
  const asked = request(endpoint, { method: 'POST', headers, agent: false });
  asked.on('error', () => {});
  asked.end(JSON.stringify({ TableName: 'things', ...ofX, Limit: 1 }));
  await once(asked, 'finish');
  asked.destroy();
}

it.for(['in memory', 'on disk'])('the engine %s has no open iterator when nothing reads', async (where) => {
  const engine = await startEngine(where === 'on disk' ? { path: await temporaryFolder() } : {});
  const client = dynamodbClient(engine.endpoint);
  onTestFinished(async () => {
    client.destroy();
    await engine.close();
  });
  await fill(client);
  const iterators = countIterators();
  await read(client);
  for (let time = 0; time < 10; time += 1) await abandon(engine.endpoint);
  await eventually(() => expect(iterators.opened()).toBeGreaterThanOrEqual(16));
  await client.send(new DeleteTableCommand({ TableName: 'things' }));
  await eventually(() => expect(iterators.open()).toBe(0));
});

it.skipIf(process.env.DYNAMODB_ENDPOINT)('nor does the engine of the tests', async () => {
  const { client, control } = await openStore();
  const iterators = countIterators();
  const query = { KeyConditionExpression: 'kind = :x', ExpressionAttributeValues: { ':x': { S: 'x' } } };
  await client.send(new QueryCommand({ TableName: control, ...query, Limit: 1 }));
  expect(iterators.opened()).toBe(1);
  await eventually(() => expect(iterators.open()).toBe(0));
});
