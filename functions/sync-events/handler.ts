import { randomUUID } from 'node:crypto';
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
import { readBaseUrl } from '../porting/settings.ts';
import { eventsApi } from '../telnyx/events-api.ts';
import { systemClock } from '../telnyx/pace.ts';
import { asksForRequested, readInput } from './input.ts';
import { runRequested } from './requested.ts';
import type { SyncResult } from './result.ts';
import { runSync } from './run.ts';

/** Telnyx's own limit for a webhook answer is 2 s; a list of 250 events may take longer, but not 20 s. */
const LIST_TIMEOUT = 20_000;
/** A range waits for the run that has the lease: a scheduled run with nothing new takes a second. */
const WAIT_FOR_LEASE = 60_000;
const LOOK_EVERY = 2_000;

const store = {
  client: new DynamoDBClient(patience(5_000)),
  events: environment('EVENTS_TABLE'),
  control: environment('CONTROL_TABLE'),
};
const bus = openBus(environment('EVENT_BUS'));
const baseUrl = environment('TELNYX_BASE_URL', readBaseUrl);
const requestsPerSecond = 4;
const apiKey = cachedSecret(new SecretsManagerClient({}), environment('TELNYX_API_KEY_SECRET'), readApiKey);
const api = async () =>
  eventsApi({ apiKey: await apiKey(), onKeyRefused: apiKey.wasRefused, baseUrl, timeout: LIST_TIMEOUT });

/** Another run has had the lease all the time that this one could wait. Lambda repeats a scheduled one. */
class LeaseTaken extends Error {
  override readonly name = 'LeaseTaken';
}

/**
 * Lists the Events API into the ledger. See {@link asksForRequested} and {@link readInput} for the four forms of the input.
 *
 * A scheduled run that fails says so in its result: the next one repeats it. A range that fails throws, for nothing else repeats it.
 */
export async function handler(
  input: unknown,
  context: Context,
): Promise<SyncResult | readonly SyncResult[] | { status: 'skipped' }> {
  const endsAt = Date.now() + context.getRemainingTimeInMillis();
  const options = { store, bus, api, clock: systemClock, requestsPerSecond, endsAt };
  if (asksForRequested(input)) return runRequested(options);
  const range = readInput(input, Date.now());
  const lastLookAt = range ? Math.min(Date.now() + WAIT_FOR_LEASE, endsAt - 2 * LIST_TIMEOUT) : 0;
  for (;;) {
    const runId = `${new Date().toISOString()}-${randomUUID().slice(0, 8)}`;
    const result = await runSync(range, { ...options, runId });
    if (result && range && result.status === 'failed') throw new Error(`The range was not listed: ${result.error}`);
    if (result) return result;
    if (Date.now() >= lastLookAt) break;
    await systemClock.sleep(LOOK_EVERY);
  }
  log(range ? 'warn' : 'info', 'sync_run', { status: 'skipped', error: 'another run has the lease' });
  if (range) throw new LeaseTaken('Another sync run has the lease. Ask again when it has ended.');
  return { status: 'skipped' };
}

export const warmUp = () => warmUpStore(store);
