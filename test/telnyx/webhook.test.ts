import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWebhook } from '../../functions/telnyx/webhook.ts';

const fixtures = join(import.meta.dirname, '../fixtures/telnyx/port-in');
const documented = readdirSync(fixtures).filter((name) => name.startsWith('porting_order.'));

const read = (body: unknown) => readWebhook(Buffer.from(JSON.stringify(body)));

const event = {
  id: 'da7989d5-ffeb-47b5-9dc4-4a177a4094b0',
  event_type: 'porting_order.status_changed',
  occurred_at: '2024-06-11T18:52:47.972297Z',
  payload: { id: 'dcec50b4-55f2-4501-9fcd-f028ddba81d9', status: { value: 'ported', details: [] } },
};

test.each(documented)('%s becomes the record that the Events API would show', (name) => {
  const body = readFileSync(join(fixtures, name));
  const parsed = JSON.parse(body.toString());
  const { id, event_type, occurred_at, payload } = parsed.data ?? parsed;
  expect(readWebhook(body)).toStrictEqual({
    is: 'event',
    event: {
      id,
      event_type,
      porting_order_id: payload.porting_order_id ?? payload.id ?? payload.from.id,
      payload_status: 'completed',
      payload,
      available_notification_methods: ['webhook'],
      record_type: 'porting_event',
      created_at: occurred_at,
      updated_at: occurred_at,
    },
  });
});

test('both envelopes give the same event', () => {
  const flat = { ...event, urls: ['https://x'], organization_id: 'o', format: 'v2' };
  const wrapped = { data: { ...event, record_type: 'event' }, meta: { attempt: 3, delivered_to: 'https://x' } };
  expect(read(flat)).toStrictEqual(read(wrapped));
});

test('other members of the envelope are kept', () => {
  const webhook = read({ data: { ...event, severity: 'high', porting_order_id: 'given' } });
  expect(webhook).toMatchObject({ is: 'event', event: { severity: 'high' } });
});

test('ids are turned into small letters, also an order id that only the envelope has', () => {
  const { id, payload } = event;
  const order = payload.id;
  const envelope = { ...event, id: id.toUpperCase(), porting_order_id: order.toUpperCase(), payload: null };
  expect(read({ data: envelope })).toMatchObject({ is: 'event', event: { id, porting_order_id: order } });
  const capital = { ...payload, id: order.toUpperCase() };
  expect(read({ data: { ...event, payload: capital } })).toMatchObject({
    is: 'event',
    event: { porting_order_id: order, payload: capital },
  });
});

describe('an envelope with less than documented', () => {
  test.each([
    ['no payload', { ...event, payload: undefined }],
    ['payload null', { ...event, payload: null }],
  ])('%s: an event with payload null', (_, data) => {
    expect(read({ data })).toMatchObject({ is: 'event', event: { id: event.id, payload: null } });
  });

  test.each(['text', '', [1], 17, 0, false])('the payload %j: kept unchanged', (payload) => {
    expect(read({ data: { ...event, payload } })).toMatchObject({ is: 'event', event: { id: event.id, payload } });
  });

  test('an occurred_at that is not a text: kept under its own name', () => {
    expect(read({ data: { ...event, occurred_at: 1718131967 } })).toMatchObject({ event: { occurred_at: 1718131967 } });
  });

  test('no occurred_at: no made-up time', () => {
    const webhook = read({ data: { ...event, occurred_at: undefined } });
    expect(webhook).toMatchObject({ is: 'event' });
    expect(webhook).not.toHaveProperty('event.created_at');
    expect(webhook).not.toHaveProperty('event.updated_at');
  });
});

test.each([
  'message.received',
  'portout.status_changed',
  'number_order.complete',
  'port',
  'xporting_order.a',
])('the type %s is of another family', (eventType) => {
  expect(read({ data: { ...event, event_type: eventType } })).toEqual({ is: 'another family', eventType });
});

test.each([
  'porting_order',
  'porting_orders.a',
  'porting.a',
  'PORTING_ORDER.split',
])('the type %s may be port-in', (type) => {
  const data = { ...event, event_type: type, payload: { id: 'of something', from: { id: 'else' } } };
  const webhook = read({ data });
  expect(webhook).toMatchObject({ is: 'event', event: { event_type: type, payload: data.payload } });
  expect(webhook).not.toHaveProperty('event.porting_order_id');
});

describe('depth', () => {
  const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
  // The body, data and payload are three levels, too.
  const payload = (levels: number) => ({ data: { ...event, payload: { nested: nested(levels) } } });

  test('64 levels are read, one more is not', () => {
    expect(read(payload(62)).is).toBe('event');
    expect(read(payload(63))).toMatchObject({ is: 'unreadable', reason: expect.stringContaining('64 levels') });
  });

  test('100,000 levels are refused quickly, without a crash', () => {
    const body = Buffer.from(`{"data":${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}}`);
    expect(readWebhook(body).is).toBe('unreadable');
  });
});

test('any bytes give a result, never an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (body) => {
      expect(readWebhook(body).is).toBe('unreadable');
    }),
  );
});

test('any JSON inside or instead of an envelope gives a result, never an error', () => {
  const envelopes = fc.record({ id: fc.jsonValue(), event_type: fc.jsonValue(), payload: fc.jsonValue() });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ data: fc.oneof(fc.jsonValue(), envelopes) })), (body) => {
      expect(['event', 'another family', 'unreadable']).toContain(read(body).is);
    }),
  );
});

test('any JSON payload stays unchanged', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (payload) => {
      const text = JSON.stringify({ data: { ...event, payload } });
      const webhook = readWebhook(Buffer.from(text));
      const kept = webhook.is === 'event' ? webhook.event.payload : undefined;
      expect(JSON.stringify(kept)).toBe(JSON.stringify(JSON.parse(text).data.payload));
    }),
  );
});
