import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FaultyEngine, startFaultyEngine } from '../faulty-engine.ts';
import { captureLog } from '../handlers.ts';
import { listTarget, type Reader, startReader } from './reader.ts';

let engine: FaultyEngine;
let reader: Reader;

beforeAll(async () => {
  engine = await startFaultyEngine();
  reader = await startReader(engine.endpoint);
});

afterAll(() => engine.close());

test.each([
  'InternalServerError',
  'ProvisionedThroughputExceededException',
])('DynamoDB answers %s: a 503 says to try again, and the log has the cause', async (type) => {
  const log = captureLog();
  engine.fault = () => ({ refuse: type === 'InternalServerError' ? 500 : 400, type });
  const answer = await reader.get(listTarget({}));
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  expect(answer.body.errors[0]?.detail).toContain('Try again');
  expect(log.lines()).toMatchObject([{ event: 'problem', status: 503, cause: expect.stringContaining(type) }]);
  engine.fault = () => undefined;
  expect((await reader.get(listTarget({}))).status).toBe(200);
});

test("DynamoDB finds a request invalid: a 500, because that is the ledger's mistake", async () => {
  const log = captureLog();
  engine.fault = () => ({ refuse: 400, type: 'ValidationException' });
  expect((await reader.get(listTarget({}))).status).toBe(500);
  expect(log.lines()).toMatchObject([{ event: 'unexpected_error', cause: expect.stringContaining('a fault') }]);
});
