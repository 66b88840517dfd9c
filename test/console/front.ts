import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { serve } from '../../infra/local/loopback-server.ts';
import { ledger as description, type Operation, resolved, violations } from '../specification/schemas.ts';

/** A request of the page's. */
export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** An answer in JSON. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What a test makes of a request; `real` asks the ledger. `cut` breaks the connection. */
export type Script = (asked: Asked, real: () => Promise<Answer>) => Promise<Answer | 'cut'> | Answer | 'cut';

/** A server between the browser and the ledger: it hands everything on, except what a test scripts. */
export interface Front {
  readonly url: string;
  /** All requests for the API, oldest first. */
  readonly asked: readonly Asked[];
  /** What was answered and is not in docs/openapi.yaml: a page must not be tested on answers that do not exist. */
  readonly undocumented: readonly string[];
  /** Scripts an operation by its name in docs/openapi.yaml, such as `GET /v2/orders/{id}`, or all of them. */
  script(operation: string, answer: Script): void;
  close(): Promise<void>;
}

/** Every operation of the API, for a script. */
export const EVERY = 'EVERY';

const operations = Object.entries(description.paths).flatMap(([path, item]) =>
  ['get', 'post']
    .filter((method) => item[method])
    .map((method) => ({ path, method, operation: item[method] as Operation })),
);

export async function openFront(ledgerUrl: string): Promise<Front> {
  const scripts = new Map<string, Script>();
  const asked: Asked[] = [];
  const undocumented: string[] = [];

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query } = new URL(incoming.url ?? '/', ledgerUrl);
    const { method = 'GET', headers } = incoming;
    const body = await buffer(incoming);
    if (!path.startsWith('/v2/') && path !== '/health') return pass(await forward(ledgerUrl, incoming, body), response);
    const one: Asked = { method, path, query, headers };
    asked.push(one);
    const described = describedAs(method, path);
    const script = scripts.get(described?.name ?? '') ?? scripts.get(EVERY);
    if (!script) return pass(await forward(ledgerUrl, incoming, body), response);
    const given = await script(one, async () => {
      const real = await forward(ledgerUrl, incoming, body);
      return { status: real.status, headers: {}, body: JSON.parse(real.body.toString()) };
    });
    if (given === 'cut') return void response.destroy();
    undocumented.push(...faultsOf(described, given).map((fault) => `${method} ${path}: ${fault}`));
    response.writeHead(given.status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...given.headers,
    });
    response.end(JSON.stringify(given.body));
  }

  const server = await serve(answer);
  return {
    url: server.url,
    asked,
    undocumented,
    script: (operation, script) => {
      if (operation !== EVERY && !operations.some((one) => nameOf(one) === operation)) {
        throw new Error(`docs/openapi.yaml has no ${operation}`);
      }
      scripts.set(operation, script);
    },
    close: server.close,
  };
}

type Described = (typeof operations)[number] & { readonly name: string };

function nameOf({ method, path }: Pick<Described, 'method' | 'path'>): string {
  return `${method.toUpperCase()} ${path}`;
}

/** The operation that takes a request. A path without a parameter goes before one with. */
function describedAs(method: string, path: string): Described | undefined {
  const taking = operations.filter(
    (one) =>
      one.method === method.toLowerCase() && new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  const found = taking.find((one) => one.path === path) ?? taking[0];
  return found && { ...found, name: nameOf(found) };
}

function faultsOf(described: Described | undefined, { status, headers = {}, body }: Answer): string[] {
  if (isDeepStrictEqual(description['x-gateway-answers'][status], body)) return [];
  const response = described?.operation.responses[status];
  if (!described || !response) return [`${status} is not documented`];
  const { thing, pointer } = resolved(response, ['paths', described.path, described.method, 'responses', `${status}`]);
  const missing = Object.entries(thing.headers ?? {})
    .filter(([name, header]) => isRequired(header) && !(name.toLowerCase() in { 'cache-control': 0, ...headers }))
    .map(([name]) => `${status} needs the header ${name}`);
  return [...missing, ...violations('ledger', [...pointer, 'content', 'application/json', 'schema'], body)];
}

function isRequired(header: { readonly $ref?: string; readonly required?: boolean }): boolean {
  return resolved(header, []).thing.required === true;
}

interface Passed {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends the request to the ledger as it came: compressed files stay so. */
function forward(ledgerUrl: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Passed> {
  return new Promise((done, failed) => {
    const { host } = new URL(ledgerUrl);
    const outgoing = send(ledgerUrl + (url ?? '/'), { method, headers: { ...headers, host }, agent: false });
    outgoing.once('error', failed);
    outgoing.once('response', async (answer) => {
      buffer(answer).then(
        (read) => done({ status: answer.statusCode ?? 0, headers: answer.headers, body: read }),
        failed,
      );
    });
    outgoing.end(body);
  });
}

function pass({ status, headers, body }: Passed, response: ServerResponse): void {
  response.writeHead(status, headers).end(body);
}
