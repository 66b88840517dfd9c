import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Gateway, startGateway } from '../../infra/local/gateway.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { type Simulator, startSimulator } from '../../infra/local/simulator/simulator.ts';
import { defaultRoute, routes, webhook } from '../../infra/service.ts';
import { type FaultyEngine, startFaultyEngine } from '../faulty-engine.ts';
import { captureLog, loadHandler } from '../handlers.ts';
import { lambdaContext } from '../http-event.ts';
import { openStore } from '../open-store.ts';
import { bearer, listed, operateToken, readToken } from '../query-events/reader.ts';
import { type SecretsManager, startSecretsManager } from '../secrets-manager.ts';
import { apiKey, PATH } from './asker.ts';

/** All over HTTP: the account sends, the ledger cannot write, the account gives up, logs that, and sends again. */
let engine: FaultyEngine;
let gateway: Gateway;
let telnyx: Simulator;
let secrets: SecretsManager;
let event: PortingEvent;

beforeAll(async () => {
  captureLog();
  const store = await openStore();
  engine = await startFaultyEngine();
  telnyx = await startSimulator({
    apiKey,
    history: 2,
    ordersPerMinute: 0,
    speed: 0.001,
    requestsPerSecond: Number.POSITIVE_INFINITY,
    retriesAfterMs: [20, 20],
    timeoutMs: 10_000,
  });
  secrets = await startSecretsManager({
    tokens: JSON.stringify({ read: [readToken], operate: [operateToken] }),
    key: apiKey,
  });
  event = telnyx.events().find(({ event_type }) => event_type === 'porting_order.new_comment') as PortingEvent;
  await listed(store, event);
  const environment = {
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    EVENTS_TABLE: store.events,
    CONTROL_TABLE: store.control,
    API_TOKENS_SECRET: 'tokens',
    TELNYX_API_KEY_SECRET: 'key',
    TELNYX_BASE_URL: telnyx.url,
    TELNYX_PUBLIC_KEY: telnyx.publicKey,
  };
  const handlers = new Map([
    ['query-deliveries', await loadHandler('query-deliveries', environment)],
    ['receive-webhook', await loadHandler('receive-webhook', environment)],
  ]);
  gateway = await startGateway({
    port: 0,
    webhook,
    routes,
    defaultRoute,
    invoke: async (name, request) => ({
      payload: JSON.stringify(await handlers.get(name)?.(request, lambdaContext())),
    }),
  });
  telnyx.sendWebhooksTo(gateway.url + webhook.path);
});

afterAll(async () => {
  vi.restoreAllMocks();
  gateway.cut();
  await Promise.all([gateway.close(), telnyx.close(), secrets.close(), engine.close()]);
});

async function republish(): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const { status } = await fetch(`${telnyx.url}/porting/events/${event.id}/republish`, { method: 'POST', headers });
  expect(status).toBe(204);
  await telnyx.pause();
}

async function shown() {
  vi.setSystemTime(Date.now() + 1_000);
  const answer = await fetch(gateway.url + PATH, { headers: bearer(readToken) });
  return (await answer.json()) as { data: unknown[]; meta: { total_results: number } };
}

test('a webhook that the ledger could not store is shown as failed, and later as arrived', async () => {
  engine.fault = (operation) => (operation === 'UpdateItem' ? { refuse: 500, type: 'InternalServerError' } : undefined);
  await republish();
  const attempt = { status: 503, error_codes: [{ code: 75_599, meaning: 'answered with another 5xx' }] };
  const delivery = {
    event_id: event.id,
    event_type: event.event_type,
    porting_order_id: event.porting_order_id,
    attempts: [attempt, attempt, attempt],
    in_ledger: true,
  };
  expect((await shown()).data).toMatchObject([{ ...delivery, webhook_arrived: false }]);

  engine.fault = () => undefined;
  await republish();
  const after = await shown();
  expect(after.data).toMatchObject([{ ...delivery, webhook_arrived: true }]);
  expect(after.meta.total_results).toBe(1);
});
