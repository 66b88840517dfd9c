import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import {
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CannotStart } from '../../infra/local/cannot-start.ts';
import { dynamodbClient, startEngine } from '../../infra/local/dynamodb.ts';
import { ensureTables } from '../../infra/local/tables.ts';
import { type Table, tables } from '../../infra/service.ts';
import { temporaryFolder } from './stub-functions.ts';

const options = { tableName: (table: string) => `test-${table}`, remedy: 'remove the folder' };

async function openTables(
  described: Readonly<Record<string, Table>>,
  tableName: (table: string) => string = (table) => table,
): Promise<{ endpoint: string; client: DynamoDBClient }> {
  const engine = await startEngine();
  const client = dynamodbClient(engine.endpoint);
  onTestFinished(async () => {
    client.destroy();
    await engine.close();
  });
  await ensureTables(client, described, { ...options, tableName });
  return { endpoint: engine.endpoint, client };
}

async function openEngine(path: string): Promise<{ client: DynamoDBClient; close(): Promise<void> }> {
  const engine = await startEngine({ path });
  const client = dynamodbClient(engine.endpoint);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    client.destroy();
    closed ??= engine.close();
    return closed;
  };
  onTestFinished(close);
  return { client, close };
}

describe('tables of the description', () => {
  it('have the described keys, indexes and projections', async () => {
    const { client } = await openTables(tables);
    const { Table: made } = await client.send(new DescribeTableCommand({ TableName: 'events' }));
    expect(made?.KeySchema).toEqual([{ AttributeName: 'id', KeyType: 'HASH' }]);
    const indexes = made?.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => [
      IndexName,
      { keys: KeySchema?.map(({ AttributeName }) => AttributeName), projection: Projection },
    ]);
    const expected = Object.entries(tables.events.indexes).map(([name, { partitionKey, sortKey, include }]) => [
      name,
      {
        keys: [partitionKey, sortKey],
        projection:
          include.length > 0
            ? { ProjectionType: 'INCLUDE', NonKeyAttributes: [...include] }
            : { ProjectionType: 'KEYS_ONLY' },
      },
    ]);
    expect(Object.fromEntries(indexes ?? [])).toEqual(Object.fromEntries(expected));
    const { Table: control } = await client.send(new DescribeTableCommand({ TableName: 'control' }));
    expect(control?.KeySchema?.map(({ AttributeName }) => AttributeName)).toEqual(['kind', 'id']);
  });

  const plain: Table = { holds: 'things', partitionKey: 'id', indexes: {} };
  const index = { partitionKey: 'a', sortKey: 'b', include: ['c'] };
  it.for<[string, Table, Table]>([
    ['key', plain, { ...plain, partitionKey: 'other' }],
    ['key', plain, { ...plain, sortKey: 'at' }],
    ['index by_a', plain, { ...plain, indexes: { by_a: index } }],
    ['index by_a', { ...plain, indexes: { by_a: index } }, plain],
    ['index by_a', { ...plain, indexes: { by_a: index } }, { ...plain, indexes: { by_a: { ...index, include: [] } } }],
    ['index by_a', { ...plain, indexes: { by_a: index } }, { ...plain, indexes: { by_a: { ...index, sortKey: 'x' } } }],
    [
      'index by_a',
      { ...plain, indexes: { by_a: index } },
      { ...plain, indexes: { by_a: { ...index, include: ['d'] } } },
    ],
  ])('that exist with a different %s stop the start', async ([what, existing, described]) => {
    const { client } = await openTables({ things: existing }, options.tableName);
    await ensureTables(client, { things: existing }, options);
    const again = ensureTables(client, { things: described }, options);
    await expect(again).rejects.toThrow(CannotStart);
    const fault = `The table test-things exists, but its ${what} is not what infra/service.ts describes`;
    await expect(again).rejects.toThrow(`${fault}: either migrate it, or remove the folder`);
  });
});

describe('embedded engine on disk', () => {
  it('has everything again after a restart', async () => {
    const path = join(await temporaryFolder(), 'not', 'yet', 'there');
    const first = await openEngine(path);
    await ensureTables(first.client, tables, options);
    const Item = { id: { S: '1' }, record_type: { S: 'x' }, created_at_id: { S: 'now' }, record: { S: '{}' } };
    await first.client.send(new PutItemCommand({ TableName: 'test-events', Item }));
    await first.close();

    const second = await openEngine(path);
    await ensureTables(second.client, tables, options);
    const got = await second.client.send(new GetItemCommand({ TableName: 'test-events', Key: { id: { S: '1' } } }));
    expect(got.Item).toEqual(Item);
    const listed = await second.client.send(
      new QueryCommand({
        TableName: 'test-events',
        IndexName: 'by_time',
        KeyConditionExpression: 'record_type = :type',
        ExpressionAttributeValues: { ':type': { S: 'x' } },
      }),
    );
    expect(listed.Items).toHaveLength(1);
  });

  it('is held by one process at a time, and says so', async () => {
    const path = await temporaryFolder();
    const { close } = await openEngine(path);
    await expect(startEngine({ path })).rejects.toThrow(
      /^DATA_DIR is in use by another npm start: stop that one, or set/,
    );
    await close();
    await (await openEngine(path)).close();
  });

  it('says what is wrong with a path that cannot be a folder', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(startEngine({ path: join(file, 'below') })).rejects.toThrow(
      /^DATA_DIR cannot be used: ENOTDIR.*Set it/,
    );
  });

  it('survives a caller that disconnects in the middle of a request', async () => {
    const { endpoint, client } = await openTables(tables);
    const half = request(endpoint, { method: 'POST', headers: { 'content-length': 100, expect: '100-continue' } });
    half.on('error', () => {});
    half.flushHeaders();
    // Now the engine has the request.
    await once(half, 'continue');
    half.write('{');
    half.destroy();
    await new Promise((resolve) => half.once('close', resolve));
    for (let turn = 0; turn < 2; turn += 1) await client.send(new DescribeTableCommand({ TableName: 'events' }));
  });

  it('before it closes, finishes the requests of callers that have disconnected', async () => {
    const engine = await startEngine({ path: await temporaryFolder() });
    const client = dynamodbClient(engine.endpoint);
    const table: Table = { holds: 'things', partitionKey: 'id', sortKey: 'at', indexes: {} };
    await ensureTables(client, { things: table }, { ...options, tableName: () => 'things' });
    const failed = vi.fn();
    process.on('uncaughtException', failed);
    onTestFinished(() => void process.off('uncaughtException', failed));

    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-date': '20261123T000000Z',
      'x-amz-target': 'DynamoDB_20120810.PutItem',
      authorization: 'AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b, Signature=c',
    };
    for (let number = 0; number < 50; number += 1) {
      const asked = request(engine.endpoint, { method: 'POST', headers, agent: false });
      asked.on('error', () => {});
      asked.end(JSON.stringify({ TableName: 'things', Item: { id: { S: 'x' }, at: { S: String(number) } } }));
      await once(asked, 'finish');
      asked.destroy();
    }
    client.destroy();
    await engine.close();
    expect(failed).not.toHaveBeenCalled();
  });
});
