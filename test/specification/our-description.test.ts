import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { routes, webhook } from '../../infra/service.ts';
import { captureLog } from '../handlers.ts';
import { uuid } from '../porting-events.ts';
import { type Api, startApi } from './api.ts';
import { type ApiResponse, ledger, operationsOf, resolved, violations } from './schemas.ts';
import { situations } from './situations.ts';

/** docs/openapi.yaml against the running gateway: all that it describes exists, and all that exists is described. */
let api: Api;
let withoutSecrets: Api;

beforeAll(async () => {
  captureLog();
  withoutSecrets = await startApi('refuses');
  api = await startApi();
});

afterEach(() => api.repair());

afterAll(() => Promise.all([api?.close(), withoutSecrets?.close()]));

const operations = operationsOf(ledger);
const operationAt = (name: string) => {
  const [method = '', path = ''] = name.split(' ');
  return {
    pointer: ['paths', path, method.toLowerCase()],
    operation: ledger.paths[path]?.[method.toLowerCase()],
    path: ledger.paths[path],
  };
};
const responseAt = (name: string, status: string) => {
  const { operation, pointer } = operationAt(name);
  const response = operation?.responses[status];
  if (!response) throw new Error(`${name} ${status} is not documented`);
  return resolved<ApiResponse>(response, [...pointer, 'responses', status]);
};

describe('the routes', () => {
  test('are exactly those of infra/service.ts and the webhook path', () => {
    const described = [...routes.map(({ method, path }) => `${method} ${path}`), `POST ${webhook.path}`];
    expect(operations.map(({ name }) => name).toSorted()).toEqual(described.sort());
  });

  test.each(routes)('$method $path asks for the token that it needs', ({ method, path, token }) => {
    const security = operationAt(`${method} ${path}`).operation?.security;
    expect(security).toEqual(token === 'none' ? [] : [{ token: [token] }]);
  });

  test('name every part of the path', () => {
    for (const { name, path } of operations) {
      const item = operationAt(name);
      const parameters = [...(item.path?.parameters ?? []), ...(item.operation?.parameters ?? [])];
      const inPath = parameters
        .map((parameter) => resolved(parameter, []).thing)
        .filter((parameter) => parameter.in === 'path');
      expect(inPath.map((parameter) => `{${parameter.name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    }
  });

  test('the version is that of the package', () => {
    expect(ledger.info.version).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version);
  });
});

describe('every documented status', () => {
  const documented = operations.flatMap(({ name }) =>
    Object.keys(operationAt(name).operation?.responses ?? {}).map((status) => `${name} ${status}`),
  );

  test('has a situation below, and no other status has one', () => {
    const broughtAbout = new Set(situations.map(({ operation, status }) => `${operation} ${status}`));
    expect(documented.toSorted()).toEqual([...broughtAbout].sort());
  });

  test.each(situations)('$operation $status: $what', async ({ operation, status, ask, withoutSecrets: cold }) => {
    const answer = await ask(cold ? withoutSecrets : api);
    expect(answer.status).toBe(status);
    const { thing: response, pointer } = responseAt(operation, String(status));
    const text = await answer.text();

    for (const [name, header] of Object.entries(response.headers ?? {})) {
      const { thing, pointer: at } = resolved(header, [...pointer, 'headers', name]);
      const value = answer.headers.get(name);
      if (value !== null) expect(violations('ledger', [...at, 'schema'], value)).toEqual([]);
      else expect({ header: name, required: thing.required ?? false }).toEqual({ header: name, required: false });
    }
    const undocumented = [...answer.headers.keys()]
      .filter((name) => !GENERAL_HEADERS.has(name))
      .filter((name) => {
        return !Object.keys(response.headers ?? {}).some((known) => known.toLowerCase() === name);
      });
    expect(undocumented).toEqual([]);

    if (!response.content) return expect(text).toBe('');
    const type = answer.headers.get('content-type')?.replace('; charset=utf-8', '') ?? '';
    expect(Object.keys(response.content)).toContain(type);
    const body = type === 'application/json' ? JSON.parse(text) : text;
    expect(violations('ledger', [...pointer, 'content', type, 'schema'], body)).toEqual([]);
  });
});

/**
 * Headers that every HTTP answer has and that are not documented; `no-store` is documented where the content is worth
 * keeping.
 */
const GENERAL_HEADERS = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'cache-control',
]);

describe('the examples', () => {
  const contents = operations.flatMap(({ name }) => {
    const { operation, pointer } = operationAt(name);
    const bodies = Object.keys(operation?.responses ?? {}).map((status) => {
      const { thing, pointer: at } = responseAt(name, status);
      return { where: `${name} ${status}`, content: thing.content, at: [...at, 'content'] };
    });
    const request = {
      where: `${name} request`,
      content: operation?.requestBody?.content,
      at: [...pointer, 'requestBody', 'content'],
    };
    return [...bodies, request].flatMap(({ where, content = {}, at }) =>
      Object.entries(content).map(([type, { examples = {} }]) => ({ where, type, examples, at })),
    );
  });

  test.each(contents)('$where, $type: at least one, and all are valid', ({ type, examples, at }) => {
    expect(Object.keys(examples).length).toBeGreaterThan(0);
    for (const { value } of Object.values(examples)) {
      expect(violations('ledger', [...at, type, 'schema'], value)).toEqual([]);
    }
  });
});

describe('what OpenAPI cannot describe', () => {
  const others = ledger.paths[webhook.path]?.['x-other-methods'] as unknown as {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
  };

  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s at the webhook path', async (method) => {
    const answer = await api.ask(`${method} ${webhook.path}`);
    expect(answer.status).toBe(others.status);
    expect(Object.fromEntries(answer.headers)).toMatchObject(others.headers);
    const schema = ['paths', webhook.path, 'x-other-methods', 'schema'];
    expect(violations('ledger', schema, await answer.json())).toEqual([]);
  });

  test.each([
    ['a path that is not there', 'GET /v2/porting_orders'],
    ['a method that is not there', 'DELETE /v2/porting/events'],
    ['an empty id', 'GET /v2/porting/events/'],
    ['a path in capitals', 'GET /HEALTH'],
  ])('%s is answered without a token', async (_, request) => {
    const { status, headers } = ledger['x-unknown-paths'];
    const answer = await api.ask(request);
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject(headers);
    const text = await answer.text();
    expect(text).toContain(`There is no ${request} in this API.`);
    expect(violations('ledger', ['x-unknown-paths', 'schema'], JSON.parse(text))).toEqual([]);
  });

  test.each<[string, string, (api: Api) => Promise<Response>]>([
    [
      '413',
      'a body over 10 MB',
      ({ ask }) => ask(`POST /v2/porting/events/${uuid(1)}/republish`, { body: 'x'.repeat(11e6) }),
    ],
    [
      '500',
      'a function that dies',
      (running) => {
        running.crashes = true;
        return running.ask('GET /v2/porting/events', { token: 'read' });
      },
    ],
  ])('API Gateway answers %s: %s', async (status, _, ask) => {
    const answer = await ask(api);
    expect(answer.status).toBe(Number(status));
    const body = await answer.json();
    expect(body).toEqual(ledger['x-gateway-answers'][status]);
    expect(violations('ledger', ['components', 'schemas', 'GatewayAnswer'], body)).toEqual([]);
  });

  test('each of those answers has its form', () => {
    for (const body of Object.values(ledger['x-gateway-answers'])) {
      expect(violations('ledger', ['components', 'schemas', 'GatewayAnswer'], body)).toEqual([]);
    }
  });
});
