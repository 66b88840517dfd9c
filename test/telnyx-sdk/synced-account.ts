import { Telnyx } from 'telnyx';
import { expect, vi } from 'vitest';
import type { LedgerEvent } from '../../functions/ledger/events/row.ts';
import { startGateway } from '../../infra/local/gateway.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { type Simulator, startSimulator } from '../../infra/local/simulator/simulator.ts';
import { createKeys, webhookBody, webhookHeaders } from '../../infra/local/simulator/webhooks.ts';
import { defaultRoute, routes, webhook } from '../../infra/service.ts';
import { loadHandler } from '../handlers.ts';
import { lambdaContext } from '../http-event.ts';
import { engineEndpoint, openStore } from '../open-store.ts';
// No deadline passes because this machine is busy.
import '../own-time.ts';
import { listedEvent } from '../porting-events.ts';
import { startSecretsManager } from '../secrets-manager.ts';

const SEED = 41;
const keys = createKeys(SEED);
const apiKey = 'KEY0123456789ABCDEF_secret';
export const tokens = { read: 'read-token-0123456789', operate: 'operate-token-0123456789' } as const;

/** The functions behind their gateway, after the first sync has brought all events of a paused account. */
export interface SyncedAccount {
  readonly simulator: Simulator;
  /** Telnyx's own SDK, unchanged except for its address and its key. */
  readonly sdk: (apiKey?: string) => Telnyx;
  /** Sends the webhook of an event, signed by the account, and waits until it is stored. */
  readonly deliver: (event: PortingEvent) => Promise<void>;
  readonly sync: (input: object) => Promise<void>;
  close(): Promise<void>;
}

/**
 * @param history orders, of some nine events each
 * @param more further events that Telnyx lists
 */
export async function startSyncedAccount(history: number, more: readonly PortingEvent[] = []): Promise<SyncedAccount> {
  const [store, simulator, secrets] = await Promise.all([
    openStore(),
    startSimulator({
      apiKey,
      seed: SEED,
      history,
      ordersPerMinute: 0,
      speed: 0.001,
      order: 'shuffled',
      requestsPerSecond: Number.POSITIVE_INFINITY,
    }),
    startSecretsManager({ tokens: JSON.stringify({ read: [tokens.read], operate: [tokens.operate] }), key: apiKey }),
  ]);
  for (const event of more) simulator.api.put(event);
  const environment = {
    AWS_ENDPOINT_URL_DYNAMODB: engineEndpoint(),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    EVENTS_TABLE: store.events,
    ORDERS_TABLE: store.orders,
    CONTROL_TABLE: store.control,
    EVENT_BUS: 'bus',
    ORDER_DETAILS: 'off',
    SYNC_INTERVAL_SECONDS: '300',
    HEALING: 'off',
    HEALING_PER_DAY: '50',
    TIMEZONE: 'UTC',
    RUNBOOK_URL: 'https://runbook.example/operations.md',
    API_TOKENS_SECRET: 'tokens',
    TELNYX_API_KEY_SECRET: 'key',
    TELNYX_BASE_URL: simulator.url,
    TELNYX_PUBLIC_KEY: simulator.publicKey,
  };
  const handlers = new Map<string, Awaited<ReturnType<typeof loadHandler>>>();
  for (const name of ['query-events', 'republish-event', 'receive-webhook', 'sync-events'] as const) {
    handlers.set(name, await loadHandler(name, environment));
  }
  let latest = 0;
  const invoke = async (name: string, event: unknown, remaining: number) => {
    if (name === 'republish-event') {
      // A second after the call before, so that none waits for its turn at Telnyx.
      latest = Math.max(latest, Date.now()) + 1_000;
      vi.setSystemTime(latest);
    }
    return handlers.get(name)?.(
      event,
      lambdaContext(() => remaining),
    );
  };
  const gateway = await startGateway({
    port: 0,
    webhook,
    routes,
    defaultRoute,
    invoke: async (name, event) => ({ payload: JSON.stringify(await invoke(name, event, 29_000)) }),
  });
  const url = gateway.url + webhook.path;
  simulator.sendWebhooksTo(url);

  const account: SyncedAccount = {
    simulator,
    sdk: (apiKey = tokens.read) => new Telnyx({ apiKey, baseURL: `${gateway.url}/v2` }),
    async deliver(event) {
      const body = webhookBody(event, { url, attempt: 1 });
      const { status } = await fetch(url, { method: 'POST', headers: webhookHeaders(keys, body, Date.now()), body });
      expect(status).toBe(200);
    },
    async sync(input) {
      expect([await invoke('sync-events', input, 900_000)].flat()).toMatchObject([{ status: 'complete' }]);
    },
    async close() {
      await simulator.close();
      gateway.cut();
      await secrets.close();
    },
  };
  await account.sync({});
  return account;
}

/** Newest first, events of one instant by id: the order that the ledger promises. */
export function newestFirst(events: readonly PortingEvent[]): readonly PortingEvent[] {
  const key = ({ created_at, payload, id }: PortingEvent) => `${created_at ?? payload?.created_at}#${id}`;
  return events.toSorted((a, b) => (key(a) < key(b) ? 1 : -1));
}

export const idsOf = (events: readonly { readonly id?: string }[]) => events.map(({ id }) => id);

let arrived = 0x1_0000;

/** An event of a new instant that has come neither by list nor by webhook. */
export function newEvent(fields: Partial<PortingEvent> = {}): PortingEvent {
  arrived += 1;
  vi.setSystemTime(Date.now() + 1);
  return listedEvent(arrived, { created_at: new Date().toISOString(), ...fields });
}

/** The SDK's type of an event has no member `ledger`. */
export function ledgerEvent(data: unknown): LedgerEvent {
  return data as LedgerEvent;
}
