import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { CannotStart } from '../../infra/local/cannot-start.ts';
import type { Outcome } from '../../infra/local/execution-environment.ts';
import { type Gateway, type Page, startGateway } from '../../infra/local/gateway.ts';
import { defaultRoute, routes, webhook } from '../../infra/service.ts';

interface Invocation {
  readonly name: string;
  readonly event: APIGatewayProxyEventV2;
}

/** A gateway whose functions all give the same answer, and the events that they received. */
async function gatewayOf(
  answer: unknown = { statusCode: 200 },
  pages: Readonly<Record<string, Page>> = {},
): Promise<{ gateway: Gateway; invocations: Invocation[] }> {
  const invocations: Invocation[] = [];
  const invoke = async (name: string, event: unknown): Promise<Outcome> => {
    // As it crosses to the function.
    invocations.push({ name, event: JSON.parse(JSON.stringify(event)) as APIGatewayProxyEventV2 });
    return answer instanceof Error
      ? { error: { errorType: 'Error', errorMessage: answer.message } }
      : { payload: JSON.stringify(answer) ?? 'null' };
  };
  const gateway = await startGateway({ port: 0, webhook, routes, defaultRoute, invoke, pages });
  onTestFinished(gateway.cut);
  return { gateway, invocations };
}

interface Sent {
  readonly method?: string;
  readonly host?: string;
  /** Names and values in turns, so that names can repeat. */
  readonly headers?: readonly string[];
  readonly body?: Buffer | string;
}

async function send(url: string, { method = 'GET', host = new URL(url).host, headers = [], body }: Sent = {}) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))];
    const list = ['Host', host, ...headers, ...length];
    request(url, { method, headers: list, agent: false }, resolve).on('error', reject).end(body);
  });
  const { statusCode, headers: got, rawHeaders } = response;
  return { statusCode, headers: got, rawHeaders, body: (await buffer(response)).toString() };
}

/** The event of one request. */
async function eventFor(path: string, sent?: Sent): Promise<Invocation> {
  const { gateway, invocations } = await gatewayOf();
  await send(gateway.url + path, sent);
  expect(invocations).toHaveLength(1);
  return invocations[0] as Invocation;
}

const id = '2d7e1f6a-5a0c-4a7a-9a3e-0a4b1f9d3c55';

describe('an event for a route', () => {
  it('has the shape that AWS documents for payload format 2.0', async () => {
    const path = `/v2/porting/events/${id}/republish`;
    const { name, event } = await eventFor(`${path}?a=1&a=2&page%5Bsize%5D=b%20c`, {
      method: 'POST',
      headers: ['Content-Type', 'application/json', 'User-Agent', 'test', 'Cookie', 'one=1; two=2', 'X-Upper', 'Ab'],
      body: '{"ä":1}',
    });
    expect(name).toBe('republish-event');
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /v2/porting/events/{id}/republish',
      rawPath: path,
      rawQueryString: 'a=1&a=2&page%5Bsize%5D=b%20c',
      cookies: ['one=1', 'two=2'],
      headers: {
        host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        'content-type': 'application/json',
        'content-length': '8',
        'user-agent': 'test',
        'x-upper': 'Ab',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': expect.stringMatching(/^\d+$/),
        'x-forwarded-proto': 'http',
      },
      queryStringParameters: { a: '1,2', 'page[size]': 'b c' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'local',
        domainName: '127.0.0.1',
        domainPrefix: 'local',
        http: { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        routeKey: 'POST /v2/porting/events/{id}/republish',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      pathParameters: { id },
      body: '{"ä":1}',
      isBase64Encoded: false,
    });
  });

  it('leaves out the parts that a request does not have', async () => {
    const { name, event } = await eventFor('/health');
    expect(name).toBe('query-events');
    expect(event).toMatchObject({ routeKey: 'GET /health', rawQueryString: '', isBase64Encoded: false });
    for (const absent of ['cookies', 'queryStringParameters', 'pathParameters', 'body']) {
      expect(event).not.toHaveProperty(absent);
    }
  });

  it('joins duplicate headers with commas', async () => {
    const headers = ['X-One', 'a', 'x-one', 'b', 'Authorization', 'Bearer 1', 'Authorization', 'Bearer 2'];
    const { event } = await eventFor('/health', { headers });
    expect(event.headers).toMatchObject({ 'x-one': 'a,b', authorization: 'Bearer 1,Bearer 2' });
  });

  it('has decoded path parameters', async () => {
    const { event } = await eventFor('/v2/porting/events/a%2Fb%20%C3%A4');
    expect(event.pathParameters).toEqual({ id: 'a/b ä' });
  });

  it.for<[string, string | undefined, Buffer | string, boolean]>([
    ['JSON', 'application/json; charset=utf-8', '{"a":"😀"}', false],
    ['JSON of another kind', 'application/vnd.api+json', '{}', false],
    ['text with a BOM and CRLF', 'text/plain', '\uFEFFa\r\n', false],
    ['bytes', 'application/octet-stream', 'abc', true],
    ['a form', 'application/x-www-form-urlencoded', 'a=1', true],
    ['something without a type', undefined, 'abc', true],
    ['JSON that is not UTF-8', 'application/json', Buffer.from([0x22, 0xff, 0x22]), true],
  ])('carries %s without changing a byte', async ([, type, body, encoded]) => {
    const { event } = await eventFor(webhook.path, {
      method: 'POST',
      headers: type ? ['Content-Type', type] : [],
      body,
    });
    expect(event.isBase64Encoded).toBe(encoded);
    expect(Buffer.from(event.body ?? '', encoded ? 'base64' : 'utf8')).toEqual(Buffer.from(body));
  });

  it('carries a compressed body as base64', async () => {
    const headers = ['Content-Type', 'application/json', 'Content-Encoding', 'gzip'];
    const { event } = await eventFor(webhook.path, { method: 'POST', headers, body: 'x' });
    expect(event.isBase64Encoded).toBe(true);
  });
});

describe('an event for the function URL', () => {
  test.for(['POST', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('comes for %s', async (method) => {
    const { name, event } = await eventFor(`${webhook.path}?a=b`, { method });
    expect(name).toBe('receive-webhook');
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: webhook.path,
      queryStringParameters: { a: 'b' },
      requestContext: { accountId: 'anonymous', routeKey: '$default', stage: '$default', http: { method } },
    });
    expect(event).not.toHaveProperty('pathParameters');
  });
});

describe('gateway', () => {
  it('keeps an idle connection for longer than any client does: Go, and so a tunnel, keeps it for 90 s', async () => {
    const { gateway } = await gatewayOf();
    const { headers } = await send(`${gateway.url}/health`, { headers: ['Connection', 'keep-alive'] });
    expect(headers.connection).toBe('keep-alive');
    expect(Number(/^timeout=(\d+)$/.exec(String(headers['keep-alive']))?.[1])).toBeGreaterThan(90);
  });

  it('closes idle connections when it closes', async () => {
    const { gateway } = await gatewayOf();
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const asked = request(`${gateway.url}/health`, { agent }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    await buffer(response);
    // A browser opens a connection in advance.
    const silent = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    onTestFinished(() => void silent.destroy());
    await once(silent, 'connect');
    await send(`${gateway.url}/health`);
    await gateway.close();
  });

  test.for([
    ['POST', '/'],
    ['GET', '/console'],
    ['GET', '/v2/porting/events/'],
    ['GET', `/v2/porting/events/${id}/republish`],
    ['POST', '/v2/porting/events'],
    ['HEAD', '/v2/porting/events/'],
    ['HEAD', `/v2/porting/events/${id}/republish`],
    ['GET', `${webhook.path}/more`],
    ['GET', '/HEALTH'],
  ] as const)('passes %s %s, which no route takes, to the default one', async ([method, path]) => {
    const { name, event } = await eventFor(path, { method });
    expect(name).toBe(defaultRoute.function);
    expect(event).toMatchObject({ routeKey: '$default', rawPath: path, requestContext: { routeKey: '$default' } });
    expect(event).not.toHaveProperty('pathParameters');
  });

  it('takes HEAD wherever it takes GET, and sends the same without the body', async () => {
    const { gateway, invocations } = await gatewayOf({ statusCode: 200, headers: { 'X-Number': 1 }, body: '{"a":1}' });
    const get = await send(`${gateway.url}/v2/orders/7`);
    const head = await send(`${gateway.url}/v2/orders/7`, { method: 'HEAD' });
    expect(head.body).toBe('');
    expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' });
    expect(head.statusCode).toBe(get.statusCode);
    expect(invocations.map(({ event }) => event)).toMatchObject([
      { routeKey: 'GET /v2/orders/{id}' },
      { routeKey: 'HEAD /v2/orders/{id}', requestContext: { http: { method: 'HEAD' } }, pathParameters: { id: '7' } },
    ]);
  });

  it('takes a slash at the end of the webhook’s path', async () => {
    const { gateway, invocations } = await gatewayOf();
    await send(`${gateway.url}${webhook.path}/`, { method: 'POST' });
    expect(invocations).toMatchObject([{ name: 'receive-webhook', event: { rawPath: `${webhook.path}/` } }]);
  });

  it('passes on a function’s answer', async () => {
    const { gateway } = await gatewayOf({
      statusCode: 201,
      headers: { 'Content-Type': 'text/x', 'X-Number': 1 },
      cookies: ['a=1', 'b=2'],
      body: 'äö',
    });
    const { statusCode, headers, body } = await send(`${gateway.url}/health`);
    expect(statusCode).toBe(201);
    expect(headers).toMatchObject({ 'content-type': 'text/x', 'x-number': '1', 'set-cookie': ['a=1', 'b=2'] });
    expect(headers['content-length']).toBe('4');
    expect(body).toBe('äö');
  });

  it('decodes a base64 answer, and sends 204 without a body', async () => {
    const encoded = await gatewayOf({
      statusCode: 200,
      body: Buffer.from('bytes').toString('base64'),
      isBase64Encoded: true,
    });
    expect((await send(`${encoded.gateway.url}/health`)).body).toBe('bytes');
    const empty = await gatewayOf({ statusCode: 204, body: '' });
    const { statusCode, headers } = await send(`${empty.gateway.url}/health`);
    expect(statusCode).toBe(204);
    expect(headers).not.toHaveProperty('content-length');
    expect(headers).not.toHaveProperty('content-type');
  });

  it('takes an answer without a status code as the body', async () => {
    const { gateway } = await gatewayOf({ plain: 'object' });
    const { statusCode, headers, body } = await send(`${gateway.url}/health`);
    expect([statusCode, headers['content-type'], body]).toEqual([200, 'application/json', '{"plain":"object"}']);
  });

  test.for<[string, unknown]>([
    ['throws', new Error('a secret of the function')],
    ['answers with an invalid status', { statusCode: 'fine' }],
    ['answers with an object as its body', { statusCode: 200, body: {} }],
    ['answers with a header that HTTP cannot carry', { statusCode: 200, headers: { 'x-a': 'b\r\nx-c: d' } }],
  ])('reveals nothing about a function that %s: 502 at a function URL, 500 at an API', async ([, answer]) => {
    const { gateway } = await gatewayOf(answer);
    for (const [path, expected] of [
      [webhook.path, 502],
      ['/health', 500],
    ] as const) {
      const { statusCode, headers, body } = await send(gateway.url + path);
      expect(statusCode).toBe(expected);
      expect(body).toBe('{"message":"Internal Server Error"}');
      expect(headers).not.toHaveProperty('x-a');
    }
  });

  it('refuses bodies over 6 MB at the function URL and over 10 MB at the API', async () => {
    const { gateway, invocations } = await gatewayOf();
    const republish = `/v2/porting/events/${id}/republish`;
    for (const [path, megabytes] of [
      [webhook.path, 6],
      [republish, 10],
    ] as const) {
      const body = Buffer.alloc(megabytes * 1024 * 1024);
      expect((await send(gateway.url + path, { method: 'POST', body })).statusCode).toBe(200);
      const longer = Buffer.concat([body, Buffer.alloc(1)]);
      const refused = await send(gateway.url + path, { method: 'POST', body: longer });
      expect(refused).toMatchObject({ statusCode: 413, body: '{"message":"Request Entity Too Large"}' });
      // The same without a declared length.
      const chunked = await fetch(gateway.url + path, {
        method: 'POST',
        body: new Blob([longer]).stream(),
        duplex: 'half',
      } as RequestInit);
      expect(chunked.status).toBe(413);
    }
    expect(invocations).toHaveLength(2);
  });

  it('says in one line that its port is in use', async () => {
    const { gateway } = await gatewayOf();
    const port = Number(new URL(gateway.url).port);
    const second = startGateway({ port, webhook, routes, defaultRoute, invoke: async () => ({ payload: 'null' }) });
    await expect(second).rejects.toThrow(CannotStart);
    await expect(second).rejects.toThrow(`Port ${port} is in use: set PORT to a free one`);
  });

  it('listens on 127.0.0.1 and on no other address', async () => {
    const { gateway } = await gatewayOf();
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.2');
    onTestFinished(() => void socket.destroy());
    await expect(once(socket, 'connect')).rejects.toThrow(/ECONNREFUSED|EADDRNOTAVAIL/);
  });

  it('survives callers that disconnect, and malformed requests', async () => {
    const { gateway } = await gatewayOf();
    const { port } = new URL(gateway.url);
    const headers = ['Host: x', 'Content-Length: 100', 'Expect: 100-continue'];
    const half = [`POST ${webhook.path} HTTP/1.1`, ...headers, '', '{'].join('\r\n');
    for (const [text, answer] of [
      [half, 'HTTP/1.1 100 Continue'],
      ['nonsense\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ] as const) {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
      const [said] = await once(socket, 'data');
      expect(String(said)).toContain(answer);
      socket.destroy();
      await new Promise((resolve) => socket.on('close', resolve));
    }
    expect((await send(`${gateway.url}/health`)).statusCode).toBe(200);
  });
});

describe('a page of the host', () => {
  const pages = { '/_local/bus': (query: URLSearchParams) => ({ data: [query.get('detail-type')] }) };

  it('is shown without a token and without calling a function', async () => {
    const { gateway, invocations } = await gatewayOf({ statusCode: 200 }, pages);
    const { statusCode, headers, body } = await send(`${gateway.url}/_local/bus?detail-type=a.b`);
    expect([statusCode, headers['content-type'], body]).toEqual([200, 'application/json', '{"data":["a.b"]}']);
    const { port } = new URL(gateway.url);
    for (const host of [`localhost:${port}`, `[::1]:${port}`, '127.0.0.1']) {
      expect((await send(`${gateway.url}/_local/bus`, { host })).statusCode).toBe(200);
    }
    expect(invocations).toEqual([]);
  });

  test.for<[string, Sent]>([
    ['comes through a tunnel', { host: 'ledger.example.com' }],
    ['is forwarded', { headers: ['X-Forwarded-For', '203.0.113.7'] }],
    ['is forwarded, as the standard writes it', { headers: ['Forwarded', 'for=203.0.113.7'] }],
    ['comes from a page whose name was pointed here', { host: 'localhost.example.com' }],
    ['is not a GET', { method: 'POST' }],
  ])('is not there for a request that %s', async ([, sent]) => {
    const { gateway, invocations } = await gatewayOf({ statusCode: 404 }, pages);
    const { statusCode, body } = await send(`${gateway.url}/_local/bus`, sent);
    expect([statusCode, body]).toEqual([404, '']);
    expect(invocations).toMatchObject([{ event: { routeKey: '$default' } }]);
  });
});
