import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { serve } from '../loopback-server.ts';
import {
  type Answer,
  authenticationFailed,
  errorAnswer,
  jsonAnswer,
  metaOf,
  notFound,
  tooManyRequests,
} from './answers.ts';
import { type DeliveryRecord, listDeliveries, showDelivery } from './delivery-log.ts';
import { createEventStore, type ListOrder } from './event-store.ts';
import { parseListParameters } from './list-parameters.ts';
import { createNotifications, type NotificationOptions } from './notifications-api.ts';
import { createOrderBook, type OrdersOptions } from './orders-api.ts';
import type { PortingEvent } from './porting-event.ts';
import type { PortingOrder } from './porting-order.ts';
import { createRateLimit } from './rate-limit.ts';

export type { DeliveryRecord } from './delivery-log.ts';
export type { ListOrder } from './event-store.ts';
export type { PortingEvent } from './porting-event.ts';
export type { PortingOrder } from './porting-order.ts';

/** A request as the server saw it. `status` is 0 until it is answered. */
export interface ApiRequest {
  readonly method: string;
  /** With `/v2` in front. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Milliseconds of the API's clock. */
  readonly at: number;
  readonly status: number;
}

/**
 * What goes wrong with one request. With a `status` or a `body`, the request is not processed and this is the answer.
 * Otherwise it is processed, and its own answer is late, lost or cut off.
 */
export interface Fault {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** The answer waits for this. */
  readonly until?: Promise<unknown>;
  /** There is never an answer. */
  readonly hang?: true;
  /** Sends half of the body, then breaks the connection. */
  readonly truncate?: true;
}

export interface EventsApiOptions {
  readonly apiKey: string;
  readonly order?: ListOrder;
  /** Determines the order `shuffled`. */
  readonly seed?: number;
  /** 5 by default; `Infinity` for no limit. */
  readonly requestsPerSecond?: number;
  /** Milliseconds since 1970, for the rate limit, visibility and the log of requests. */
  readonly now?: () => number;
  readonly onRepublish?: (event: PortingEvent) => void;
  /** Telnyx's log of webhook deliveries. Without it the answer is 404, as for an account that has no log. */
  readonly webhookDeliveries?: () => readonly DeliveryRecord[];
  /** How orders behave where no event shows it. */
  readonly orders?: OrdersOptions;
  readonly notifications?: NotificationOptions;
}

export interface EventsApi {
  /** The base URL, with `/v2`. */
  readonly url: string;
  /** Inserts, or replaces by id. Listed from `visibleAt` on (milliseconds of the API's clock), or at once. */
  put(event: PortingEvent, when?: { readonly visibleAt: number }): void;
  /** Takes the event out of the list; its order has lived through it all the same. */
  remove(id: string): void;
  /** The event, listed or not yet. */
  get(id: string): PortingEvent | undefined;
  /** What the API lists now, oldest first. */
  events(): readonly PortingEvent[];
  /** The porting order as it is now, by the events put so far. */
  order(id: string): PortingOrder | undefined;
  readonly requests: readonly ApiRequest[];
  /** Called with each request before anything else: injects faults, or changes the store between two pages. */
  intercept: ((request: ApiRequest) => Fault | undefined) | undefined;
  /** Ids in the order in which they were republished. */
  readonly republished: readonly string[];
  close(): Promise<void>;
}

const send = (response: ServerResponse, answer: Answer, truncate: boolean, now: number): void => {
  const body = Buffer.from(answer.body);
  const length = answer.status === 204 ? {} : { 'content-length': body.length };
  response.writeHead(answer.status, { date: new Date(now).toUTCString(), ...answer.headers, ...length });
  if (truncate) response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  else response.end(body);
};

const faked = ({ status = 200, headers, body = '' }: Fault): Answer => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = jsonAnswer(status, text);
  return { ...answer, headers: { ...answer.headers, ...headers } };
};

/**
 * Starts an HTTP server on 127.0.0.1 that answers as Telnyx's Events API does (list, show and republish, with its
 * errors and rate limit) about the events put into it, as its list of porting orders does about their orders, and as
 * its log of webhook deliveries and its notification settings do. Source: Telnyx's OpenAPI document of 2026-07-16.
 */
export const startEventsApi = async (options: EventsApiOptions): Promise<EventsApi> => {
  const { apiKey, order = 'newest', seed = 0, requestsPerSecond = 5, now = Date.now } = options;
  const store = createEventStore(order, seed, now);
  const book = createOrderBook(options.orders ?? {}, now);
  const notifications = createNotifications(seed, options.notifications ?? {}, now);
  const admit = createRateLimit(requestsPerSecond, now);
  const requests: ApiRequest[] = [];
  const republished: string[] = [];

  const list = (query: ApiRequest['query']): Answer => {
    const parameters = parseListParameters(query);
    if ('error' in parameters) return errorAnswer(parameters.error);
    const { filter, pageNumber, pageSize } = parameters;
    const { total, json } = store.page(filter, (pageNumber - 1) * pageSize, pageSize);
    const meta = metaOf({ pageNumber, pageSize }, total);
    return jsonAnswer(200, `{"data":[${json.join(',')}],"meta":${JSON.stringify(meta)}}`);
  };

  const show = (id: string): Answer => {
    const json = store.json(id);
    return json === undefined ? errorAnswer(notFound) : jsonAnswer(200, `{"data":${json}}`);
  };

  const republish = (id: string): Answer => {
    const event = store.json(id) === undefined ? undefined : store.get(id);
    if (!event) return errorAnswer(notFound);
    republished.push(id);
    options.onRepublish?.(event);
    return { status: 204, headers: {}, body: '' };
  };

  const deliveries = (id: string | undefined, query: ApiRequest['query']): Answer => {
    const records = options.webhookDeliveries?.();
    if (!records) return errorAnswer(notFound);
    return id === undefined ? listDeliveries(records, query) : showDelivery(records, id);
  };

  const route = ({ method, path, query }: ApiRequest, body: string): Answer => {
    const notified = notifications({ method, path: path.replace(/^\/v2/, ''), query, body });
    if (notified) return notified;
    const log = /^\/v2\/webhook_deliveries(?:\/([^/]+))?$/.exec(path);
    if (method === 'GET' && log) return deliveries(log[1], query);
    const orders = /^\/v2\/porting_orders(?:\/([^/]+))?$/.exec(path);
    if (method === 'GET' && orders) return orders[1] === undefined ? book.list(query) : book.show(orders[1], query);
    const [, id, action] = /^\/v2\/porting\/events(?:\/([^/]+)(?:\/(republish))?)?$/.exec(path) ?? [];
    if (method === 'GET' && path === '/v2/porting/events') return list(query);
    if (method === 'GET' && id !== undefined && action === undefined) return show(id);
    if (method === 'POST' && id !== undefined && action === 'republish') return republish(id);
    return errorAnswer(notFound);
  };

  const answerTo = (request: ApiRequest, authorization: string | undefined, body: string): Answer => {
    if (authorization !== `Bearer ${apiKey}`) return errorAnswer(authenticationFailed);
    const { allowed, headers } = admit();
    const answer = allowed ? route(request, body) : errorAnswer(tooManyRequests);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  };

  const { url, close } = await serve(async (incoming, response) => {
    const body = await text(incoming);
    const { pathname, searchParams } = new URL(`http://127.0.0.1${incoming.url}`);
    const query = Object.fromEntries(searchParams);
    const request = { method: incoming.method ?? '', path: pathname, query, at: now(), status: 0 };
    requests.push(request);
    const fault = api.intercept?.(request) ?? {};
    const replaced = fault.status !== undefined || fault.body !== undefined;
    const answer = replaced ? faked(fault) : answerTo(request, incoming.headers.authorization, body);
    if (fault.hang) return;
    if (fault.until) await fault.until;
    request.status = answer.status;
    send(response, answer, fault.truncate === true, now());
  });

  const api: EventsApi = {
    url: `${url}/v2`,
    put: (event, when) => {
      store.put(event, when?.visibleAt);
      book.note(event);
    },
    remove: store.remove,
    get: store.get,
    events: store.listed,
    order: book.get,
    requests,
    intercept: undefined,
    republished,
    close,
  };
  return api;
};
