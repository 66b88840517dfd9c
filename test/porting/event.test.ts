import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsOf, type PortingEvent, recordOf, withIdsInOneCase } from '../../functions/porting/event.ts';

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

  test('of a deletion may lie inside its payload', () => {
    const { created_at, updated_at, record_type, ...rest } = listed;
    const facts = factsOf({ ...rest, payload: { created_at, updated_at } }, SEEN_AT);
    expect(facts).toMatchObject({ createdAt: created_at, version: `1#${updated_at}` });
  });

  test('take a time without a zone for UTC: the event is filed under the time that is shown', () => {
    const facts = factsOf(
      { ...listed, created_at: '2024-06-11T18:52:47', updated_at: '2024-06-11 18:52:51.5' },
      SEEN_AT,
    );
    expect(facts).toMatchObject({
      createdAt: '2024-06-11T18:52:47.000000Z',
      version: '1#2024-06-11T18:52:51.500000Z',
    });
  });

  test('hold UUIDs in small letters', () => {
    const [id, order] = ['DA7989D5-FFEB-47B5-9DC4-4A177A4094B0', 'DCEC50B4-55F2-4501-9FCD-F028DDBA81D9'];
    expect(factsOf({ ...listed, id, porting_order_id: order }, SEEN_AT)).toMatchObject({
      id: id.toLowerCase(),
      portingOrderId: order.toLowerCase(),
    });
    expect(factsOf({ ...listed, porting_order_id: undefined, payload: { id: order } }, SEEN_AT)?.portingOrderId).toBe(
      order.toLowerCase(),
    );
    expect(withIdsInOneCase({ id, porting_order_id: order, other: id })).toEqual({
      id: id.toLowerCase(),
      porting_order_id: order.toLowerCase(),
      other: id,
    });
  });

  test('fall back on the time at which the event was seen', () => {
    expect(factsOf({ id: 'a', event_type: 'b' }, SEEN_AT)?.createdAt).toBe(SEEN_AT);
    expect(factsOf({ id: 'a', event_type: 'b', created_at: 'soon' }, SEEN_AT)?.createdAt).toBe(SEEN_AT);
  });

  test('an event without payload is complete only when Telnyx says so', () => {
    expect(factsOf({ ...listed, payload: null, payload_status: 'created' }, SEEN_AT)?.complete).toBe(false);
    expect(factsOf({ ...listed, payload: null }, SEEN_AT)?.complete).toBe(true);
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
  ])('%j is no event', (record) => {
    expect(factsOf(record, SEEN_AT)).toBeUndefined();
  });

  test('no JSON makes it throw', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void factsOf(value, SEEN_AT)));
  });
});

describe('the record of an event', () => {
  const delivered: PortingEvent = { ...listed, payload: { from: 'the webhook' }, created_at: '2024-06-11T18:52:48Z' };
  const created: PortingEvent = { ...listed, payload: null, payload_status: 'created' };

  test("is the list's once its payload is there", () => {
    expect(recordOf(listed, delivered)).toBe(listed);
  });

  test("is the list's with the webhook's payload before that", () => {
    expect(recordOf(created, delivered)).toEqual({
      ...created,
      payload: { from: 'the webhook' },
      payload_status: 'completed',
    });
  });

  test('is the only one there is', () => {
    expect(recordOf(created, undefined)).toBe(created);
    expect(recordOf(undefined, delivered)).toBe(delivered);
    expect(recordOf(undefined, undefined)).toBeUndefined();
  });
});
