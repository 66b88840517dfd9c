import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { answerProblems } from '../http/answer-problems.ts';
import { type AuthorizedEvent, authorize } from '../http/authorize.ts';
import { idempotencyKeyIn } from '../http/idempotency-key.ts';
import { timedIdIn } from '../http/path-parameter.ts';
import { json, notFound } from '../http/problem.ts';
import { readTokens } from '../http/tokens.ts';
import { environment } from '../lambda/environment.ts';
import { log } from '../lambda/log.ts';
import { cachedSecret } from '../lambda/secret.ts';
import { cancelJob } from '../ledger/jobs/job-progress.ts';
import { createJob, readJob } from '../ledger/jobs/republish-jobs.ts';
import { closeSpan } from '../ledger/runs/open-spans.ts';
import { cancelRun, requestRun } from '../ledger/runs/requested-runs.ts';
import { getRun } from '../ledger/runs/sync-runs.ts';
import { patience } from '../ledger/table/store.ts';
import { warmUpStore } from '../ledger/table/warm-up.ts';
import { earlierId, idFor } from './request-id.ts';
import { readJobRequest, readRunRequest } from './requests.ts';
import { dryRunOf, selectedIds } from './selected.ts';

const store = {
  client: new DynamoDBClient(patience(5_000)),
  events: environment('EVENTS_TABLE'),
  control: environment('CONTROL_TABLE'),
};
const tokens = cachedSecret(new SecretsManagerClient({}), environment('API_TOKENS_SECRET'), readTokens);

const REPLAYED = { 'idempotent-replayed': 'true' };

async function startRepublishing(event: AuthorizedEvent) {
  const request = readJobRequest(event);
  if (request.dryRun) return json(200, { data: await dryRunOf(store, request, Date.now()) });

  const { requestId } = event.requestContext;
  const key = idempotencyKeyIn(event.headers);
  const asked = { ids: request.ids, filter: request.filter };
  const making = { key, makes: 'republish job', asked, requestId };
  const earlier = await earlierId(store, making, Date.now());
  const first = earlier === undefined ? undefined : await readJob(store, earlier, Date.now());
  if (first) return json(200, { data: first.job }, REPLAYED);

  const ids = await selectedIds(store, request);
  const id = await idFor(store, making, Date.now());
  const made = { id, selection: request.selection, ids, by: event.caller.name, requestId };
  const { job, isNew } = await createJob(store, made, Date.now());
  if (!isNew) return json(200, { data: job }, REPLAYED);
  log('info', 'job', { id, status: job.status, total: job.total, done: 0, caller: job.created_by });
  return json(202, { data: job });
}

async function cancel(event: AuthorizedEvent) {
  const id = timedIdIn(event.pathParameters, 'republish job');
  const cancelled = await cancelJob(store, id, Date.now());
  const held = await readJob(store, id, Date.now());
  if (!held) throw notFound(`There is no republish job ${id}.`);
  if (cancelled) log('info', 'job', { id, status: 'cancelled', total: held.job.total, caller: event.caller.name });
  return json(200, { data: held.job });
}

async function startSync(event: AuthorizedEvent) {
  const now = Date.now();
  const { from, to, window } = readRunRequest(event, now);
  const { requestId } = event.requestContext;
  const key = idempotencyKeyIn(event.headers);
  const id = await idFor(store, { key, makes: 'sync run', asked: { from, to }, requestId }, now);
  const { run, isNew } = await requestRun(store, id, window, now);
  return isNew ? json(202, { data: run }) : json(200, { data: run }, REPLAYED);
}

async function cancelSync(event: AuthorizedEvent) {
  const id = timedIdIn(event.pathParameters, 'sync run');
  const now = Date.now();
  const cancelled = await cancelRun(store, id, now);
  const run = await getRun(store, id, now);
  if (!run) throw notFound(`There is no sync run ${id}.`);
  if (cancelled) log('info', 'sync_run_cancelled', { run_id: id, caller: event.caller.name });
  return json(200, { data: run });
}

async function close(event: AuthorizedEvent): Promise<APIGatewayProxyStructuredResultV2> {
  const id = timedIdIn(event.pathParameters, 'open span');
  if (!(await closeSpan(store, id))) throw notFound(`There is no open span ${id}.`);
  log('warn', 'open_span_closed', { id, caller: event.caller.name });
  return { statusCode: 204 };
}

const router = httpRouter<AuthorizedEvent, APIGatewayProxyStructuredResultV2>({
  routes: [
    { method: 'POST', path: '/v2/republish-jobs', handler: middy(startRepublishing) },
    { method: 'POST', path: '/v2/republish-jobs/{id}/cancel', handler: middy(cancel) },
    { method: 'POST', path: '/v2/sync-runs', handler: middy(startSync) },
    { method: 'POST', path: '/v2/sync-runs/{id}/cancel', handler: middy(cancelSync) },
    { method: 'POST', path: '/v2/open-spans/{id}/close', handler: middy(close) },
  ],
  notFoundResponse: ({ method, path }) => {
    throw notFound(`There is no ${method} ${path} here.`);
  },
});

/** Starts and cancels work, behind API Gateway (HTTP API, payload format 2.0). */
export const handler = middy(router).use(answerProblems()).use(authorize('operate', tokens));

export const warmUp = () => warmUpStore(store);
