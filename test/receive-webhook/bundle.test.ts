import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { serve } from '../../infra/local/loopback-server.ts';
import { bundled } from '../aws/bundled.ts';
import { captureLog } from '../handlers.ts';
import { httpEvent, lambdaContext } from '../http-event.ts';
import { openAccount } from '../telnyx/account.ts';
import { signed, statusWebhook } from './receiver.ts';
import { stopTimers } from './stopped-timers.ts';

const account = openAccount();
let code: string;
let log: ReturnType<typeof captureLog>;

beforeAll(async () => {
  code = (await bundled('receive-webhook')).text;
});
beforeEach(() => {
  log = captureLog();
  stopTimers();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Loads the bundle as it is deployed, with exactly the given AWS variables, and posts it one webhook. */
async function post(aws: Readonly<Record<string, string>>): Promise<APIGatewayProxyStructuredResultV2> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'index.js');
  await writeFile(file, code);
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  const tables = { EVENTS_TABLE: 'events', CONTROL_TABLE: 'control', TELNYX_PUBLIC_KEY: account.publicKey };
  for (const [name, value] of Object.entries({ ...tables, AWS_REGION: 'us-east-1', ...aws })) vi.stubEnv(name, value);
  const { handler } = createRequire(file)(file);
  return handler(httpEvent(signed(account, statusWebhook(randomUUID()))), lambdaContext());
}

/** A stand-in for DynamoDB. Its first answers have the statuses given, and all others 200. */
async function startEngine(...statuses: readonly number[]) {
  const asked: IncomingHttpHeaders[] = [];
  const { url, close } = await serve(async (request, response) => {
    asked.push(request.headers);
    request.resume();
    const status = statuses[asked.length - 1] ?? 200;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(status === 200 ? '{}' : '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}');
  });
  onTestFinished(close);
  return { url, asked };
}

const role = { AWS_ACCESS_KEY_ID: 'the-role', AWS_SECRET_ACCESS_KEY: 'its-secret', AWS_SESSION_TOKEN: 'its-session' };

test("the bundle signs with its environment's credentials, session token included", async () => {
  const { url, asked } = await startEngine();
  expect((await post({ ...role, AWS_ENDPOINT_URL_DYNAMODB: url })).statusCode).toBe(200);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.['x-amz-security-token']).toBe('its-session');
  expect(asked[0]?.authorization).toMatch(/ Credential=the-role\/.*SignedHeaders=[^,]*x-amz-security-token/);
});

test('the bundle finds its endpoint in AWS_ENDPOINT_URL, and the one of its service before that', async () => {
  const [all, one] = [await startEngine(), await startEngine()];
  await post({ ...role, AWS_ENDPOINT_URL: all.url });
  await post({ ...role, AWS_ENDPOINT_URL: all.url, AWS_ENDPOINT_URL_DYNAMODB: one.url });
  expect([all.asked.length, one.asked.length]).toEqual([1, 1]);
});

test('the bundle repeats a write that failed', async () => {
  const { url, asked } = await startEngine(500, 500);
  expect((await post({ ...role, AWS_ENDPOINT_URL_DYNAMODB: url })).statusCode).toBe(200);
  expect(asked).toHaveLength(3);
});

test('the bundle reads none of the files that the SDK looks for on a laptop', async () => {
  const { url, asked } = await startEngine();
  const folder = await mkdtemp(join(tmpdir(), 'aws-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'config');
  await writeFile(file, '[default]\nsdk_ua_app_id = from-a-file\n');
  await post({ ...role, AWS_CONFIG_FILE: file, AWS_ENDPOINT_URL: url });
  expect(asked).toHaveLength(1);
  expect(asked[0]?.['user-agent']).not.toContain('from-a-file');
});

test('without credentials the log says what to set, and Telnyx is asked to come again', async () => {
  const { url, asked } = await startEngine();
  expect((await post({ AWS_ENDPOINT_URL_DYNAMODB: url })).statusCode).toBe(503);
  expect(asked).toEqual([]);
  expect(log.text()).toContain('There are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
});

test("the first webhook does not load Node's web streams", async () => {
  const { url } = await startEngine();
  const webStreams = vi.spyOn(globalThis, 'ReadableStream', 'get');
  expect((await post({ ...role, AWS_ENDPOINT_URL_DYNAMODB: url })).statusCode).toBe(200);
  expect(webStreams).not.toHaveBeenCalled();
});
