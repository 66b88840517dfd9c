import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { engineEndpoint } from '../open-store.ts';

type Consumer = (event: { readonly Records: readonly { readonly body: string }[] }) => Promise<void>;

/** The consumer of docs/events.md, word for word, with the declarations that it takes for granted. */
function documentedConsumer(given: Readonly<Record<string, unknown>>): Consumer {
  const page = readFileSync(join(import.meta.dirname, '../../docs/events.md'), 'utf8');
  const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);
  const code = blocks.find((block) => block.includes('function handler')) ?? '';
  const body = `${stripTypeScriptTypes(code).replace('export ', '')}\nreturn handler;`;
  return new Function(...Object.keys(given), body)(...Object.values(given));
}

test('the documented consumer handles each id and revision once, and repeats what failed', async () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const dynamodb = new DynamoDBClient({ endpoint: engineEndpoint(), region: 'us-east-1', credentials });
  const handled = `handled-${randomUUID()}`;
  await dynamodb.send(
    new CreateTableCommand({
      TableName: handled,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const seen: string[] = [];
  let fails = true;
  const handle = async (type: string, { id, revision }: { id: string; revision: number }) => {
    if (id === 'c' && fails) throw new Error('the CRM is down');
    seen.push(`${type} ${id} ${revision}`);
  };
  const consumer = documentedConsumer({ dynamodb, handled, handle, GetItemCommand, PutItemCommand });
  const message = (id: string, revision: number) => ({
    body: JSON.stringify({ 'detail-type': 'porting_order.split', detail: { id, revision } }),
  });
  // An engine that is not embedded takes a moment to create the table.
  await eventually(() => consumer({ Records: [message('a', 1), message('a', 1)] }));
  await expect(consumer({ Records: [message('b', 1), message('c', 1)] })).rejects.toThrow('the CRM is down');
  fails = false;
  await consumer({ Records: [message('b', 1), message('c', 1), message('a', 2), message('a', 1)] });
  expect(seen).toEqual(['a', 'b', 'c'].map((id) => `porting_order.split ${id} 1`).concat('porting_order.split a 2'));
});
