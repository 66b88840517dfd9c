import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { answerProblems } from '../http/answer-problems.ts';
import { type AuthorizedEvent, authorize } from '../http/authorize.ts';
import { eventIdIn } from '../http/event-id.ts';
import { answerOf, invalid, unavailable } from '../http/problem.ts';
import { readTokens } from '../http/tokens.ts';
import { environment } from '../lambda/environment.ts';
import { describeError, log } from '../lambda/log.ts';
import { measureFault } from '../lambda/metrics.ts';
import { cachedSecret } from '../lambda/secret.ts';
import { type RepublishOutcome, recordAttempt, recordOutcome } from '../ledger/events/republishes.ts';
import { recordFault } from '../ledger/status/upstream-state.ts';
import { patience } from '../ledger/table/store.ts';
import { warmUpStore } from '../ledger/table/warm-up.ts';
import { readBaseUrl } from '../porting/settings.ts';
import { readApiKey } from '../telnyx/api-key.ts';
import { eventsApi } from '../telnyx/events-api.ts';
import { isAboutTelnyx, tookNothing, UpstreamError } from '../telnyx/upstream-error.ts';
import { type Asked, once } from './once.ts';
import { problemOf } from './problem-of.ts';

/** The function ends after 29 s: this leaves time for a DynamoDB that answers at the third try only, before the call and after it. */
const REPUBLISH_TIMEOUT = 15_000;
const LONGEST_REQUEST = 30_000;

const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

const store = {
  client: new DynamoDBClient(patience(2_000)),
  events: environment('EVENTS_TABLE'),
  control: environment('CONTROL_TABLE'),
};
const baseUrl = environment('TELNYX_BASE_URL', readBaseUrl);
const secretsManager = new SecretsManagerClient({});
const tokens = cachedSecret(secretsManager, environment('API_TOKENS_SECRET'), readTokens);
const apiKey = cachedSecret(secretsManager, environment('TELNYX_API_KEY_SECRET'), readApiKey);

interface Ended {
  readonly outcome: RepublishOutcome;
  readonly answer: APIGatewayProxyStructuredResultV2;
  readonly fault?: UpstreamError;
}

async function republish(event: AuthorizedEvent, context: Context): Promise<APIGatewayProxyStructuredResultV2> {
  const id = eventIdIn(event.pathParameters);
  const key = event.headers['idempotency-key'];
  if (key === undefined) return (await askTelnyx(id, event.caller.name)).answer;
  if (!IDEMPOTENCY_KEY.test(key)) {
    throw invalid('10015', 'Bad request', 'An Idempotency-Key has 1 to 255 printable ASCII characters.', {
      parameter: 'Idempotency-Key',
    });
  }
  const options = {
    store,
    key,
    subject: id,
    requestId: context.awsRequestId,
    longestRequest: LONGEST_REQUEST,
    remaining: () => context.getRemainingTimeInMillis(),
  };
  return once(options, () => askTelnyx(id, event.caller.name));
}

/** Throws only as long as nothing was asked of Telnyx; from then on every end is an answer. */
async function askTelnyx(id: string, caller: string): Promise<Asked> {
  const telnyx = await keyOrUnavailable();
  const attempt = await recordAttempt(store, id, caller, Date.now()).catch((error: unknown) => {
    throw unavailable('The republish could not be written down, so it was not asked for. Try again.', error);
  });
  const { outcome, answer, fault } = await telnyx.republish(id).then(
    (): Ended => ({ outcome: 'sent', answer: { statusCode: 204 } }),
    (error: unknown): Ended => {
      if (!(error instanceof UpstreamError)) throw error;
      const { outcome, problem } = problemOf(error);
      return { outcome, answer: answerOf(problem), fault: error };
    },
  );
  log(outcome === 'sent' ? 'info' : 'warn', 'republish', { id, outcome, caller });
  await Promise.all([
    recordOutcome(store, attempt, outcome).catch((error: unknown) => {
      log('error', 'republish_outcome_not_recorded', { id, outcome, error: describeError(error) });
    }),
    fault && note(fault),
  ]);
  return { answer, didNothing: fault !== undefined && tookNothing(fault) };
}

/** How Telnyx is, for alarms, for the status, and for the jobs, which keep still while it takes no requests. */
async function note({ fault, retryAfterSeconds }: UpstreamError): Promise<void> {
  measureFault(fault);
  if (!isAboutTelnyx(fault)) return;
  await recordFault(store, fault, Date.now(), retryAfterSeconds).catch((error: unknown) => {
    log('warn', 'fault_not_recorded', { fault, error: describeError(error) });
  });
}

async function keyOrUnavailable() {
  try {
    return eventsApi({ apiKey: await apiKey(), onKeyRefused: apiKey.wasRefused, baseUrl, timeout: REPUBLISH_TIMEOUT });
  } catch (error) {
    throw unavailable('The Telnyx API key cannot be read, so nothing was asked of Telnyx.', error);
  }
}

/** `POST /v2/porting/events/{id}/republish`, behind API Gateway (HTTP API, payload format 2.0). */
export const handler = middy(republish).use(answerProblems()).use(authorize('operate', tokens));

/** What a host may call before the first event, to have that one answered as fast as the others. */
export const warmUp = () => warmUpStore(store);
