import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { environment } from '../lambda/environment.ts';
import { cachedSecret } from '../lambda/secret.ts';
import { patience } from '../ledger/table/store.ts';
import { warmUpStore } from '../ledger/table/warm-up.ts';
import { readApiKey } from '../porting/api-key.ts';
import { readBaseUrl, readHealing, readHealingPerDay } from '../porting/settings.ts';
import { REQUESTS_A_SECOND } from '../porting/shares.ts';
import { eventsApi } from '../telnyx/events-api.ts';
import { systemClock } from '../telnyx/pace.ts';
import { type RunResult, runJobs } from './run.ts';

const REPUBLISH_TIMEOUT = 15_000;

const store = {
  client: new DynamoDBClient(patience(2_000)),
  events: environment('EVENTS_TABLE'),
  control: environment('CONTROL_TABLE'),
};
const baseUrl = environment('TELNYX_BASE_URL', readBaseUrl);
const healing = {
  mode: environment('HEALING', readHealing),
  perDay: environment('HEALING_PER_DAY', readHealingPerDay),
};
const requestsPerSecond = REQUESTS_A_SECOND.jobs;
const apiKey = cachedSecret(new SecretsManagerClient({}), environment('TELNYX_API_KEY_SECRET'), readApiKey);
const api = async () =>
  eventsApi({ apiKey: await apiKey(), onKeyRefused: apiKey.wasRefused, baseUrl, timeout: REPUBLISH_TIMEOUT });

/** Works on republish jobs, then heals. The event, of the schedule or the stream, says nothing: the rows do. */
export function handler(_event: unknown, context: Context): Promise<RunResult> {
  return runJobs({
    store,
    api,
    clock: systemClock,
    requestsPerSecond,
    owner: randomUUID(),
    endsAt: Date.now() + context.getRemainingTimeInMillis(),
    healing,
  });
}

export const warmUp = () => warmUpStore(store);
