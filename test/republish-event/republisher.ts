import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { vi } from 'vitest';
import type { Store } from '../../functions/ledger/table/store.ts';
import type { Row } from '../../functions/ledger/table/values.ts';
import { type EventsApi, startEventsApi } from '../../infra/local/simulator/events-api.ts';
import { type Answer, coldStart, type Invoke } from '../handlers.ts';
import { lambdaContext } from '../http-event.ts';
import { engineEndpoint, openStore } from '../open-store.ts';
import { listedEvent } from '../porting-events.ts';
import { bearer, listed, operateToken, readToken } from '../query-events/reader.ts';
import { type SecretsManager, startSecretsManager } from '../secrets-manager.ts';

export const apiKey = 'KEY0123456789ABCDEF_secret';

/** The function after a cold start, with its own ledger and its own simulated Telnyx. */
export interface Republisher {
  readonly invoke: Invoke;
  readonly store: Store;
  readonly secrets: SecretsManager;
  readonly telnyx: EventsApi;
  /** An event that both Telnyx and the ledger have. */
  readonly event: ReturnType<typeof listedEvent>;
  /** Sends a request with an operate token. */
  readonly republish: (id: string, options?: Options) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

interface Options {
  readonly key?: string;
  readonly token?: string;
  /** Milliseconds that the function has left, each time it checks. */
  readonly remaining?: () => number;
  /** Milliseconds since the request before; a second by default, after which a call need not wait for its turn. */
  readonly after?: number;
}

/** @param endpoint the engine that the function uses; `store` always reaches the real one */
export async function startRepublisher({ endpoint }: { endpoint?: string } = {}): Promise<Republisher> {
  const store = await openStore();
  const tokens = JSON.stringify({ read: [readToken], operate: [operateToken] });
  const secrets = await startSecretsManager({ 'the-tokens': tokens, 'the-key': apiKey });
  const telnyx = await startEventsApi({ apiKey, requestsPerSecond: Number.POSITIVE_INFINITY });
  const event = listedEvent(1);
  putUpstream(telnyx, event);
  await listed(store, event);
  const invoke = await coldStart('republish-event', {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint ?? engineEndpoint(),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    EVENTS_TABLE: store.events,
    CONTROL_TABLE: store.control,
    API_TOKENS_SECRET: 'the-tokens',
    TELNYX_API_KEY_SECRET: 'the-key',
    TELNYX_BASE_URL: telnyx.url,
  });
  return {
    invoke,
    store,
    secrets,
    telnyx,
    event,
    republish: (id, { key, token = operateToken, remaining, after = 1_000 } = {}) => {
      vi.setSystemTime(Date.now() + after);
      return invoke(
        {
          method: 'POST',
          target: `/v2/porting/events/${id}/republish`,
          headers: { ...bearer(token), ...(key !== undefined && { 'idempotency-key': key }) },
        },
        lambdaContext(remaining),
      );
    },
    close: async () => {
      await Promise.all([telnyx.close(), secrets.close()]);
    },
  };
}

export function putUpstream(telnyx: EventsApi, event: ReturnType<typeof listedEvent>): void {
  telnyx.put(event as Parameters<EventsApi['put']>[0]);
}

/** The row of an event. */
export async function rowOf(store: Store, id: string): Promise<Row | undefined> {
  const get = new GetItemCommand({ TableName: store.events, Key: { id: { S: id } }, ConsistentRead: true });
  return (await store.client.send(get)).Item;
}
