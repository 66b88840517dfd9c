import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { answerProblems } from '../http/answer-problems.ts';
import { type AuthorizedEvent, authorize } from '../http/authorize.ts';
import { idempotencyKeyIn } from '../http/idempotency-key.ts';
import { eventIdIn } from '../http/path-parameter.ts';
import { answerOf, unavailable } from '../http/problem.ts';
import { readTokens } from '../http/tokens.ts';
import { keyOrUnavailable, waitForTurn } from '../http/upstream-problem.ts';
import { environment } from '../lambda/environment.ts';
import { log } from '../lambda/log.ts';
import { cachedSecret } from '../lambda/secret.ts';
import { recordAttempt } from '../ledger/events/republishes.ts';
import { takeSingleCall } from '../ledger/status/single-calls.ts';
import { patience } from '../ledger/table/store.ts';
import { warmUpStore } from '../ledger/table/warm-up.ts';
import { readApiKey } from '../porting/api-key.ts';
import { readBaseUrl } from '../porting/settings.ts';
import { republish } from '../republishing/republish.ts';
import { eventsApi } from '../telnyx/events-api.ts';
import { tookNothing } from '../telnyx/upstream-error.ts';
import { type Asked, onceForKey } from './once.ts';
import { republishProblem } from './problem-of.ts';

/**
 * The function ends after 29 s: the call may wait 2 s for its turn, and before and after it DynamoDB may answer only at
 * the third attempt.
 */
const REPUBLISH_TIMEOUT = 15_000;
const LONGEST_REQUEST = 30_000;

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
  eventsApi({ apiKey: await apiKey(), onKeyRefused: apiKey.wasRefused, baseUrl, timeout: REPUBLISH_TIMEOUT });

async function startRepublish(event: AuthorizedEvent, context: Context): Promise<APIGatewayProxyStructuredResultV2> {
  const id = eventIdIn(event.pathParameters);
  const key = idempotencyKeyIn(event.headers);
  if (key === undefined) return (await askTelnyx(id, event.caller.name)).answer;
  const options = {
    store,
    key,
    subject: id,
    requestId: context.awsRequestId,
    longestRequest: LONGEST_REQUEST,
    remaining: () => context.getRemainingTimeInMillis(),
  };
  return onceForKey(options, () => askTelnyx(id, event.caller.name));
}

/** Throws only before the call to Telnyx; after it, every outcome is an answer. */
async function askTelnyx(id: string, caller: string): Promise<Asked> {
  const telnyx = await keyOrUnavailable(api);
  await waitForTurn(() => takeSingleCall(store, Date.now()));
  const attempt = await recordAttempt(store, id, caller, Date.now()).catch((error: unknown) => {
    throw unavailable('The republish could not be recorded, so it was not requested. Try again.', error);
  });
  const { outcome, error } = await republish({ store, telnyx, now: Date.now }, attempt);
  log(error ? 'warn' : 'info', 'republish', { id, outcome, caller, error: error?.message });
  if (!error) return { answer: { statusCode: 204 }, didNothing: false };
  return { answer: answerOf(republishProblem(error)), didNothing: tookNothing(error) };
}

/** `POST /v2/porting/events/{id}/republish`, behind API Gateway (HTTP API, payload format 2.0). */
export const handler = middy(startRepublish).use(answerProblems()).use(authorize('operate', tokens));

export const warmUp = () => warmUpStore(store);
