import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request that the stub received. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: unknown;
}

/** `cut` closes the connection without an answer, `hang` leaves it open. */
export type Answer =
  | 'cut'
  | 'hang'
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: unknown };

/** Answers by `GET /v2/orders`; a list of answers is used in turn, and the last one repeats. */
export type Routes = Readonly<
  Record<string, Answer | ((asked: Asked) => Answer | Promise<Answer>) | readonly Answer[]>
>;

export interface StubLedger {
  readonly url: string;
  readonly asked: Asked[];
  readonly stop: () => Promise<void>;
}

const FILTERS = ['filter[type]', 'filter[porting_order_id]', 'filter[created_at][gte]', 'filter[created_at][lte]'];
const CURSOR = ['page[size]', 'page[after]'];
/** The query parameters of each route. Others are refused, as by the API. */
const PARAMETERS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^\/v2\/porting\/events$/, [...FILTERS, 'page[size]', 'page[number]']],
  [/^\/v2\/arrivals$/, ['filter[first_seen_at][gte]', 'filter[type]', 'filter[porting_order_id]', ...CURSOR]],
  [
    /^\/v2\/orders$/,
    [
      ...['filter[status]', 'filter[action_required]', 'filter[customer_reference]', 'filter[needs]', 'filter[q]'],
      ...['filter[foc][gte]', 'filter[foc][lte]', 'sort', ...CURSOR],
    ],
  ],
  [/^\/v2\/orders\/[^/]+\/events$/, ['sort', ...CURSOR]],
  [
    /^\/v2\/webhook-deliveries\/failed$/,
    ['filter[type]', 'filter[started_at][gte]', 'filter[started_at][lte]', 'page[size]', 'page[number]'],
  ],
  [/^\/v2\/gaps$/, [...FILTERS, 'filter[kind]', ...CURSOR]],
  [/^\/v2\/(rejections|sync-runs|republish-jobs)$/, CURSOR],
  [/^\/v2\/republish-jobs\/[^/]+\/items$/, CURSOR],
];

export const TOKEN = 'an-operate-token';

/** An answer that is an error, in Telnyx's format. */
export function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: { errors: [{ code, title: 'A title', detail }] } };
}

/** Answers with pages that have cursors. */
export function cursorPages(rows: readonly unknown[], meta: object = {}): (asked: Asked) => Answer {
  return ({ query }) => {
    const size = Number(query['page[size]'] ?? 20);
    const start = Number(query['page[after]']?.replace('after ', '') ?? 0);
    const next = start + size < rows.length ? `after ${start + size}` : null;
    return { body: { data: rows.slice(start, start + size), meta: { page_size: size, next, ...meta } } };
  };
}

/** Answers with numbered pages of the rows that are there at the time. */
export function numberedPages(rows: () => readonly { readonly created_at: string }[]): (asked: Asked) => Answer {
  return ({ query }) => {
    const size = Number(query['page[size]'] ?? 20);
    const number = Number(query['page[number]'] ?? 1);
    const since = Date.parse(query['filter[created_at][gte]'] ?? '1970-01-01T00:00:00Z');
    const found = rows().filter(({ created_at }) => Date.parse(created_at) >= since);
    const total = { total_pages: Math.ceil(found.length / size), total_results: found.length };
    const data = found.slice((number - 1) * size, number * size);
    return { body: { data, meta: { page_number: number, page_size: size, ...total } } };
  };
}

/**
 * Refuses pages that are too large for an answer, as the API does: the sum of `sizeOf` over their rows may be `most`.
 */
export function upTo<Row>(
  most: number,
  sizeOf: (row: Row) => number,
  pages: (asked: Asked) => Answer,
): (asked: Asked) => Answer {
  return (asked) => {
    const answer = pages(asked) as { readonly body: { readonly data: readonly Row[] } };
    if (answer.body.data.reduce((sum, row) => sum + sizeOf(row), 0) <= most) return answer;
    const source = { parameter: 'page[size]' };
    return { status: 422, body: { errors: [{ code: '10033', title: 'A title', detail: 'Too large.', source }] } };
  };
}

/** A ledger's API over real HTTP, which gives the chosen answers and keeps the requests. */
export async function stubLedger(routes: Routes): Promise<StubLedger> {
  const asked: Asked[] = [];
  const turns = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stub');
    const body = await text(request);
    const one: Asked = {
      method: request.method ?? '',
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: request.headers,
      body: body === '' ? undefined : JSON.parse(body),
    };
    asked.push(one);
    const answer = await answerTo(one);
    if (answer === 'hang') return;
    if (answer === 'cut') return request.socket.destroy();
    const { status = 200, headers = {}, body: said } = answer;
    const isText = typeof said === 'string';
    response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers });
    response.end(said === undefined ? undefined : isText ? said : JSON.stringify(said));
  });

  function answerTo(one: Asked): Answer | Promise<Answer> {
    const isOpen = one.path === '/';
    if (!isOpen && one.headers.authorization !== `Bearer ${TOKEN}`) return problem(401, '10009', 'No such token.');
    const allowed = PARAMETERS.find(([path]) => path.test(one.path))?.[1] ?? [];
    const unknown = Object.keys(one.query).find((name) => !allowed.includes(name));
    if (one.method === 'GET' && unknown) return problem(422, '10031', `"${unknown}" is not a parameter.`);
    const name = `${one.method} ${one.path}`;
    const route = routes[name];
    if (route === undefined) return { status: 404, body: { message: 'Not Found' } };
    if (typeof route === 'function') return route(one);
    if (!Array.isArray(route)) return route as Answer;
    const turn = turns.get(name) ?? 0;
    turns.set(name, turn + 1);
    return route[Math.min(turn, route.length - 1)];
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((done) => server.close(done));
  };
  onTestFinished(stop);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, stop };
}
