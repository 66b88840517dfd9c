import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { answerProblems } from '../http/answer-problems.ts';
import { type AuthorizedEvent, authorize } from '../http/authorize.ts';
import { notFound } from '../http/problem.ts';
import { readTokens } from '../http/tokens.ts';
import { environment } from '../lambda/environment.ts';
import { cachedSecret } from '../lambda/secret.ts';
import { patience } from '../ledger/table/store.ts';
import { warmUpStore } from '../ledger/table/warm-up.ts';
import { readHealing, readHealingPerDay, readRunbookUrl, readTimezone } from '../porting/settings.ts';
import { arrivalRoutes } from './arrivals.ts';
import { eventRoutes } from './events.ts';
import { gapRoutes } from './gaps.ts';
import { health } from './health.ts';
import { jobRoutes } from './jobs.ts';
import { orderRoutes } from './orders.ts';
import { rejectionRoutes } from './rejections.ts';
import type { Resources } from './resources.ts';
import { runRoutes } from './runs.ts';
import { statusRoutes } from './status.ts';

const tokens = cachedSecret(new SecretsManagerClient({}), environment('API_TOKENS_SECRET'), readTokens);

const resources: Resources = {
  store: {
    client: new DynamoDBClient(patience(5_000)),
    events: environment('EVENTS_TABLE'),
    orders: environment('ORDERS_TABLE'),
    control: environment('CONTROL_TABLE'),
  },
  tokens,
  healing: { mode: environment('HEALING', readHealing), perDay: environment('HEALING_PER_DAY', readHealingPerDay) },
  runbookUrl: environment('RUNBOOK_URL', readRunbookUrl),
  zone: environment('TIMEZONE', readTimezone),
};

const routes = [
  eventRoutes,
  arrivalRoutes,
  orderRoutes,
  gapRoutes,
  rejectionRoutes,
  jobRoutes,
  runRoutes,
  statusRoutes,
].flatMap((routesOf) => routesOf(resources));

const reading = authorize('read', tokens);

const router = httpRouter<AuthorizedEvent, APIGatewayProxyStructuredResultV2>({
  // API Gateway leaves out the body of an answer to HEAD, and keeps its length.
  routes: [
    ...routes.map(({ path, handler }) => ({ path, handler: middy(handler).use(reading) })),
    { path: '/health', handler: middy(() => health(resources)) },
  ].flatMap((route) => (['GET', 'HEAD'] as const).map((method) => ({ method, ...route }))),
  notFoundResponse: nothingThere,
});

function nothingThere({ method, path }: { readonly method: string; readonly path: string }): never {
  throw notFound(`There is no ${method} ${path} in this API. See docs/openapi.yaml for what there is.`);
}

/**
 * All read routes, behind API Gateway (HTTP API, payload format 2.0), and what no route takes. The router alone would
 * take a path with a slash at its end too: an event's path with an empty id for the list.
 */
export const handler = middy(router)
  .use({
    before: ({ event: { routeKey, requestContext } }) => {
      if (routeKey === '$default') nothingThere(requestContext.http);
    },
  })
  .use(answerProblems());

export const warmUp = () => warmUpStore(resources.store);
