import { describe, expect, test } from 'vitest';
import { constructId } from '../../infra/aws/names.ts';
import { defaultRoute, routes, webhook } from '../../infra/service.ts';
import { named, ofType, type Resource, synthesized } from './synthesized.ts';

const { resources, service } = synthesized();
const properties = (type: string) => Object.values(ofType(resources, type)).map((resource) => resource.Properties);

function integrationOf(target: unknown): Resource {
  return named(resources, /^integrations\/<(\w+)>$/.exec(String(target))?.[1] ?? '');
}

test('has the routes that are described, and no other', () => {
  const found = properties('AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey);
  const described = routes.flatMap(({ method, path }) => [
    `${method} ${path}`,
    ...(method === 'GET' ? [`HEAD ${path}`] : []),
  ]);
  expect(found.sort()).toEqual([...described, '$default'].sort());
});

test('what no route takes goes to a function, which may be invoked for every path', () => {
  const route = properties('AWS::ApiGatewayV2::Route').find(({ RouteKey }) => RouteKey === '$default');
  const name = constructId(defaultRoute.function);
  expect(route?.AuthorizationType).toBe('NONE');
  expect(integrationOf(route?.Target).Properties.IntegrationUri).toBe(`<${name}.Arn>`);
  const sources = properties('AWS::Lambda::Permission')
    .filter(({ FunctionName }) => FunctionName === `<${name}.Arn>`)
    .map(({ SourceArn }) => String(SourceArn));
  expect(sources.filter((source) => /:<Api>\/\*\/(\*|\$default)$/.test(source))).toHaveLength(1);
});

test.each(routes.filter(({ method }) => method === 'GET'))('HEAD $path goes where GET does', ({ path }) => {
  const [get, head] = ['GET', 'HEAD'].map((method) =>
    properties('AWS::ApiGatewayV2::Route').find(({ RouteKey }) => RouteKey === `${method} ${path}`),
  );
  expect(head).toEqual({ ...get, RouteKey: `HEAD ${path}` });
});

describe.each(routes)('$method $path', ({ method, path, function: name }) => {
  const route = properties('AWS::ApiGatewayV2::Route').find(({ RouteKey }) => RouteKey === `${method} ${path}`);

  test('goes to its function, as payload format 2.0', () => {
    expect(integrationOf(route?.Target).Properties).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: `<${constructId(name)}.Arn>`,
      PayloadFormatVersion: '2.0',
    });
  });

  test('may invoke that function, from this API and path only', () => {
    const sources = properties('AWS::Lambda::Permission')
      .filter(({ FunctionName }) => FunctionName === `<${constructId(name)}.Arn>`)
      .map(({ SourceArn }) => String(SourceArn));
    expect(sources.filter((source) => source.endsWith(`:<Api>/*/*${path}`))).toHaveLength(1);
  });
});

describe('the stage', () => {
  const [stage, ...others] = properties('AWS::ApiGatewayV2::Stage');

  test('is the default one, deployed automatically', () => {
    expect(others).toEqual([]);
    expect(stage).toMatchObject({ StageName: '$default', AutoDeploy: true });
  });

  test('throttles', () => {
    expect(stage?.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
    const { resources: set } = synthesized({ apiRequestsPerSecond: 5, apiBurst: '10' });
    expect(named(set, 'Stage').Properties.DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: 5,
      ThrottlingBurstLimit: 10,
    });
  });

  test('logs each access as JSON, with nothing secret or personal in it', () => {
    const { DestinationArn, Format } = stage?.AccessLogSettings as { DestinationArn: string; Format: string };
    expect(DestinationArn).toBe('<AccessLogs.Arn>');
    expect(named(resources, 'AccessLogs').Properties.LogGroupName).toBe('/aws/vendedlogs/PortInLedger-Service-Api');
    const logged = Object.values<string>(JSON.parse(Format));
    expect(logged).toContain('$context.routeKey');
    // `path` holds ids and the query string, `identity` the caller's address, `authorizer` and the headers the token.
    for (const value of logged) {
      expect(value).toMatch(/^\$context\.[\w.]+$/);
      expect(value).not.toMatch(/authori[sz]|header|query|path|identity|sourceIp|userAgent/i);
    }
  });
});

test('with console=off, no route leads to the console, and none other is missing', () => {
  const keysIn = (all: typeof resources) =>
    Object.values(ofType(all, 'AWS::ApiGatewayV2::Route')).map(({ Properties }) => String(Properties.RouteKey));
  const { resources: without } = synthesized({ console: 'off' });
  const left = keysIn(resources).filter((key) => !keysIn(without).includes(key));
  expect(left.sort()).toEqual(['GET /', 'GET /console/{file}', 'HEAD /', 'HEAD /console/{file}']);
});

describe('with webhookThrough=api, the webhook', () => {
  const { resources: through } = synthesized({ webhookThrough: 'api' });
  const key = `POST ${webhook.path}`;
  const routesIn = (all: typeof resources) =>
    Object.values(ofType(all, 'AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties);

  test('has one more route, for POST alone, which no authorizer stands before', () => {
    const before = routesIn(resources).map(({ RouteKey }) => RouteKey);
    expect(routesIn(through).map(({ RouteKey }) => RouteKey)).toEqual([...before, key]);
    const route = routesIn(through).find(({ RouteKey }) => RouteKey === key);
    expect(route).toMatchObject({ AuthorizationType: 'NONE' });
    const [, integration = ''] = /^integrations\/<(\w+)>$/.exec(String(route?.Target)) ?? [];
    expect(named(through, integration).Properties).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: `<${constructId(webhook.function)}.Arn>`,
      PayloadFormatVersion: '2.0',
    });
  });

  test("has a limit of its own, whatever the other routes' is", () => {
    const limited = (settings: Record<string, unknown>) =>
      named(synthesized({ webhookThrough: 'api', ...settings }).resources, 'Stage').Properties;
    const RouteSettings = { [key]: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 } };
    expect(limited({})).toMatchObject({ RouteSettings, DefaultRouteSettings: { ThrottlingRateLimit: 50 } });
    expect(limited({ apiRequestsPerSecond: 1, apiBurst: 2 })).toMatchObject({
      RouteSettings,
      DefaultRouteSettings: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 },
    });
    expect(named(resources, 'Stage').Properties).not.toHaveProperty('RouteSettings');
  });

  // API Gateway answers "Unable to find Route by key", and the deployment fails.
  test('has its route before the stage names it', () => {
    const [route] = Object.keys(ofType(through, 'AWS::ApiGatewayV2::Route')).slice(-1);
    expect(named(through, 'Stage').DependsOn).toEqual([expect.stringMatching(`^${route}`)]);
  });

  test('is logged as every other access is', () => {
    const logged = (all: typeof resources) => named(all, 'Stage').Properties.AccessLogSettings;
    expect(logged(through)).toEqual(logged(resources));
  });
});

test('the URL of the API is an output, without a slash at its end', () => {
  expect(service.findOutputs('ApiUrl')).toMatchObject({
    ApiUrl: { Value: { 'Fn::GetAtt': [expect.stringMatching(/^Api/), 'ApiEndpoint'] } },
  });
});
