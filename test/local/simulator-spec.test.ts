import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventsApi, type PortingEvent, startEventsApi } from '../../infra/local/simulator/events-api.ts';
import { withoutPayload } from '../../infra/local/simulator/records.ts';
import { lives } from '../lives.ts';

const fixture = (name: string) => JSON.parse(readFileSync(`test/fixtures/telnyx/${name}`, 'utf8'));

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(fixture('openapi-porting.json'), 'telnyx');
ajv.addSchema(fixture('openapi-porting-orders.json'), 'telnyx-orders');

const listAnswer = '/paths/~1porting~1events/get/responses/200/content/application~1json/schema';
const showAnswer = '/paths/~1porting~1events~1{id}/get/responses/200/content/application~1json/schema';
const ordersAnswer = '/paths/~1porting_orders/get/responses/200/content/application~1json/schema';
const orderAnswer = '/paths/~1porting_orders~1{id}/get/responses/200/content/application~1json/schema';
// The document gives no body for the errors of porting; these are the platform's, as the document gives them for
// notifications.
const errors = '/components/schemas/notifications_Errors';

const violations = (schema: string, value: unknown, document = 'telnyx'): unknown => {
  const validate = ajv.compile({ $ref: `${document}#${encodeURI(schema)}` });
  return validate(value) ? [] : validate.errors;
};

// The document does not allow a null payload; docs/telnyx.md §1.1 says that a `created` event has one.
const withoutNullPayload = (event: PortingEvent): object => {
  const { payload, ...rest } = event;
  return event.payload_status === 'created' && payload === null ? rest : event;
};

const apiKey = 'KEYtest';
const from = Date.parse('2026-11-01T00:00:00Z');
const history = lives({ seed: 3, from, orders: 150, days: 10 }).map(({ event }) => event);

let api: EventsApi;
beforeAll(async () => {
  api = await startEventsApi({ apiKey, requestsPerSecond: Number.POSITIVE_INFINITY });
  for (const [index, event] of history.entries()) api.put(index % 5 === 0 ? withoutPayload(event) : event);
});
afterAll(() => api.close());

const ask = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${apiKey}` }, ...init });
  const text = await response.text();
  return { status: response.status, text, body: text === '' ? undefined : JSON.parse(text) };
};
const orderIds = [...new Set(history.map(({ porting_order_id }) => porting_order_id))];
const first = (): string => history[0]?.id ?? '';

describe('the answers against the OpenAPI document', () => {
  it('200 of the list, every event', async () => {
    const pages = Math.ceil(history.length / 250);
    for (let page = 1; page <= pages; page += 1) {
      const { status, body } = await ask(`/porting/events?page[size]=250&page[number]=${page}`);
      expect(status).toBe(200);
      expect(violations(listAnswer, { ...body, data: body.data.map(withoutNullPayload) })).toEqual([]);
    }
  });

  it('200 of show, every event', async () => {
    for (const { id } of history.slice(0, 200)) {
      const { status, body } = await ask(`/porting/events/${id}`);
      expect(status).toBe(200);
      expect(violations(showAnswer, { data: withoutNullPayload(body.data) })).toEqual([]);
    }
  });

  it('200 of the list of orders, with and without phone numbers', async () => {
    const listed: string[] = [];
    for (let page = 1; page <= 3; page += 1) {
      const { status, body } = await ask(`/porting_orders?page[size]=70&page[number]=${page}`);
      expect(status).toBe(200);
      expect(violations(ordersAnswer, body, 'telnyx-orders')).toEqual([]);
      listed.push(...body.data.map(({ id }: { id: string }) => id));
    }
    expect(listed.length).toBeGreaterThan(140);
    expect(orderIds).toEqual(expect.arrayContaining(listed));
    const { body } = await ask('/porting_orders?page[size]=250&include_phone_numbers=false');
    expect(violations(ordersAnswer, body, 'telnyx-orders')).toEqual([]);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(listed);
  });

  it('200 of each order', async () => {
    const shown = orderIds.filter((id) => api.order(id));
    expect(shown.length).toBeGreaterThan(140);
    for (const id of shown) {
      const { status, body } = await ask(`/porting_orders/${id}`);
      expect(status).toBe(200);
      expect(violations(orderAnswer, body, 'telnyx-orders')).toEqual([]);
    }
  });

  it('204 of republish, without a body', async () => {
    const { status, text } = await ask(`/porting/events/${first()}/republish`, { method: 'POST' });
    expect([status, text]).toEqual([204, '']);
  });

  it.each([
    [401, '10009', 'GET', '/porting/events', ''],
    [401, '10009', 'POST', '/porting/events/x/republish', 'Bearer other'],
    [404, '10005', 'GET', '/porting/events/00000000-0000-4000-8000-000000000000', `Bearer ${apiKey}`],
    [404, '10005', 'GET', '/porting/events/x', `Bearer ${apiKey}`],
    [404, '10005', 'POST', '/porting/events/00000000-0000-4000-8000-000000000000/republish', `Bearer ${apiKey}`],
    [404, '10005', 'GET', '/porting/events/x/republish', `Bearer ${apiKey}`],
    [404, '10005', 'POST', '/porting/events', `Bearer ${apiKey}`],
    [404, '10005', 'GET', '/porting_phone_numbers', `Bearer ${apiKey}`],
    [422, '10033', 'GET', '/porting/events?page[size]=300', `Bearer ${apiKey}`],
    [401, '10009', 'GET', '/porting_orders', ''],
    [404, '10005', 'GET', '/porting_orders/00000000-0000-4000-8000-000000000000', `Bearer ${apiKey}`],
    [404, '10005', 'POST', '/porting_orders', `Bearer ${apiKey}`],
    [422, '10033', 'GET', '/porting_orders?page[size]=251', `Bearer ${apiKey}`],
    [422, '10032', 'GET', '/porting_orders?include_phone_numbers=no', `Bearer ${apiKey}`],
  ])('%i with code %s: %s %s', async (status, code, method, path, authorization) => {
    const answer = await ask(path, { method, headers: { authorization } });
    expect(answer.status).toBe(status);
    expect(violations(errors, answer.body)).toEqual([]);
    expect(answer.body.errors).toEqual([
      expect.objectContaining({ code, title: expect.any(String), detail: expect.any(String) }),
    ]);
  });

  it('429', async () => {
    const strict = await startEventsApi({ apiKey, requestsPerSecond: 0 });
    const response = await fetch(`${strict.url}/porting/events`, { headers: { authorization: `Bearer ${apiKey}` } });
    expect(response.status).toBe(429);
    const body = await response.json();
    expect(violations(errors, body)).toEqual([]);
    expect(body).toMatchObject({ errors: [{ code: '10011' }] });
    await strict.close();
  });

  it('would notice an event that breaks the specification', () => {
    const offSpec = lives({ seed: 3, from, orders: 50, days: 1, offSpec: true }).map(({ event }) => event);
    const [sample] = history.filter(({ event_type }) => event_type === 'porting_order.new_comment');
    expect(violations(listAnswer, { data: offSpec })).not.toEqual([]);
    expect(violations(listAnswer, { data: [{ ...sample, id: 'x' }] })).not.toEqual([]);
    const order = { ...api.order(orderIds.find((id) => api.order(id)) ?? ''), requirements_met: 'yes' };
    expect(violations(orderAnswer, { data: order }, 'telnyx-orders')).not.toEqual([]);
    expect(violations(errors, { errors: [{ code: 10005, title: 'a number' }] })).not.toEqual([]);
  });
});

describe('the fields', () => {
  it('are those of the documented list', () => {
    const documented = fixture('port-in/events-api.list.status_changed.json').data[0];
    const ours = history.filter(({ event_type }) => event_type === 'porting_order.status_changed');
    for (const event of ours) {
      expect(Object.keys(event).sort()).toEqual(Object.keys(documented).sort());
      expect(Object.keys(event.payload ?? {}).sort()).toEqual(Object.keys(documented.payload).sort());
    }
  });

  it('of an order are those of its schema, all of them', () => {
    const { schemas } = fixture('openapi-porting-orders.json').components;
    const ids = orderIds.filter((id) => api.order(id));
    for (const id of ids) {
      const order = api.order(id) ?? {};
      expect(Object.keys(order).sort()).toEqual(Object.keys(schemas.PortingOrder.properties).sort());
    }
  });

  it('of a payload are those of its schema', () => {
    const { schemas } = fixture('openapi-porting.json').components;
    const mapping: Record<string, string> = schemas.PortingEvent.discriminator.mapping;
    for (const event of history) {
      const schema = schemas[mapping[event.event_type]?.split('/').at(-1) ?? ''];
      const allowed = Object.keys(schema.properties.payload.properties ?? {});
      expect(allowed).toEqual(expect.arrayContaining(Object.keys(event.payload ?? {})));
    }
  });
});
