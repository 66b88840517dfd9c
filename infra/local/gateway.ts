import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { CannotStart } from './cannot-start.ts';
import type { ServiceDescription } from './description.ts';
import type { Outcome } from './execution-environment.ts';
import { sendJson, sendMessage, sendOutcome } from './gateway-answer.ts';
import { type Door, eventOf, splitTarget } from './gateway-event.ts';

/** The HTTP entrance: a function URL for the webhook, and an HTTP API. */
export interface Gateway {
  readonly url: string;
  /** Accepts no new connection. Resolves when the last answer is sent. */
  close(): Promise<void>;
  /** Accepts no new connection, and cuts those that are open. */
  cut(): void;
}

/** A page of the host itself at a path, from the query. */
export type Page = (query: URLSearchParams) => object;

export interface GatewayOptions {
  readonly port: number;
  readonly webhook: ServiceDescription['webhook'];
  readonly routes: ServiceDescription['routes'];
  readonly defaultRoute: ServiceDescription['defaultRoute'];
  readonly invoke: (functionName: string, event: unknown) => Promise<Outcome>;
  /** By path. They need no token, so only requests from this machine see them; for all others they do not exist. */
  readonly pages?: Readonly<Record<string, Page>>;
}

/**
 * Clients keep an idle connection for 90 s at most (Go's, so a tunnel's). It must not be closed at the moment when it
 * is used again.
 */
const KEPT_IDLE_MS = 120_000;
const MEGABYTE = 1024 * 1024;
/** The largest bodies that AWS accepts: 10 MB at an HTTP API, 6 MB at a function URL. */
const MOST_BYTES = { api: 10 * MEGABYTE, 'function-url': 6 * MEGABYTE } as const;

/**
 * Serves the webhook and the routes on 127.0.0.1.
 *
 * @throws {CannotStart} when the port cannot be opened
 */
export async function startGateway({ port, invoke, pages = {}, ...service }: GatewayOptions): Promise<Gateway> {
  let closing = false;
  const find = routeFinder(service);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path, query] = splitTarget(request.url ?? '/');
    const page = request.method === 'GET' || request.method === 'HEAD' ? pages[path] : undefined;
    if (page && isFromThisMachine(request)) {
      request.resume();
      return sendJson(response, 200, page(new URLSearchParams(query)));
    }
    const found = find(request.method ?? 'GET', path);
    const body = await readBody(request, MOST_BYTES[found.door.kind]);
    if (!body) {
      // Reads and discards the rest: a caller that is still sending would not see an answer before that.
      request.resume();
      response.setHeader('connection', 'close');
      return sendMessage(response, 413, 'Request Entity Too Large');
    }
    const outcome = await invoke(found.function, eventOf(request, body, found.door));
    if (closing) response.setHeader('connection', 'close');
    sendOutcome(response, outcome, found.door);
  }

  const server = createServer((request, response) => {
    // A caller that has disconnected gets no answer. Any other failure here is not the function's fault.
    handle(request, response).catch(() => {
      if (response.headersSent || request.destroyed) response.destroy();
      else sendMessage(response, 500, 'Internal Server Error');
    });
  });
  const connections = new Set<Socket>();
  server.on('connection', (connection) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  server.keepAliveTimeout = KEPT_IDLE_MS;
  server.headersTimeout = KEPT_IDLE_MS + 5_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${error.code})`;
    throw new CannotStart(`Port ${port} ${why}: set PORT to a free one`, { cause: error });
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      closing = true;
      const closed = once(server, 'close');
      server.close();
      // Node closes connections that are idle between two requests, but would wait for a first one.
      for (const connection of connections) if (connection.bytesRead === 0) connection.destroy();
      await closed;
    },
    cut() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * A tunnel that brings Telnyx's webhooks here also brings strangers, and it too connects from 127.0.0.1. So does a
 * browser that a stranger's domain has led to this machine. Both name another host, or say for whom they forward.
 */
function isFromThisMachine({ headers }: IncomingMessage): boolean {
  if (headers.forwarded ?? headers['x-forwarded-for'] ?? headers['x-forwarded-host']) return false;
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(headers.host ?? '');
}

type Found = { readonly function: string; readonly door: Door };

function routeFinder({
  webhook,
  routes,
  defaultRoute,
}: Pick<ServiceDescription, 'webhook' | 'routes' | 'defaultRoute'>) {
  const patterns = routes.map((route) => ({ route, segments: route.path.split('/') }));

  return function find(method: string, path: string): Found {
    // A function URL has no routes: the function handles every method.
    if (path.replace(/\/$/, '') === webhook.path) return { function: webhook.function, door: { kind: 'function-url' } };
    const given = path.split('/');
    for (const { route, segments } of patterns) {
      const isTaken = method === route.method || (method === 'HEAD' && route.method === 'GET');
      const pathParameters = isTaken ? match(segments, given) : undefined;
      if (pathParameters) {
        const routeKey = `${method} ${route.path}`;
        return { function: route.function, door: { kind: 'api', routeKey, pathParameters } };
      }
    }
    return { function: defaultRoute.function, door: { kind: 'api', routeKey: '$default', pathParameters: {} } };
  };
}

function match(segments: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const actual = given[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined ? segment !== actual : actual === '') return undefined;
    if (name !== undefined) parameters[name] = decode(actual);
  }
  return parameters;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The whole body, or `undefined` when it is longer than allowed. */
async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
