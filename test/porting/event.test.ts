import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  factsOf,
  mayArriveByWebhook,
  type PortingEvent,
  portingStatusOf,
  recordOf,
  withIdsInOneCase,
} from '../../functions/porting/event.ts';

const SEEN_AT = '2026-01-01T00:00:00.000000Z';

const listed: PortingEvent = {
  id: 'da7989d5-ffeb-47b5-9dc4-4a177a4094b0',
  event_type: 'porting_order.status_changed',
  porting_order_id: 'dcec50b4-55f2-4501-9fcd-f028ddba81d9',
  payload_status: 'completed',
  payload: { id: 'dcec50b4-55f2-4501-9fcd-f028ddba81d9', status: { value: 'exception', details: [] } },
  record_type: 'porting_event',
  created_at: '2024-06-11T18:52:47.972297Z',
  updated_at: '2024-06-11T18:52:51.232176Z',
};

describe('the facts of an event', () => {
  test('are read from the record', () => {
    expect(factsOf(listed, SEEN_AT)).toEqual({
      id: listed.id,
      eventType: listed.event_type,
      portingOrderId: listed.porting_order_id,
      createdAt: '2024-06-11T18:52:47.972297Z',
      complete: true,
      hasPayload: true,
      final: true,
      version: '1#2024-06-11T18:52:51.232176Z',
    });
  });

  test('of a deletion may be inside its payload', () => {
    const { created_at, updated_at, record_type, ...rest } = listed;
    const facts = factsOf({ ...rest, payload: { created_at, updated_at } }, SEEN_AT);
    expect(facts).toMatchObject({ createdAt: created_at, version: `1#${updated_at}` });
  });

  test('read a time without a zone as UTC: the event is stored under the time that is shown', () => {
    const facts = factsOf(
      { ...listed, created_at: '2024-06-11T18:52:47', updated_at: '2024-06-11 18:52:51.5' },
      SEEN_AT,
    );
    expect(facts).toMatchObject({
      createdAt: '2024-06-11T18:52:47.000000Z',
      version: '1#2024-06-11T18:52:51.500000Z',
    });
  });

  test('hold UUIDs in small letters, also one from the payload', () => {
    const [id, order] = ['DA7989D5-FFEB-47B5-9DC4-4A177A4094B0', 'DCEC50B4-55F2-4501-9FCD-F028DDBA81D9'];
    const record = withIdsInOneCase({ ...listed, id, porting_order_id: order, other: id });
    expect(record).toEqual({
      ...listed,
      id: id.toLowerCase(),
      porting_order_id: order.toLowerCase(),
      other: id,
    });
    expect(factsOf(record, SEEN_AT)).toMatchObject({ id: id.toLowerCase(), portingOrderId: order.toLowerCase() });
    expect(factsOf({ ...listed, porting_order_id: undefined, payload: { id: order } }, SEEN_AT)?.portingOrderId).toBe(
      order.toLowerCase(),
    );
  });

  test('keep an id that contains more than a UUID unchanged', () => {
    const order = 'DCEC50B4-55F2-4501-9FCD-F028DDBA81D9';
    for (const name of [`order-${order}`, `${order}-2F`]) {
      expect(factsOf(withIdsInOneCase({ ...listed, porting_order_id: name }), SEEN_AT)?.portingOrderId).toBe(name);
    }
  });

  test('fall back on the time at which the ledger first saw the event', () => {
    expect(factsOf({ id: 'a', event_type: 'b' }, SEEN_AT)?.createdAt).toBe(SEEN_AT);
    expect(factsOf({ id: 'a', event_type: 'b', created_at: 'soon' }, SEEN_AT)?.createdAt).toBe(SEEN_AT);
  });

  test.each<[string, Partial<PortingEvent>, boolean]>([
    ['with its payload', {}, true],
    ['with its payload, though called created', { payload_status: 'created' }, true],
    ['with a payload that is not an object', { payload: '' }, true],
    ['without payload, but called completed', { payload: null }, false],
  ])('an event %s is complete, and final', (_, members, hasPayload) => {
    const facts = factsOf({ ...listed, ...members }, SEEN_AT);
    expect(facts).toMatchObject({ complete: true, hasPayload, final: true });
  });

  test.each([
    ['porting_order.status_changed', false],
    ['porting_order.something_new', false],
    ['porting_order.loa_updated', true],
    ['porting_order.sharing_token_expired', true],
  ])('a %s without payload, called created, is incomplete; final: %s', (event_type, final) => {
    const facts = factsOf({ ...listed, event_type, payload: null, payload_status: 'created' }, SEEN_AT);
    expect(facts).toMatchObject({ complete: false, hasPayload: false, final });
  });

  test('a record without updated_at is an earlier version than any record with it', () => {
    expect(factsOf({ ...listed, updated_at: undefined }, SEEN_AT)?.version).toBe('1#');
  });

  test('a completed record is a later version than any created one, whatever its dates', () => {
    const created = factsOf(
      { ...listed, payload: null, payload_status: 'created', updated_at: '2030-01-01T00:00:00Z' },
      SEEN_AT,
    );
    const completed = factsOf({ ...listed, updated_at: undefined }, SEEN_AT);
    expect((created?.version ?? '') < (completed?.version ?? '')).toBe(true);
  });

  test.each([
    null,
    [],
    'text',
    {},
    { id: 'a' },
    { event_type: 'b' },
    { id: '', event_type: 'b' },
    { id: 5, event_type: 'b' },
    { id: 'a'.repeat(201), event_type: 'b' },
    { id: 'a', event_type: 'b'.repeat(201) },
    { id: '\ud800', event_type: 'b' },
  ])('%j is not an event', (record) => {
    expect(factsOf(record, SEEN_AT)).toBeUndefined();
  });

  test('an id may have 200 characters', () => {
    expect(factsOf({ id: 'a'.repeat(200), event_type: 'b' }, SEEN_AT)?.id).toBe('a'.repeat(200));
  });

  test('no JSON value makes it throw', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void factsOf(value, SEEN_AT)));
  });
});

test.each([
  ['porting_order.status_changed', true],
  ['porting_order.something_new', true],
  ['porting_order.loa_updated', false],
  ['porting_order.sharing_token_expired', false],
])('a %s may arrive by webhook: %s', (eventType, may) => {
  expect(mayArriveByWebhook(eventType)).toBe(may);
});

test.each([
  [null],
  ['DCEC50B4-55F2-4501-9FCD-F028DDBA81D9'],
  [['DCEC50B4-55F2-4501-9FCD-F028DDBA81D9']],
  [{ event_type: 'porting_order.split' }],
  [{ id: ['DCEC50B4-55F2-4501-9FCD-F028DDBA81D9'], porting_order_id: ['DCEC50B4-55F2-4501-9FCD-F028DDBA81D9'] }],
])('a record without ids stays unchanged: %j', (record) => {
  expect(withIdsInOneCase(record)).toStrictEqual(record);
});

test('a status is truncated to 60 characters', () => {
  const statusOf = (value: string) => portingStatusOf({ ...listed, payload: { status: { value } } });
  expect(statusOf('x'.repeat(60))).toBe('x'.repeat(60));
  expect(statusOf('x'.repeat(61))).toBe('x'.repeat(60));
});

describe('the record of an event', () => {
  const delivered: PortingEvent = { ...listed, payload: { from: 'the webhook' }, created_at: '2024-06-11T18:52:48Z' };
  const created: PortingEvent = { ...listed, payload: null, payload_status: 'created' };

  test("is the list's once its payload is complete", () => {
    expect(recordOf(listed, delivered)).toBe(listed);
  });

  test.each(['text', '', [1], 0, false])("is the list's even if its payload is %j", (payload) => {
    const odd: PortingEvent = { ...listed, payload };
    expect(recordOf(odd, delivered)).toBe(odd);
    expect(recordOf(created, odd)).toEqual({ ...created, payload, payload_status: 'completed' });
  });

  test("is the list's with the webhook's payload until then", () => {
    expect(recordOf(created, delivered)).toEqual({
      ...created,
      payload: { from: 'the webhook' },
      payload_status: 'completed',
    });
  });

  test('is the only one that has arrived', () => {
    expect(recordOf(created, undefined)).toBe(created);
    expect(recordOf(undefined, delivered)).toBe(delivered);
    expect(recordOf(undefined, undefined)).toBeUndefined();
  });
});
