import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamodbClient, startEngine } from '../../infra/local/dynamodb.ts';
import { ensureTables } from '../../infra/local/tables.ts';
import { tables } from '../../infra/service.ts';

/**
 * Fills a folder with data of the embedded engine, in the tables of `npm start`, which has moved the first of them from
 * its log into a table of LevelDB's.
 */
export async function engineData(path: string): Promise<void> {
  for (const id of ['one', 'two']) {
    const engine = await startEngine({ path });
    const client = dynamodbClient(engine.endpoint);
    await ensureTables(client, tables, { tableName: (table) => `port-in-ledger-simulator-1-${table}`, remedy: '' });
    await client.send(new PutItemCommand({ TableName: 'port-in-ledger-simulator-1-events', Item: { id: { S: id } } }));
    client.destroy();
    await engine.close();
  }
}
