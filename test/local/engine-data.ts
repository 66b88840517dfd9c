import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamodbClient, startEngine } from '../../infra/local/dynamodb.ts';
import { ensureTables } from '../../infra/local/tables.ts';
import { tables } from '../../infra/service.ts';

/**
 * Fills a folder with data of the embedded engine, in the tables of `npm start`: so much that LevelDB moves the first
 * rows from its log into a table file.
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
