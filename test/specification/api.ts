import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { vi } from 'vitest';
import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import { publishRows } from '../../functions/publish-events/publish.ts';
import { answerFile } from '../../functions/show-console/answer-file.ts';
import { startGateway } from '../../infra/local/gateway.ts';
import { type EventsApi, startEventsApi } from '../../infra/local/simulator/events-api.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { withoutPayload } from '../../infra/local/simulator/records.ts';
import { builtPage } from '../../infra/page-build.ts';
import { defaultRoute, routes, webhook } from '../../infra/service.ts';
import { type FaultyEngine, startFaultyEngine } from '../faulty-engine.ts';
import { loadHandler } from '../handlers.ts';
import { lambdaContext } from '../http-event.ts';
import { lives } from '../lives.ts';
import { openStore } from '../open-store.ts';
// The functions' deadlines never pass because this machine is busy.
import '../own-time.ts';
import { deliveredEvent, listing, recordListing, uuid } from '../porting-events.ts';
import { type SecretsManager, startSecretsManager } from '../secrets-manager.ts';
import { type Account, openAccount, timestampIn } from '../telnyx/account.ts';

export const tokens = { read: 'read-token-0123456789', operate: 'operate-token-0123456789' };

/** What a test may send with a request. */
export interface Ask {
  readonly token?: keyof typeof tokens | 'unknown';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * The API behind its gateway: the real functions, and everything around them that can fail, under the test's control.
 */
export interface Api {
  readonly ask: (request: string, options?: Ask) => Promise<Response>;
  /** Posts a body with the headers of the account's signature. */
  readonly deliver: (body: string) => Promise<Response>;
  readonly store: OrderStore;
  readonly engine: FaultyEngine;
  readonly telnyx: EventsApi;
  readonly secrets: SecretsManager;
  /** What Telnyx lists and the ledger holds, oldest first. */
  readonly events: readonly PortingEvent[];
  /** Milliseconds that a function has left. */
  remaining: number;
  /** True makes every function die of an error. */
  crashes: boolean;
  /** Ends all faults. */
  repair(): void;
  close(): Promise<void>;
}

/**
 * @param secretsManager its state when the functions start; when it is down, no request reaches an event, and there are
 *   none
 */
/** In milliseconds: long enough that no call waits for its turn at Telnyx, even after others have queued. */
export const BETWEEN_REQUESTS = 4_000;

export async function startApi(secretsManager: SecretsManager['state'] = 'up'): Promise<Api> {
  const account = openAccount();
  const [store, engine, telnyx, secrets] = await Promise.all([
    openStore(),
    startFaultyEngine(),
    startEventsApi({ apiKey: 'KEY0123', requestsPerSecond: Number.POSITIVE_INFINITY }),
    startSecretsManager({
      tokens: JSON.stringify({ read: [tokens.read], operate: [tokens.operate] }),
      key: 'KEY0123',
    }),
  ]);
  secrets.state = secretsManager;
  const events = secretsManager === 'up' ? await fill(store, telnyx) : [];
  const invoke = await loadAll(environmentOf(store, engine, secrets, telnyx, account));
  const gateway = await startGateway({
    port: 0,
    webhook,
    routes,
    defaultRoute,
    invoke: async (name, event) => {
      if (api.crashes) return { error: { errorType: 'Error', errorMessage: 'a crash' } };
      // Middy asks for the time left and starts a real timer; this answer keeps that timer long.
      const left = [29_000];
      const context = lambdaContext(() => left.shift() ?? api.remaining);
      return { payload: await invoke(name, event, context) };
    },
  });

  let latest = 0;
  const api: Api = {
    store,
    engine,
    telnyx,
    secrets,
    events,
    remaining: 29_000,
    crashes: false,
    ask(request, { token, headers, body } = {}) {
      latest = Math.max(latest, Date.now()) + BETWEEN_REQUESTS;
      vi.setSystemTime(latest);
      const [method = 'GET', target = '/'] = request.split(' ');
      const known = token === 'unknown' ? 'unknown-token-0123456789' : token && tokens[token];
      return fetch(gateway.url + target, {
        method,
        headers: { ...(known && { authorization: `Bearer ${known}` }), ...headers },
        ...(body !== undefined && { body }),
      });
    },
    deliver(body) {
      const timestamp = timestampIn(0);
      const signature = account.sign(timestamp, body);
      const headers = { 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': signature };
      return api.ask(`POST ${webhook.path}`, {
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
    },
    repair() {
      engine.fault = () => undefined;
      telnyx.intercept = undefined;
      api.remaining = 29_000;
      api.crashes = false;
    },
    async close() {
      gateway.cut();
      await Promise.all([gateway.close(), engine.close(), telnyx.close(), secrets.close()]);
    },
  };
  // The AWS SDK reads its settings at the first request, when another API may have changed the environment.
  await api.ask('GET /v2/porting/events', { token: 'read' });
  await api.ask(`POST /v2/porting/events/${uuid(0)}/republish`, {
    token: 'operate',
    headers: { 'idempotency-key': '0' },
  });
  await api.deliver('no event');
  await api.ask('POST /v2/republish-jobs/0/cancel', { token: 'operate' });
  await api.ask('GET /v2/webhook-deliveries/failed', { token: 'read' });
  return api;
}

/** Orders with events of every type, half of them also by webhook; the newest have no payload yet. */
async function fill(store: OrderStore, telnyx: EventsApi): Promise<readonly PortingEvent[]> {
  const from = Date.now() - 40 * 86_400_000;
  const all = lives({ seed: 1, from, orders: 8, days: 10 }).map(({ event }) => event);
  const events = all.map((event, index) => (index < all.length - 5 ? event : withoutPayload(event)));
  for (const event of events) telnyx.put(event);
  for (const [index, event] of events.entries()) {
    if (index % 2 === 0 && event.payload) await recordDelivery(store, deliveredEvent(event), Date.now());
    await recordListing(store, listing(event), Date.now());
  }
  const bus = { put: async () => new Map<never, string>() };
  const ids = events.map(({ id }) => id);
  await publishRows(ids, { store, bus, apiUrl: 'https://ledger.example' }, Date.now, 'sweep');
  return events;
}

function environmentOf(
  store: OrderStore,
  engine: FaultyEngine,
  secrets: SecretsManager,
  telnyx: EventsApi,
  account: Account,
): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    EVENTS_TABLE: store.events,
    ORDERS_TABLE: store.orders,
    CONTROL_TABLE: store.control,
    HEALING: 'off',
    HEALING_PER_DAY: '50',
    TIMEZONE: 'UTC',
    RUNBOOK_URL: 'https://runbook.example/operations.md',
    API_TOKENS_SECRET: 'tokens',
    TELNYX_API_KEY_SECRET: 'key',
    TELNYX_BASE_URL: telnyx.url,
    TELNYX_PUBLIC_KEY: account.publicKey,
  };
}

async function loadAll(environment: Readonly<Record<string, string>>) {
  const names = ['query-events', 'republish-event', 'receive-webhook', 'start-jobs', 'query-deliveries'] as const;
  const handlers = new Map<string, Awaited<ReturnType<typeof loadHandler>>>();
  for (const name of names) handlers.set(name, await loadHandler(name, environment));
  // Only its bundle has a page beside it.
  const page = await builtPage();
  handlers.set('show-console', async (event) => answerFile(page, event as APIGatewayProxyEventV2));
  return async (name: string, event: unknown, context: Context) =>
    JSON.stringify(await handlers.get(name)?.(event, context));
}
