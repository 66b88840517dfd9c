import type { Job } from '../../functions/ledger/jobs/job.ts';
import type { Store } from '../../functions/ledger/table/store.ts';
import { type Answer, coldStart, type Invoke } from '../handlers.ts';
import { engineEndpoint, openStore } from '../open-store.ts';
import { bearer, operateToken, readToken } from '../query-events/reader.ts';
import { startSecretsManager } from '../secrets-manager.ts';

export const JOBS = '/v2/republish-jobs';
export const RUNS = '/v2/sync-runs';

/** The function after a cold start, with its own ledger. */
export interface Starter {
  readonly invoke: Invoke;
  readonly store: Store;
  /** Posts with an operate token. A text is sent unchanged, anything else as JSON. */
  readonly post: (target: string, body?: unknown, key?: string) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

/** @param endpoint the engine that the function uses; `store` always reaches the real one */
export async function startStarter({ endpoint }: { endpoint?: string } = {}): Promise<Starter> {
  const store = await openStore();
  const tokens = JSON.stringify({ read: [readToken], operate: [operateToken] });
  const secrets = await startSecretsManager({ 'the-tokens': tokens });
  const invoke = await coldStart('start-jobs', {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint ?? engineEndpoint(),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    EVENTS_TABLE: store.events,
    CONTROL_TABLE: store.control,
    API_TOKENS_SECRET: 'the-tokens',
  });
  return {
    invoke,
    store,
    post: (target, body, key) =>
      invoke({
        method: 'POST',
        target,
        headers: { ...bearer(operateToken), ...(key !== undefined && { 'idempotency-key': key }) },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    close: () => secrets.close(),
  };
}

/** The job in an answer. */
export function jobIn({ body }: Answer): Job {
  return body.data as Job;
}
