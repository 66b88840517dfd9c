import { Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnRoute,
  HttpApi,
  HttpMethod,
  type HttpRoute,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Construct } from 'constructs';
import { routes } from '../service.ts';
import { addLogGroup, type Functions } from './functions.ts';
import { constructId, forEachName } from './names.ts';
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

/** Adds the HTTP API with the routes of the service (payload format 2.0). */
export function addApi(scope: Construct, functions: Functions, settings: Settings): HttpApi {
  const api = new HttpApi(scope, 'Api', {
    apiName: Stack.of(scope).stackName,
    description: 'port-in-ledger: list, show and republish port-in events',
    // The stage below replaces it, because the default one has no access log.
    createDefaultStage: false,
  });
  const integrations = forEachName(
    functions,
    (name, target) => new HttpLambdaIntegration(`${constructId(name)}Integration`, target),
  );
  for (const { method, path, function: name } of routes) {
    const [added] = api.addRoutes({ path, methods: [HttpMethod[method]], integration: integrations[name] });
    if (method === 'GET' && added) addHead(api, path, added);
  }
  Validations.of(api).acknowledge({
    id: 'AwsSolutions-APIG4',
    reason:
      'The functions check the bearer token themselves, the same on every host; /health is open and shows no data.',
  });
  new HttpStage(scope, 'Stage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: settings.apiRequestsPerSecond, burstLimit: settings.apiBurst },
    accessLogSettings: {
      destination: new LogGroupLogDestination(addLogGroup(scope, 'AccessLogs', settings)),
      format: AccessLogFormat.custom(JSON.stringify(accessLog)),
    },
  });
  return api;
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
