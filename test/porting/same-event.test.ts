import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PortingEvent } from '../../functions/porting/event.ts';
import { sameEventKey } from '../../functions/porting/same-event.ts';
import { readWebhook } from '../../functions/telnyx/webhook.ts';

const documented = join(import.meta.dirname, '../fixtures/telnyx/port-in');

function webhook(name: string): PortingEvent {
  const read = readWebhook(readFileSync(join(documented, `${name}.json`)));
  if (read.is !== 'event') throw new Error(`${name} is no event`);
  return read.event;
}

const list = JSON.parse(readFileSync(join(documented, 'events-api.list.status_changed.json'), 'utf8'));
const listed: PortingEvent & { readonly payload: object } = list.data[0];

describe('the natural key, which two ids of one event share', () => {
  test('of a status change is its order, status and second', () => {
    expect(sameEventKey(listed)).toBe('status#2024-06-11T18:52:47Z#exception#dcec50b4-55f2-4501-9fcd-f028ddba81d9');
    expect(sameEventKey(webhook('porting_order.status_changed.ported'))).toBe(
      'status#2021-03-19T19:48:57Z#ported#3594c6c3-51a7-4306-b715-ca3765f13464',
    );
  });

  test.each([
    '2024-06-11T18:52:47+00:00',
    '2024-06-11T18:52:47Z',
    '2024-06-11T20:52:47.5+02:00',
  ])('is the same for the webhook of a listed status, with %s', (updatedAt) => {
    const { porting_order_id, ...rest } = listed;
    const delivered = { ...rest, id: 'another', payload: { ...listed.payload, updated_at: updatedAt } };
    expect(sameEventKey(delivered)).toBe(sameEventKey(listed));
  });

  test('differs for another order, status or second', () => {
    const keys = [
      listed,
      { ...listed, porting_order_id: 'another' },
      { ...listed, payload: { ...listed.payload, status: { value: 'submitted' } } },
      { ...listed, payload: { ...listed.payload, updated_at: '2024-06-11T18:52:48Z' } },
    ].map(sameEventKey);
    expect(new Set(keys).size).toBe(4);
  });

  test("of a comment is the comment's id, of a deletion the order", () => {
    expect(sameEventKey(webhook('porting_order.new_comment'))).toBe('comment#ca4b9cf6-d840-4ba9-ba38-95f4bc971164');
    expect(sameEventKey(webhook('porting_order.deleted'))).toBe('deleted#74cc03c8-ab01-4887-bc31-9563e482d1e3');
    const withoutPayload = { id: 'a', event_type: 'porting_order.deleted', porting_order_id: 'order', payload: null };
    expect(sameEventKey(withoutPayload)).toBe('deleted#order');
  });

  test.each([
    ['a split', webhook('porting_order.split')],
    ['a messaging status', webhook('porting_order.messaging_changed.ported')],
    ['an unknown type', { ...listed, event_type: 'porting_order.something_new' }],
    ['a status without payload', { ...listed, payload: null }],
    ['a status without time', { ...listed, payload: { ...listed.payload, updated_at: undefined } }],
    ['a status with an invalid time', { ...listed, payload: { ...listed.payload, updated_at: 1718131967 } }],
    ['a status without value', { ...listed, payload: { ...listed.payload, status: { value: '' } } }],
    ['a status with a separator', { ...listed, payload: { ...listed.payload, status: { value: 'a#b' } } }],
    ['a status without an order', { ...listed, porting_order_id: null, payload: { ...listed.payload, id: 5 } }],
    ['a deletion without an order', { id: 'a', event_type: 'porting_order.deleted', payload: null }],
    ['a comment without id', { ...listed, event_type: 'porting_order.new_comment' }],
  ])('%s has none', (_, event) => {
    expect(sameEventKey(event)).toBeUndefined();
  });

  test('no payload makes it throw', () => {
    const types = ['status_changed', 'new_comment', 'deleted', 'split'].map((type) => `porting_order.${type}`);
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.jsonValue(), fc.jsonValue(), (event_type, payload, order) => {
        sameEventKey({ id: 'a', event_type, payload, porting_order_id: order } as unknown as PortingEvent);
      }),
    );
  });
});
