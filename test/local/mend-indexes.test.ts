import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import type { Row } from '../../functions/ledger/table/values.ts';
import { dynamodbClient, type Engine, startEngine } from '../../infra/local/dynamodb.ts';
import { ensureTables } from '../../infra/local/tables.ts';
import { type Table, tables } from '../../infra/service.ts';
import { deliveredEvent, listedEvent } from '../porting-events.ts';
import { damage, everythingIn } from './level-store.ts';
import { temporaryFolder } from './stub-functions.ts';

const things: Table = {
  holds: 'things',
  partitionKey: 'id',
  indexes: {
    by_time: { partitionKey: 'kind', sortKey: 'at', include: ['note'] },
    // Sparse: it holds only what waits.
    waiting: { partitionKey: 'waits', sortKey: 'at', include: [] },
  },
};

async function onEngine<Result>(path: string, use: (engine: Engine, client: DynamoDBClient) => Promise<Result>) {
  const engine = await startEngine({ path });
  const client = dynamodbClient(engine.endpoint);
  return await use(engine, client).finally(async () => {
    client.destroy();
    await engine.close();
  });
}

const thing = (number: number, fields: Row = {}): Row => ({
  id: { S: `id ${number}` },
  kind: { S: 'thing' },
  at: { S: `2026-01-0${number}` },
  note: { S: 'as written' },
  ...fields,
});

/** A stopped engine with four things, two of them waiting, and everything that it holds on disk. */
async function fourThings() {
  const path = await temporaryFolder();
  await onEngine(path, async (_, client) => {
    await ensureTables(client, { things }, { tableName: (table) => table, remedy: '' });
    const put = (Item: Row) => client.send(new PutItemCommand({ TableName: 'things', Item }));
    const waits = { waits: { S: 'yes' } };
    for (const row of [thing(1), thing(2), thing(3, waits), thing(4, waits)]) await put(row);
    // Entries that an index has lost, or never had.
    await put(thing(4));
    await put(thing(5));
    await client.send(new DeleteItemCommand({ TableName: 'things', Key: { id: { S: 'id 5' } } }));
  });
  const held = await everythingIn(path);
  const inIndex = (index: string) =>
    Object.entries(held).filter(([key]) => key.startsWith(`index-global~things~${index}~`));
  return { path, held, byTime: inIndex('by_time'), waiting: inIndex('waiting') };
}

type Things = Awaited<ReturnType<typeof fourThings>>;
const first = ([entry]: Things['byTime']) => entry ?? expect.fail('the index is empty');

describe('after an unclean stop', () => {
  it.for<[string, number, (things: Things) => Parameters<typeof damage>[1]]>([
    ['a row has lost its entry', 1, ({ byTime }) => [{ type: 'del', key: first(byTime)[0] }]],
    ['a row has lost its entry in a sparse index', 1, ({ waiting }) => [{ type: 'del', key: first(waiting)[0] }]],
    [
      'an entry has no row',
      1,
      ({ byTime }) => {
        const [key, value] = first(byTime);
        return [{ type: 'put', key: `${key}f`, value: value.replace(/id \d/, 'id 9') }];
      },
    ],
    [
      'an entry in the sparse index has no row',
      1,
      ({ waiting }) => {
        const [key, value] = first(waiting);
        return [{ type: 'put', key: `${key}f`, value: value.replace(/id \d/, 'id 9') }];
      },
    ],
    [
      'an entry is under the key of a write that did not take place',
      2,
      ({ byTime }) => {
        const [key, value] = first(byTime);
        return [
          { type: 'del', key },
          { type: 'put', key: key.replace(/.{6}$/, 'ffffff'), value },
        ];
      },
    ],
    [
      'an entry holds what a write that did not take place would have',
      2,
      ({ byTime }) => {
        const [key, value] = first(byTime);
        return [{ type: 'put', key, value: value.replace('as written', 'newer') }];
      },
    ],
    ['a whole index is lost', 4, ({ byTime }) => byTime.map(([key]) => ({ type: 'del', key }))],
    ['nothing is wrong', 0, () => []],
  ])('%s: the next start mends it', async ([, entries, changes]) => {
    const made = await fourThings();
    await damage(made.path, changes(made));
    const mended = await onEngine(made.path, async (engine) => engine.mended);
    expect(mended).toEqual(entries === 0 ? [] : [{ table: 'things', entries }]);
    expect(await everythingIn(made.path)).toEqual(made.held);
    expect(await onEngine(made.path, async (engine) => engine.mended)).toEqual([]);
  });
});

const store = (client: DynamoDBClient): OrderStore => ({
  client,
  events: 'events',
  orders: 'orders',
  control: 'control',
});

async function keysIn(client: DynamoDBClient, IndexName?: string): Promise<string[]> {
  const keys: string[] = [];
  const pages = paginateScan({ client }, { TableName: 'events', ...(IndexName && { IndexName }) });
  for await (const { Items = [] } of pages) keys.push(...Items.map(({ id }) => id?.S ?? ''));
  return keys.sort();
}

it('after a kill while webhooks arrive, the indexes hold every event and no other entry', async () => {
  const path = await temporaryFolder();
  await onEngine(path, (_, client) => ensureTables(client, tables, { tableName: (table) => table, remedy: '' }));
  let mended = 0;
  for (let kill = 0; kill < 4; kill += 1) {
    const child = fork(resolve('test/local/engine-process.ts'), [path]);
    onTestFinished(() => void child.kill('SIGKILL'));
    const [endpoint] = (await once(child, 'message')) as [string];
    const exited = once(child, 'exit');
    const client = dynamodbClient(endpoint);
    let answered = 0;
    const webhooks = Array.from({ length: 200 }, async (_, number) => {
      const event = deliveredEvent(listedEvent(kill * 1_000 + number));
      await recordDelivery(store(client), event, Date.now());
      answered += 1;
      if (answered === 40) child.kill('SIGKILL');
    });
    await Promise.allSettled(webhooks);
    await exited;
    client.destroy();

    await onEngine(path, async (engine, client) => {
      mended += engine.mended.length;
      const rows = await keysIn(client);
      expect(rows.length).toBeGreaterThanOrEqual(40 * (kill + 1));
      for (const index of ['by_time', 'by_order', 'by_first_seen', 'unpublished']) {
        expect(await keysIn(client, index)).toEqual(rows);
      }
    });
  }
  // Otherwise this has proved nothing.
  expect(mended).toBeGreaterThan(0);
});
