import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { answerProblems } from '../http/answer-problems.ts';
import { type AuthorizedEvent, authorize } from '../http/authorize.ts';
import { eventIdIn } from '../http/event-id.ts';
import { invalid, json, notFound } from '../http/problem.ts';
import { readTokens } from '../http/tokens.ts';
import { environment } from '../lambda/environment.ts';
import { cachedSecret } from '../lambda/secret.ts';
import { getEvent, listEvents, PageTooLarge } from '../ledger/list.ts';
import { patience } from '../ledger/store.ts';
import { readSyncState } from '../ledger/sync-state.ts';
import { readListRequest } from './parameters.ts';

/** Lambda's limit for an answer is 6 MB, in which the body is a text of JSON once more: each of its quotes takes two bytes. */
const LARGEST_ANSWER = 5_500_000;

const store = {
  client: new DynamoDBClient(patience(5_000)),
  events: environment('EVENTS_TABLE'),
  control: environment('CONTROL_TABLE'),
};
const tokens = cachedSecret(new SecretsManagerClient({}), environment('API_TOKENS_SECRET'), readTokens);

async function list(event: AuthorizedEvent) {
  const { filter, page } = readListRequest(event.rawQueryString ?? '');
  const { total, events } = await listEvents(store, filter, page, LARGEST_ANSWER).catch((error: unknown) => {
    throw error instanceof PageTooLarge ? tooLarge(page.size) : error;
  });
  const meta = {
    page_number: page.number,
    page_size: page.size,
    total_pages: Math.ceil(total / page.size),
    total_results: total,
  };
  const answer = json(200, { data: events, meta });
  if (Buffer.byteLength(JSON.stringify(answer)) > LARGEST_ANSWER) throw tooLarge(page.size);
  return answer;
}

function tooLarge(size: number) {
  return invalid(
    '10033',
    'Value out of range',
    `The ${size} events of this page are larger than an answer may be (6 MB). Ask for a smaller page[size].`,
    { parameter: 'page[size]' },
  );
}

async function show(event: AuthorizedEvent) {
  const id = eventIdIn(event.pathParameters);
  const found = await getEvent(store, id);
  if (!found) throw notFound(`The ledger has no event ${id}.`);
  return json(200, { data: found });
}

/** Open to all, so it tells two things only: how old the ledger's knowledge is, and how the last run ended. */
async function health() {
  const { lastCompleteAt, lastStatus } = await readSyncState(store);
  const age = lastCompleteAt === undefined ? null : Math.max(0, Math.round((Date.now() - lastCompleteAt) / 1000));
  return json(200, { last_complete_sync_age_seconds: age, last_sync_status: lastStatus ?? 'none' });
}

const reading = authorize('read', tokens);

const router = httpRouter<AuthorizedEvent, APIGatewayProxyStructuredResultV2>({
  routes: [
    { method: 'GET', path: '/v2/porting/events', handler: middy(list).use(reading) },
    { method: 'GET', path: '/v2/porting/events/{id}', handler: middy(show).use(reading) },
    { method: 'GET', path: '/health', handler: middy(health) },
  ],
  notFoundResponse: ({ method, path }) => {
    throw notFound(`There is no ${method} ${path} here.`);
  },
});

/** List, show and health, behind API Gateway (HTTP API, payload format 2.0). */
export const handler = middy(router).use(answerProblems());
