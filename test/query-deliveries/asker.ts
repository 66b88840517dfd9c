import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';
import type { Store } from '../../functions/ledger/table/store.ts';
import type { ShownDelivery } from '../../functions/query-deliveries/beside.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../infra/local/simulator/simulator.ts';
import { type Answer, coldStart, type Invoke } from '../handlers.ts';
import { engineEndpoint, openStore } from '../open-store.ts';
import { bearer, operateToken, readToken } from '../query-events/reader.ts';
import { type SecretsManager, startSecretsManager } from '../secrets-manager.ts';

export const apiKey = 'KEY0123456789ABCDEF_secret';
export const PATH = '/v2/webhook-deliveries/failed';

/** A receiver of webhooks. A test sets the status of its answer; 0 breaks the connection. */
export interface Receiver {
  readonly url: string;
  status: number;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    request.resume();
    if (receiver.status === 0) response.destroy();
    else response.writeHead(receiver.status, { 'x-receiver': 'what it said' }).end('what it said');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    status: 503,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

/** The function after a cold start, with its own ledger and a simulated account that sends webhooks to `receiver`. */
export interface Asker {
  readonly invoke: Invoke;
  readonly store: Store;
  readonly secrets: SecretsManager;
  readonly telnyx: Simulator;
  readonly receiver: Receiver;
  /** Sends a request with a read token, a second after the one before: a call need not wait for its turn. */
  readonly get: (parameters?: Readonly<Record<string, string>>) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

export async function startAsker(
  options: Partial<SimulatorOptions> & { readonly engine?: string } = {},
): Promise<Asker> {
  const { engine, ...simulator } = options;
  const store = await openStore();
  const tokens = JSON.stringify({ read: [readToken], operate: [operateToken] });
  const secrets = await startSecretsManager({ 'the-tokens': tokens, 'the-key': apiKey });
  const receiver = await startReceiver();
  const telnyx = await startSimulator({
    apiKey,
    seed: 7,
    history: 12,
    ordersPerMinute: 0,
    speed: 0.001,
    requestsPerSecond: Number.POSITIVE_INFINITY,
    retriesAfterMs: [5, 5],
    webhookUrl: receiver.url,
    ...simulator,
  });
  const invoke = await coldStart('query-deliveries', {
    AWS_ENDPOINT_URL_DYNAMODB: engine ?? engineEndpoint(),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    EVENTS_TABLE: store.events,
    CONTROL_TABLE: store.control,
    API_TOKENS_SECRET: 'the-tokens',
    TELNYX_API_KEY_SECRET: 'the-key',
    TELNYX_BASE_URL: telnyx.url,
  });
  let latest = 0;
  return {
    invoke,
    store,
    secrets,
    telnyx,
    receiver,
    get: (parameters = {}) => {
      // Also when the calendar has gone back between two tests.
      latest = Math.max(latest, Date.now()) + 1_000;
      vi.setSystemTime(latest);
      return invoke({ target: `${PATH}?${new URLSearchParams(parameters)}`, headers: bearer(readToken) });
    },
    close: async () => {
      await Promise.all([telnyx.close(), secrets.close(), receiver.close()]);
    },
  };
}

/**
 * Makes the account send an event's webhook a second later, as a republish does. Waits until the webhook has arrived or
 * the account has given it up.
 */
export async function send({ telnyx }: Asker, id: string): Promise<void> {
  vi.setSystemTime(Date.now() + 1_000);
  const answer = await fetch(`${telnyx.url}/porting/events/${id}/republish`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}` },
  });
  if (answer.status !== 204) throw new Error(`the account answered ${answer.status}`);
  await telnyx.pause();
}

/** The deliveries of a page that was answered. */
export function deliveriesIn({ body }: Answer): readonly ShownDelivery[] {
  return body.data as readonly ShownDelivery[];
}
