import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { answerProblems } from '../http/answer-problems.ts';
import { type AuthorizedEvent, authorize } from '../http/authorize.ts';
import { json } from '../http/problem.ts';
import { dateTime, eventType, readNumberedQuery } from '../http/query-parameters.ts';
import { readTokens } from '../http/tokens.ts';
import { keyOrUnavailable, waitForTurn } from '../http/upstream-problem.ts';
import { environment } from '../lambda/environment.ts';
import { log } from '../lambda/log.ts';
import { cachedSecret } from '../lambda/secret.ts';
import { readDeliveryMarks } from '../ledger/events/delivery-marks.ts';
import { takeSingleCall } from '../ledger/status/single-calls.ts';
import { patience } from '../ledger/table/store.ts';
import { readApiKey } from '../porting/api-key.ts';
import { readBaseUrl } from '../porting/settings.ts';
import { type DeliveriesPage, type DeliveryFilter, deliveriesApi } from '../telnyx/deliveries-api.ts';
import { UpstreamError } from '../telnyx/upstream-error.ts';
import { beside, idsOf } from './beside.ts';
import { deliveriesProblem, unavailableBecause } from './problem-of.ts';

/**
 * The function ends after 29 s. This leaves 2 s to wait for the call's turn, and time for a write and a read at a
 * DynamoDB that answers only at the third attempt.
 */
const LOG_TIMEOUT = 10_000;

const store = {
  client: new DynamoDBClient(patience(2_000)),
  events: environment('EVENTS_TABLE'),
  control: environment('CONTROL_TABLE'),
};
const baseUrl = environment('TELNYX_BASE_URL', readBaseUrl);
const secretsManager = new SecretsManagerClient({});
const tokens = cachedSecret(secretsManager, environment('API_TOKENS_SECRET'), readTokens);
const apiKey = cachedSecret(secretsManager, environment('TELNYX_API_KEY_SECRET'), readApiKey);
const api = async () =>
  deliveriesApi({ apiKey: await apiKey(), onKeyRefused: apiKey.wasRefused, baseUrl, timeout: LOG_TIMEOUT });

const FILTER = {
  type: ['filter[type]', eventType],
  startedFrom: ['filter[started_at][gte]', dateTime],
  startedTo: ['filter[started_at][lte]', dateTime],
} as const;

async function failed(event: AuthorizedEvent): Promise<APIGatewayProxyStructuredResultV2> {
  const { page, given: filter } = readNumberedQuery(event, FILTER);
  const found = await askTelnyx(filter, page);
  if ('reason' in found) return json(200, { data: [], meta: { available: false, reason: found.reason } });
  const marks = await readDeliveryMarks(store, found.deliveries.flatMap(idsOf), Date.now());
  const meta = {
    available: true,
    page_number: page.number,
    page_size: page.size,
    total_pages: found.totalPages,
    total_results: found.totalResults,
  };
  return json(200, { data: found.deliveries.map((delivery) => beside(delivery, marks)), meta });
}

async function askTelnyx(
  filter: DeliveryFilter,
  page: { number: number; size: number },
): Promise<DeliveriesPage | { reason: string }> {
  const telnyx = await keyOrUnavailable(api);
  await waitForTurn(() => takeSingleCall(store, Date.now()));
  try {
    return await telnyx.failed(filter, page);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const reason = unavailableBecause(error);
    if (reason === undefined) throw deliveriesProblem(error);
    log('warn', 'delivery_log_unavailable', { reason });
    return { reason };
  }
}

/** `GET /v2/webhook-deliveries/failed`, behind API Gateway (HTTP API, payload format 2.0). */
export const handler = middy(failed).use(answerProblems()).use(authorize('read', tokens));
