import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { DeliveryRecord } from '../../infra/local/simulator/delivery-log.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { captureLog } from '../handlers.ts';
import { uuid } from '../porting-events.ts';
import { delivered, listed } from '../query-events/reader.ts';
import { type Asker, apiKey, deliveriesIn, send, startAsker } from './asker.ts';

let asker: Asker;
let log: ReturnType<typeof captureLog>;

/** Events of the account by type; the webhooks of some fail, each for another reason. */
let unknown: PortingEvent;
let onlyListed: PortingEvent;
let arrivedLater: PortingEvent;
let comment: PortingEvent;
let arrived: PortingEvent;

const COMMENT = 'porting_order.new_comment';

beforeAll(async () => {
  log = captureLog();
  asker = await startAsker();
  const { store, telnyx, receiver } = asker;
  const statuses = telnyx.events().filter(({ event_type }) => event_type === 'porting_order.status_changed');
  [unknown, onlyListed, arrivedLater, arrived] = statuses as [PortingEvent, PortingEvent, PortingEvent, PortingEvent];
  comment = telnyx.events().find(({ event_type }) => event_type === COMMENT) as PortingEvent;

  for (const [event, status] of [[unknown, 404] as const, [onlyListed, 503] as const, [arrivedLater, 0] as const]) {
    receiver.status = status;
    await send(asker, event.id);
  }
  receiver.status = 202;
  await send(asker, comment.id);
  receiver.status = 200;
  await send(asker, arrived.id);
  for (const event of [onlyListed, comment]) await listed(store, event);
  await delivered(store, arrivedLater);
});

afterEach(() => {
  asker.telnyx.api.intercept = undefined;
});

afterAll(() => asker.close());

/** An upstream answer with these records. */
function answerWith(records: readonly unknown[], meta: unknown = { total_pages: 1, total_results: records.length }) {
  asker.telnyx.api.intercept = () => ({ body: { data: records, meta } });
}

describe('failed deliveries of Telnyx, with what the ledger holds', () => {
  test('each failed delivery, the latest first, and none that arrived', async () => {
    const answer = await asker.get();
    expect(answer.status).toBe(200);
    expect(deliveriesIn(answer).map(({ event_id }) => event_id)).toEqual(
      [comment, arrivedLater, onlyListed, unknown].map(({ id }) => id),
    );
    expect(answer.body.meta).toEqual({
      available: true,
      page_number: 1,
      page_size: 20,
      total_pages: 1,
      total_results: 4,
    });
  });

  test.each([
    ['the ledger lacks the event', () => unknown, { in_ledger: false, webhook_arrived: false }],
    ['only the list brought it', () => onlyListed, { in_ledger: true, webhook_arrived: false }],
    ['the webhook arrived later', () => arrivedLater, { in_ledger: true, webhook_arrived: true }],
  ])('%s', async (_, event, marks) => {
    const shown = deliveriesIn(await asker.get()).find(({ event_id }) => event_id === event().id);
    expect(shown).toMatchObject({
      ...marks,
      event_type: 'porting_order.status_changed',
      porting_order_id: event().porting_order_id,
    });
  });

  test.each([
    [() => unknown, 404, 75_404, 'answered with 404'],
    [() => onlyListed, 503, 75_599, 'answered with another 5xx'],
    [() => comment, 202, 75_299, 'answered with another 2xx than 200'],
  ])('each attempt has its status, its code and the meaning of the code', async (event, status, code, meaning) => {
    const shown = deliveriesIn(await asker.get()).find(({ event_id }) => event_id === event().id);
    const attempt = { status, error_codes: [{ code, meaning }] };
    expect(shown?.attempts).toMatchObject([attempt, attempt, attempt]);
    expect(Object.keys(shown?.attempts[0] ?? {}).sort()).toEqual([
      'error_codes',
      'finished_at',
      'started_at',
      'status',
    ]);
  });

  test('an attempt without an answer has no status', async () => {
    const shown = deliveriesIn(await asker.get()).find(({ event_id }) => event_id === arrivedLater.id);
    expect(shown?.attempts[0]).toMatchObject({ status: null, error_codes: [{ code: expect.any(Number) }] });
  });

  test('neither the answer nor the log contains anything of the webhook, the requests or their answers', async () => {
    const { telnyx } = asker;
    const records = (await (
      await fetch(`${telnyx.url}/webhook_deliveries`, { headers: { authorization: `Bearer ${apiKey}` } })
    ).json()) as { data: DeliveryRecord[] };
    const held = JSON.stringify(records);
    const said = (await asker.get()).text + log.text();
    const texts = (comment.payload as { comment: { body: string } }).comment.body;
    const signature = records.data[0]?.attempts[0]?.http.request.headers.find(([name]) => name?.includes('signature'));
    const reference = String(onlyListed.payload?.customer_reference);
    for (const secret of [texts, signature?.[1] ?? 'none', reference, 'what it said', telnyx.url.slice(0, 16)]) {
      expect(held + telnyx.url).toContain(secret);
      expect(said).not.toContain(secret);
    }
    expect(said).not.toContain(apiKey);
    const [shown] = deliveriesIn(await asker.get());
    expect(Object.keys(shown ?? {}).sort()).toEqual([
      'attempts',
      'event_id',
      'event_type',
      'finished_at',
      'id',
      'in_ledger',
      'porting_order_id',
      'started_at',
      'webhook_arrived',
    ]);
  });

  test('an expired event is no longer in the ledger', async () => {
    const { store } = asker;
    const expireAt = (at: number) =>
      store.client.send(
        new UpdateItemCommand({
          TableName: store.events,
          Key: { id: { S: comment.id } },
          UpdateExpression: 'SET expires_at = :at',
          ExpressionAttributeValues: { ':at': { N: String(Math.floor(at / 1000)) } },
        }),
      );
    const isHeld = async () =>
      deliveriesIn(await asker.get()).find(({ event_id }) => event_id === comment.id)?.in_ledger;
    // An expired event is hidden for two days before DynamoDB deletes it.
    const deletedIn = 2 * 24 * 3_600_000;
    await expireAt(Date.now() + deletedIn + 60_000);
    expect(await isHeld()).toBe(true);
    await expireAt(Date.now() + deletedIn - 1_000);
    expect(await isHeld()).toBe(false);
  });

  test("an id in capitals in Telnyx's log is the same event", async () => {
    answerWith([{ status: 'failed', webhook: { id: onlyListed.id.toUpperCase() } }]);
    expect(deliveriesIn(await asker.get())).toMatchObject([{ in_ledger: true, event_id: onlyListed.id.toUpperCase() }]);
  });

  test('a page of 250 fits into one answer', async () => {
    const { store } = asker;
    const ids = Array.from({ length: 250 }, (_, index) => uuid(index));
    for (const id of ids.slice(240)) await delivered(store, { ...arrived, id });
    answerWith(ids.map((id) => ({ id, status: 'failed', webhook: { id, event_type: COMMENT } })));
    const shown = deliveriesIn(await asker.get({ 'page[size]': '250' }));
    expect(shown.map(({ event_id }) => event_id)).toEqual(ids);
    expect(shown.filter(({ in_ledger }) => in_ledger).map(({ event_id }) => event_id)).toEqual(ids.slice(240));
  });
});

describe('the request to Telnyx', () => {
  const asked = async (parameters?: Record<string, string>) => {
    const before = asker.telnyx.api.requests.length;
    const { status } = await asker.get(parameters);
    return { status, requests: asker.telnyx.api.requests.slice(before) };
  };

  test('is one, for failed deliveries of the types that have webhooks', async () => {
    const { requests } = await asked();
    expect(requests).toMatchObject([
      {
        method: 'GET',
        path: '/v2/webhook_deliveries',
        query: {
          'filter[status][eq]': 'failed',
          'filter[event_type]': [
            'porting_order.status_changed',
            COMMENT,
            'porting_order.split',
            'porting_order.messaging_changed',
            'porting_order.deleted',
          ].join(),
          'page[number]': '1',
          'page[size]': '20',
        },
      },
    ]);
    expect(Object.keys(requests[0]?.query ?? {})).toHaveLength(4);
  });

  test('has every parameter of the caller', async () => {
    const { requests } = await asked({
      'filter[type]': 'porting_order.something_new',
      'filter[started_at][gte]': '2026-01-01T02:00:00+02:00',
      'filter[started_at][lte]': '2026-02-01T00:00:00Z',
      'page[number]': '3',
      'page[size]': '250',
    });
    expect(requests.map(({ query }) => query)).toEqual([
      {
        'filter[status][eq]': 'failed',
        'filter[event_type]': 'porting_order.something_new',
        'filter[started_at][gte]': '2026-01-01T00:00:00.000000Z',
        'filter[started_at][lte]': '2026-02-01T00:00:00.000000Z',
        'page[number]': '3',
        'page[size]': '250',
      },
    ]);
  });

  test('filters and pages as the simulator understands it', async () => {
    const comments = await asker.get({ 'filter[type]': COMMENT });
    expect(deliveriesIn(comments).map(({ event_id }) => event_id)).toEqual([comment.id]);
    const second = await asker.get({ 'page[size]': '3', 'page[number]': '2' });
    expect(deliveriesIn(second).map(({ event_id }) => event_id)).toEqual([unknown.id]);
    expect(second.body.meta).toMatchObject({ page_number: 2, page_size: 3, total_pages: 2, total_results: 4 });
    const [first] = deliveriesIn(await asker.get({ 'page[size]': '1' }));
    const since = await asker.get({ 'filter[started_at][gte]': first?.started_at ?? '' });
    expect(deliveriesIn(since).map(({ id }) => id)).toEqual([first?.id]);
  });

  test.each([
    ['filter[type]', 'message.received', '10031'],
    ['filter[type]', 'porting_order.split,porting_order.deleted', '10031'],
    ['filter[started_at][gte]', 'yesterday', '10031'],
    ['filter[started_at]', '2026-01-01T00:00:00Z', '10031'],
    ['filter[event_type]', COMMENT, '10031'],
    ['filter[status][eq]', 'delivered', '10031'],
    ['page[size]', '251', '10033'],
    ['page[number]', 'one', '10026'],
    ['__proto__', 'x', '10031'],
  ])('is not sent for %s=%s: a 422 names the parameter', async (parameter, value, code) => {
    const before = asker.telnyx.api.requests.length;
    const { status, body } = await asker.get({ [parameter]: value });
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ code, source: { parameter } }]);
    expect(asker.telnyx.api.requests).toHaveLength(before);
  });
});

test('its answer is filtered: successful deliveries, other products and non-records are left out', async () => {
  const other = { id: uuid(1), event_type: 'message.received', payload: { text: 'private' } };
  answerWith(['x', null, 7, [], { status: 'delivered' }, { status: 'failed', webhook: other }, { status: 'failed' }], {
    total_pages: '1',
  });
  const { body } = await asker.get();
  expect(body.data).toEqual([
    {
      id: null,
      event_id: null,
      event_type: null,
      porting_order_id: null,
      started_at: null,
      finished_at: null,
      attempts: [],
      in_ledger: false,
      webhook_arrived: false,
    },
  ]);
  expect(body.meta).toEqual({
    available: true,
    page_number: 1,
    page_size: 20,
    total_pages: null,
    total_results: null,
  });
});
