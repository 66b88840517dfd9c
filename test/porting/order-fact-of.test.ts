import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PortingEvent } from '../../functions/porting/event.ts';
import { orderFactOf } from '../../functions/porting/order-fact-of.ts';
import { factsIn } from '../../functions/porting/order-facts.ts';
import { readWebhook } from '../../functions/telnyx/webhook.ts';

const documented = join(import.meta.dirname, '../fixtures/telnyx/port-in');
const CREATED_AT = '2026-03-02T12:00:00.000000Z';
const delivered = { createdAt: CREATED_AT, version: undefined, listed: false, webhook: true };

function factOfWebhook(name: string) {
  const read = readWebhook(readFileSync(join(documented, `${name}.json`)));
  if (read.is !== 'event') throw new Error(`${name} is no event`);
  const { id, at, type, v, listed, webhook, ...told } = orderFactOf(read.event, delivered);
  expect({ at, type, v, listed, webhook }).toEqual({
    at: CREATED_AT,
    type: read.event.event_type,
    v: '1#0#',
    listed: false,
    webhook: true,
  });
  return told;
}

function told(type: string, payload: unknown, about: Partial<PortingEvent> = {}) {
  const event = { id: 'event', event_type: `porting_order.${type}`, payload, ...about } as unknown as PortingEvent;
  const { id, at, type: _, v, listed, webhook, ...rest } = orderFactOf(event, delivered);
  return rest;
}

describe('what an event says about its order', () => {
  test('UUIDs in its payload are turned into small letters; other ids stay unchanged', () => {
    const capital = 'EF245340-DA3D-4212-8769-1FA7672A675F';
    const payload = { from: { id: 'Old' }, to: { id: capital } };
    const event = { id: 'Event', event_type: 'porting_order.split', porting_order_id: 'Old', payload };
    expect(orderFactOf(event, delivered)).toMatchObject({
      id: 'Event',
      into: capital.toLowerCase(),
      from: 'Old',
      of: 'Old',
    });
  });

  test('a listed status change', () => {
    const list = JSON.parse(readFileSync(join(documented, 'events-api.list.status_changed.json'), 'utf8'));
    const [event] = list.data;
    const about = { createdAt: event.created_at, version: `1#${event.updated_at}`, listed: true, webhook: false };
    expect(orderFactOf(event, about)).toEqual({
      id: event.id,
      at: '2024-06-11T18:52:47.000000Z',
      created: event.created_at,
      type: 'porting_order.status_changed',
      v: '1#1#1#2024-06-11T18:52:51.232176Z',
      listed: true,
      webhook: false,
      status: event.payload.status,
      supportKey: 'sr_6bc693',
      webhookUrl: null,
      payloadAt: '2024-06-11T18:52:47.972299Z',
      same: 'status#2024-06-11T18:52:47Z#exception#dcec50b4-55f2-4501-9fcd-f028ddba81d9',
    });
  });

  test('a status change by webhook', () => {
    expect(factOfWebhook('porting_order.status_changed.in-process')).toEqual({
      status: { value: 'in-process', details: [] },
      supportKey: 'sr_ac8c24',
      reference: '1-alpha-2-bravo-3-charlie',
      webhookUrl: 'https://example.com/porting_webhooks',
      payloadAt: '2023-01-11T16:08:31.804886Z',
      same: 'status#2023-01-11T16:08:31Z#in-process#f6e10519-4664-4119-bb03-bbe73cf26ed3',
    });
  });

  test('a comment says who wrote it, and not what', () => {
    expect(factOfWebhook('porting_order.new_comment')).toEqual({
      supportKey: 'sr_acdabe',
      comment: { by: 'admin' },
      same: 'comment#ca4b9cf6-d840-4ba9-ba38-95f4bc971164',
    });
  });

  test('a split', () => {
    expect(factOfWebhook('porting_order.split')).toEqual({
      from: 'a6efe074-0a3a-4522-8512-d0e004cf6c7d',
      into: 'ef245340-da3d-4212-8769-1fa7672a675f',
      of: 'a6efe074-0a3a-4522-8512-d0e004cf6c7d',
    });
  });

  test('a split without a source order is from its own order; its phone numbers are left out', () => {
    const payload = { to: { id: 'new' }, porting_phone_numbers: [{ id: 'number' }] };
    expect(told('split', payload, { porting_order_id: 'old' })).toEqual({ from: 'old', into: 'new', of: 'old' });
  });

  test('the messaging of an order', () => {
    expect(factOfWebhook('porting_order.messaging_changed.exception')).toEqual({
      supportKey: 'sr_abc123',
      reference: 'my_ref_001',
      messaging: { messaging_capable: true, enable_messaging: true, messaging_port_status: 'exception' },
    });
  });

  test('a deletion is a status', () => {
    expect(factOfWebhook('porting_order.deleted')).toEqual({
      status: { value: 'deleted', details: [] },
      reference: 'my_ref_123',
      deletedAt: '2023-01-01T00:00:00.000000Z',
      same: 'deleted#74cc03c8-ab01-4887-bc31-9563e482d1e3',
    });
    expect(told('deleted', null)).toEqual({ status: { value: 'deleted', details: [] } });
  });

  test('an event of an unknown type has the keys of its order, but no status', () => {
    const payload = { support_key: 'sr_1', status: { value: 'done' }, comment: {}, messaging: {}, to: { id: 'x' } };
    expect(told('something_new', payload)).toEqual({ supportKey: 'sr_1' });
  });

  test('an unknown status is a status', () => {
    expect(told('status_changed', { status: { value: 'on-hold', details: ['why', { code: 5 }] } })).toEqual({
      status: { value: 'on-hold', details: ['why', { code: 5 }] },
    });
  });

  test.each([
    ['a status that is a text', 'status_changed', { status: 'exception' }, {}],
    ['a status that is a number', 'status_changed', { status: { value: 5 } }, {}],
    ['an empty status', 'status_changed', { status: { value: '' } }, {}],
    [
      'details of the wrong shape',
      'status_changed',
      { status: { value: 'a', details: { code: 'X' } } },
      { status: { value: 'a', details: [] } },
    ],
    ['keys that are numbers', 'status_changed', { support_key: 1, customer_reference: [], webhook_url: {} }, {}],
    ['keys that are empty', 'status_changed', { support_key: '', customer_reference: null }, {}],
    ['a payload that is a list', 'status_changed', [{ support_key: 'a' }], {}],
    ['a payload that is a text', 'new_comment', 'hello', { comment: { by: 'unknown' } }],
    ['a comment without a writer', 'new_comment', { comment: { user_type: null } }, { comment: { by: 'unknown' } }],
    ['messaging that is a list', 'messaging_changed', { messaging: [] }, {}],
    ['a split without a source order', 'split', { to: 'b', from: null }, {}],
    ['an invalid time', 'deleted', { deleted_at: 'soon' }, { status: { value: 'deleted', details: [] } }],
  ])('%s says nothing', (_, type, payload, expected) => {
    expect(told(type, payload)).toEqual(expected);
  });

  test('is truncated where it would not fit into the row of an order', () => {
    const detailsOf = (...details: unknown[]) =>
      told('status_changed', { status: { value: 'exception', details } }).status?.details;
    // Its JSON has 5,000 characters; the other's has one more.
    const half = { code: 'X'.repeat(4_989) };
    const more = { code: 'X'.repeat(4_990) };
    expect(detailsOf(half, half, half)).toEqual([half, half]);
    expect(detailsOf(half, more, half)).toEqual([half]);
    const reference = told('status_changed', { customer_reference: `${'a'.repeat(499)}😀` }).reference;
    expect(reference).toBe(`${'a'.repeat(499)}\u{fffd}`);
    const webhookUrl = told('status_changed', { webhook_url: 'x'.repeat(2_001) }).webhookUrl;
    expect(webhookUrl).toBe('x'.repeat(2_000));
    const messaging = { note: 'X'.repeat(9_989) };
    expect(told('messaging_changed', { messaging })).toEqual({ messaging });
    expect(told('messaging_changed', { messaging: { note: 'X'.repeat(9_990) } })).toEqual({});
  });

  test('has no JSON that is nested too deep to be stored', () => {
    const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
    const details = ['one', nested(16)];
    const messaging = { note: 'one', deep: nested(15) };
    expect(told('status_changed', { status: { value: 'exception', details } }).status?.details).toEqual(details);
    expect(told('messaging_changed', { messaging })).toEqual({ messaging });
    for (const deep of [nested(16), nested(20_000)]) {
      const tooDeep = [...details, { code: 'one', deep }];
      expect(told('status_changed', { status: { value: 'exception', details: tooDeep } }).status?.details).toEqual(
        details,
      );
      expect(told('messaging_changed', { messaging: { note: 'one', deep } })).toEqual({});
    }
  });

  test('keeps null and empty members of details and messaging', () => {
    const details = [null, [], { code: 'LOA_ILLEGIBLE', description: null }];
    expect(told('status_changed', { status: { value: 'exception', details } }).status?.details).toEqual(details);
    const messaging = { messaging_port_status: null, numbers: [] };
    expect(told('messaging_changed', { messaging })).toEqual({ messaging });
  });

  test('has a version that grows with what is known: payload first, then listing, then updated_at', () => {
    const event = { id: 'event', event_type: 'porting_order.status_changed' };
    const withPayload = { ...event, payload: {} };
    const versions = [
      orderFactOf(event, delivered),
      orderFactOf(event, { ...delivered, listed: true, version: '0#2026-03-02T12:00:00.000000Z' }),
      orderFactOf(withPayload, delivered),
      orderFactOf(withPayload, { ...delivered, listed: true, version: '0#2026-03-02T12:00:00.000000Z' }),
      orderFactOf(withPayload, { ...delivered, listed: true, version: '1#' }),
      orderFactOf(withPayload, { ...delivered, listed: true, version: '1#2026-03-02T12:00:00.000000Z' }),
      orderFactOf(withPayload, { ...delivered, listed: true, version: '1#2026-03-02T12:00:00.000001Z' }),
    ].map(({ v }) => v);
    expect([...versions].sort()).toEqual(versions);
    expect(new Set(versions).size).toBe(versions.length);
    expect(orderFactOf({ ...event, payload: 'text' }, delivered).v).toBe(orderFactOf(withPayload, delivered).v);
  });

  test('no payload makes it throw, and its result can be stored and read back', () => {
    const types = ['status_changed', 'new_comment', 'split', 'messaging_changed', 'deleted', 'x'];
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom({ id: 'a' }, { value: 'b' }, { value: 'b', details: [null] }),
    );
    const names = [
      'id',
      'status',
      'support_key',
      'customer_reference',
      'messaging',
      'comment',
      'to',
      'from',
      'webhook_url',
      'deleted_at',
      '__proto__',
    ];
    const payload = fc.oneof(
      anything,
      fc.array(fc.tuple(fc.constantFrom(...names), anything)).map((members) => Object.fromEntries(members)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...types), payload, anything, (type, body, order) => {
        const event = { id: 'a', event_type: `porting_order.${type}`, payload: body, porting_order_id: order };
        const fact = orderFactOf(event as unknown as PortingEvent, delivered);
        const json = JSON.stringify([fact]);
        expect(JSON.stringify(factsIn(JSON.parse(json)))).toBe(json);
        expect(Object.values(fact)).not.toContain(undefined);
      }),
    );
  });
});
