import { expect, onTestFinished, test } from 'vitest';
import { resolveEnvironment, type ServiceDescription } from '../../infra/local/description.ts';
import { serve } from '../../infra/local/loopback-server.ts';
import * as service from '../../infra/service.ts';
import { loadFunction } from '../handlers.ts';

const { functions }: ServiceDescription = service;
/**
 * All but query-deliveries, whose only permission is to read rows in batches, and which is seldom called; and but
 * show-console, which reads no table.
 */
const names = (Object.keys(service.functions) as service.FunctionName[]).filter(
  (name) => name !== 'query-deliveries' && name !== 'show-console',
);

const told = {
  tableName: (table: string) => table,
  secretId: (secret: string) => secret,
  bus: 'bus',
  noticeTopic: 'none',
  settings: {
    telnyxPublicKey: Buffer.alloc(32, 1).toString('base64'),
    telnyxBaseUrl: 'https://api.telnyx.com/v2',
    ledgerName: 'test',
    apiUrl: 'https://api.invalid',
    webhookUrl: 'https://webhooks.invalid',
    webhookTypes: 'learned',
    graceMinutes: '15',
    overdueAfter: 'default',
    syncIntervalSeconds: '300',
    retainDays: 'none',
    orderDetails: 'on',
    healing: 'off',
    healingPerDay: '50',
    runbookUrl: 'https://runbook.invalid',
    notices: 'all',
    timezone: 'UTC',
    console: 'on',
  },
};

/** Loads a function with DynamoDB at this endpoint. */
async function warmUpOf(name: service.FunctionName, endpoint: string): Promise<() => Promise<void>> {
  const described = functions[name] ?? expect.fail(name);
  const environment = resolveEnvironment(described, told);
  return (await loadFunction(name, { ...environment, AWS_ENDPOINT_URL_DYNAMODB: endpoint })).warmUp;
}

test.each(names)('a warm-up of %s reads one row and writes none', async (name) => {
  const asked: unknown[] = [];
  const engine = await serve(async (request, response) => {
    asked.push(request.headers['x-amz-target']);
    request.resume();
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
  });
  onTestFinished(engine.close);
  await (await warmUpOf(name, engine.url))();
  expect(asked).toEqual(['DynamoDB_20120810.GetItem']);
});

test('a warm-up without DynamoDB ends without an error', async () => {
  const gone = await serve(async () => {});
  await gone.close();
  await (await warmUpOf('receive-webhook', gone.url))();
});
