import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { openBus } from '../bus/bus.ts';
import { environment } from '../lambda/environment.ts';
import { log } from '../lambda/log.ts';
import { cachedSecret } from '../lambda/secret.ts';
import { patience } from '../ledger/table/store.ts';
import { warmUpStore } from '../ledger/table/warm-up.ts';
import { readApiKey } from '../porting/api-key.ts';
import { readBaseUrl, readOrderDetails, readSyncIntervalSeconds } from '../porting/settings.ts';
import { REQUESTS_A_SECOND } from '../porting/shares.ts';
import { eventsApi } from '../telnyx/events-api.ts';
import { ordersApi } from '../telnyx/orders-api.ts';
import { systemClock } from '../telnyx/pace.ts';
import { readInput } from './input.ts';
import { requestLastDays, runRequested } from './requested.ts';
import type { SyncResult } from './result.ts';

/** In milliseconds. A list of 250 events or orders may take longer than the 2 s of a webhook, but not this long. */
const LIST_TIMEOUT = 20_000;

const store = {
  client: new DynamoDBClient(patience(5_000)),
  events: environment('EVENTS_TABLE'),
  control: environment('CONTROL_TABLE'),
};
const bus = openBus(environment('EVENT_BUS'));
const baseUrl = environment('TELNYX_BASE_URL', readBaseUrl);
const requestsPerSecond = REQUESTS_A_SECOND.sync;
const apiKey = cachedSecret(new SecretsManagerClient({}), environment('TELNYX_API_KEY_SECRET'), readApiKey);
const telnyx = async () => ({
  apiKey: await apiKey(),
  onKeyRefused: apiKey.wasRefused,
  baseUrl,
  timeout: LIST_TIMEOUT,
});
const api = async () => eventsApi(await telnyx());
const orders =
  environment('ORDER_DETAILS', readOrderDetails) === 'on'
    ? {
        store: { ...store, orders: environment('ORDERS_TABLE') },
        api: async () => ordersApi(await telnyx()),
        interval: environment('SYNC_INTERVAL_SECONDS', readSyncIntervalSeconds) * 1000,
      }
    : undefined;

/**
 * Lists the Events API into the ledger, then reads orders. For the input see {@link readInput}. A failed run does not
 * throw: its result has the status `failed`. The next scheduled run lists the same window again; a requested run is tried
 * again.
 *
 * @returns the result of the scheduled run, or those of the requested runs
 */
export async function handler(
  input: unknown,
  context: Context,
): Promise<SyncResult | readonly SyncResult[] | { status: 'skipped' }> {
  const now = Date.now();
  const endsAt = now + context.getRemainingTimeInMillis();
  const options = { store, bus, api, clock: systemClock, requestsPerSecond, endsAt, orders };
  const asked = readInput(input);
  if (asked === 'scheduled') {
    const [run] = await runRequested(options, { scheduledFirst: true });
    if (!run) log('info', 'sync_run', { status: 'skipped', error: 'another run has the lease' });
    return run ?? { status: 'skipped' };
  }
  if (asked !== 'requested') await requestLastDays(store, asked.lastDays, now);
  return runRequested(options);
}

export const warmUp = () => warmUpStore(store);
