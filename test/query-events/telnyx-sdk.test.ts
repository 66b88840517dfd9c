import { Telnyx } from 'telnyx';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LedgerEvent } from '../../functions/ledger/row.ts';
import { type Gateway, startGateway } from '../../infra/local/gateway.ts';
import { type EventsApi, startEventsApi } from '../../infra/local/simulator/events-api.ts';
import { routes, webhook } from '../../infra/service.ts';
import { captureLog, loadHandler } from '../handlers.ts';
import { lambdaContext } from '../http-event.ts';
import { engineEndpoint, openStore } from '../open-store.ts';
import { listedEvent, uuid } from '../porting-events.ts';
import { type SecretsManager, startSecretsManager } from '../secrets-manager.ts';
import { delivered, listed, operateToken, readToken } from './reader.ts';

const events = Array.from({ length: 7 }, (_, index) =>
  listedEvent(index, { created_at: `2026-03-0${index + 1}T12:00:00.000000Z` }),
);
const newestFirst = events.map(({ id }) => id).reverse();

let gateway: Gateway;
let secrets: SecretsManager;
let upstream: EventsApi;

/** Telnyx's own SDK, with nothing changed but where it asks and as whom. */
const sdk = (apiKey: string) => new Telnyx({ apiKey, baseURL: `${gateway.url}/v2`, maxRetries: 0 });

beforeAll(async () => {
  captureLog();
  const store = await openStore();
  for (const event of events) await listed(store, event);
  await delivered(store, events[0] as LedgerEvent, Date.now() + 1);
  upstream = await startEventsApi({ apiKey: 'KEY0123', requestsPerSecond: Number.POSITIVE_INFINITY });
  for (const event of events) upstream.put(event as Parameters<EventsApi['put']>[0]);
  secrets = await startSecretsManager({
    tokens: JSON.stringify({ read: [readToken], operate: [operateToken] }),
    key: 'KEY0123',
  });
  const environment = {
    AWS_ENDPOINT_URL_DYNAMODB: engineEndpoint(),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    EVENTS_TABLE: store.events,
    ORDERS_TABLE: store.orders,
    CONTROL_TABLE: store.control,
    HEALING: 'off',
    HEALING_PER_DAY: '50',
    API_TOKENS_SECRET: 'tokens',
    TELNYX_API_KEY_SECRET: 'key',
    TELNYX_BASE_URL: upstream.url,
  };
  const handlers = new Map([
    ['query-events', await loadHandler('query-events', environment)],
    ['republish-event', await loadHandler('republish-event', environment)],
  ]);
  gateway = await startGateway({
    port: 0,
    webhook,
    routes,
    invoke: async (name, event) => ({ payload: JSON.stringify(await handlers.get(name)?.(event, lambdaContext())) }),
  });
});

afterEach(() => {
  upstream.intercept = undefined;
});

afterAll(async () => {
  gateway.cut();
  await Promise.all([gateway.close(), upstream.close(), secrets.close()]);
});

describe('list', () => {
  test.each([1, 3, 7, 250])('pages of %i, one after another, give every event', async (size) => {
    const ids: (string | undefined)[] = [];
    for await (const event of sdk(readToken).porting.events.list({ 'page[size]': size })) ids.push(event.id);
    expect(ids).toEqual(newestFirst);
  });

  test('a page with its totals', async () => {
    const page = await sdk(readToken).porting.events.list({ 'page[number]': 2, 'page[size]': 5 });
    expect(page.data.map(({ id }) => id)).toEqual(newestFirst.slice(5));
    expect(page.meta).toEqual({ page_number: 2, page_size: 5, total_pages: 2, total_results: 7 });
    expect(page.hasNextPage()).toBe(false);
  });

  test('every filter as the SDK spells it', async () => {
    const page = await sdk(readToken).porting.events.list({
      filter: {
        type: 'porting_order.status_changed',
        porting_order_id: events[3]?.porting_order_id as string,
        created_at: { gte: '2026-03-01T00:00:00Z', lte: '2026-03-04T12:00:00Z' },
      },
    });
    expect(page.data.map(({ id }) => id)).toEqual([events[3]?.id]);
  });
});

test('retrieve: the record as Telnyx shows it, and one member more', async () => {
  const { data } = await sdk(readToken).porting.events.retrieve(events[0]?.id as string);
  const { ledger, ...record } = data as unknown as LedgerEvent;
  expect(record).toStrictEqual(events[0]);
  expect(ledger).toMatchObject({ first_seen_by: 'list', webhook_deliveries: 1 });
});

test('republish: one call to Telnyx', async () => {
  const before = upstream.requests.length;
  await sdk(operateToken).porting.events.republish(events[2]?.id as string);
  expect(upstream.requests).toHaveLength(before + 1);
  expect(upstream.republished.at(-1)).toBe(events[2]?.id);
});

describe('its classes of errors', () => {
  const id = events[1]?.id as string;
  const thrownBy = (work: Promise<unknown>) => work.catch((error: unknown) => error);

  test.each([
    ['AuthenticationError', Telnyx.AuthenticationError, () => sdk('wrong-token-01234').porting.events.list()],
    ['NotFoundError', Telnyx.NotFoundError, () => sdk(readToken).porting.events.retrieve(uuid(404))],
    ['UnprocessableEntityError', Telnyx.UnprocessableEntityError, () => sdk(readToken).porting.events.retrieve('17')],
    [
      'UnprocessableEntityError for a parameter',
      Telnyx.UnprocessableEntityError,
      () => sdk(readToken).porting.events.list({ 'page[size]': 251 }),
    ],
    ['PermissionDeniedError', Telnyx.PermissionDeniedError, () => sdk(readToken).porting.events.republish(id)],
    [
      'NotFoundError of Telnyx itself',
      Telnyx.NotFoundError,
      () => sdk(operateToken).porting.events.republish(uuid(404)),
    ],
  ])('%s', async (_, expected, ask) => {
    const error = await thrownBy(ask());
    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({ error: { errors: [{ code: expect.stringMatching(/^100\d\d$/) }] } });
  });

  test.each([
    ['RateLimitError', 429, Telnyx.RateLimitError],
    ['InternalServerError', 500, Telnyx.InternalServerError],
    ['InternalServerError for a refused key', 401, Telnyx.InternalServerError],
  ])('%s, when Telnyx answers %i', async (_, status, expected) => {
    upstream.intercept = () => ({ status });
    expect(await thrownBy(sdk(operateToken).porting.events.republish(id))).toBeInstanceOf(expected);
  });
});
