import { Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnRoute,
  type CfnStage,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Construct } from 'constructs';
import { defaultRoute, routes, showing, webhook } from '../service.ts';
import { addLogGroup } from './functions.ts';
import { constructId, forEachName } from './names.ts';
import type { Functions } from './parts.ts';
import type { Settings } from './settings.ts';

/**
 * What the access log records of a request. The route stands for the path, and no header, query string or personal
 * address is in it.
 */
const accessLog = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  route: '$context.routeKey',
  status: '$context.status',
  responseBytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  functionMilliseconds: '$context.integrationLatency',
  functionError: '$context.integrationErrorMessage',
  error: '$context.error.message',
};

/**
 * Requests a second and in one burst that the webhook's route accepts, beside what the other routes accept.
 *
 * Bulk changes to thousands of orders make some tens of events a second, and one execution environment receives about
 * 100. At 1,000 a second, a stranger's flood of unsigned requests would cost 150 dollars a day instead of 15.
 */
const WEBHOOK_LIMIT = { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 };

/**
 * Adds the HTTP API with the routes of the service (payload format 2.0), and the webhook's if it comes through the API.
 */
export function addApi(scope: Construct, functions: Functions, settings: Settings): HttpApi {
  const api = new HttpApi(scope, 'Api', {
    apiName: `${settings.ledgerName}-Service`,
    description: 'port-in-ledger: list, show and republish port-in events',
    // The stage below replaces it, because the default one has no access log.
    createDefaultStage: false,
  });
  const integrations = forEachName(
    functions,
    (name, target) => new HttpLambdaIntegration(`${constructId(name)}Integration`, target),
  );
  for (const { method, path, function: name } of routes) {
    if (name === showing && settings.console === 'off') continue;
    const [added] = api.addRoutes({ path, methods: [HttpMethod[method]], integration: integrations[name] });
    if (method === 'GET' && added) addHead(api, path, added);
  }
  // Without it, API Gateway answers what no route takes, in a form of its own.
  new HttpRoute(api, 'DefaultRoute', {
    httpApi: api,
    routeKey: HttpRouteKey.DEFAULT,
    integration: integrations[defaultRoute.function],
  });
  Validations.of(api).acknowledge({
    id: 'AwsSolutions-APIG4',
    reason:
      "The functions check bearer token or Telnyx's signature themselves, the same on every host; " +
      '/health is open and shows no data.',
  });
  // For any other name, API Gateway adds the log group to a policy of the account, which has room for a few dozen: if
  // it is full, the stage cannot be created.
  const logGroupName = `/aws/vendedlogs/${settings.ledgerName}-Service-Api`;
  const stage = new HttpStage(scope, 'Stage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: settings.apiRequestsPerSecond, burstLimit: settings.apiBurst },
    accessLogSettings: {
      destination: new LogGroupLogDestination(addLogGroup(scope, 'AccessLogs', settings, logGroupName)),
      format: AccessLogFormat.custom(JSON.stringify(accessLog)),
    },
  });
  if (settings.webhookThrough === 'api') addWebhookRoute(api, stage, integrations[webhook.function]);
  return api;
}

function addWebhookRoute(api: HttpApi, stage: HttpStage, integration: HttpLambdaIntegration): void {
  const { path } = webhook;
  const added = api.addRoutes({ path, methods: [HttpMethod.POST], integration });
  const limited = stage.node.defaultChild as CfnStage;
  limited.routeSettings = { [`POST ${path}`]: WEBHOOK_LIMIT };
  // API Gateway refuses a stage with settings for a route that does not exist yet.
  for (const { node } of added) limited.addResourceDependency(node.defaultChild as CfnRoute);
}

// API Gateway answers HEAD only on its own route. The permission of the GET route covers its path with any method; a
// second permission would only fill the function's policy, which has room for some 40.
function addHead(api: HttpApi, path: string, get: HttpRoute): void {
  const { target } = get.node.defaultChild as CfnRoute;
  const routeKey = `HEAD ${path}`;
  new CfnRoute(api, `HEAD${path}`, {
    apiId: api.apiId,
    routeKey,
    authorizationType: 'NONE',
    ...(target !== undefined && { target }),
  });
}
