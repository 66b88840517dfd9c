import { randomUUID } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dutyOf } from '../../functions/porting/acts.ts';
import { foldOrder } from '../../functions/porting/order.ts';
import { orderFactOf } from '../../functions/porting/order-fact-of.ts';
import { mergeFacts, type OrderFact } from '../../functions/porting/order-facts.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { ORDER, shuffled, singleFacts, someFacts } from './order-arbitraries.ts';

const day = (number: number) => `2026-03-${String(number).padStart(2, '0')}T12:00:00.000000Z`;

/** A listed event of the order, created on a day of March. */
function fact(number: number, type: string, payload: Record<string, unknown> | null, order = ORDER): OrderFact {
  const event = { id: `event-${number}`, event_type: `porting_order.${type}`, porting_order_id: order, payload };
  return orderFactOf(event, { createdAt: day(number), version: `1#${day(number)}`, listed: true, webhook: true });
}

function status(number: number, value: string, more: Record<string, unknown> = {}): OrderFact {
  return fact(number, 'status_changed', { id: ORDER, status: { value, details: [] }, ...more });
}

const foldOf = (...facts: OrderFact[]) => foldOrder(ORDER, facts);

describe('the state of an order', () => {
  test('after a usual course of events', () => {
    const details = [{ code: 'LOA_ILLEGIBLE', description: 'The LOA is illegible' }];
    const state = foldOf(
      status(1, 'draft', { support_key: null, customer_reference: null }),
      status(2, 'in-process', { support_key: 'sr_1', customer_reference: 'first' }),
      status(3, 'submitted', { support_key: 'sr_1', customer_reference: 'second' }),
      fact(4, 'new_comment', { porting_order_id: ORDER, support_key: 'sr_1', comment: { id: 'c', user_type: 'user' } }),
      status(5, 'exception', { customer_reference: null, status: { value: 'exception', details } }),
      fact(6, 'new_comment', { porting_order_id: ORDER, comment: { id: 'd', user_type: 'admin' } }),
      fact(7, 'loa_updated', null),
    );
    expect(state).toEqual({
      id: ORDER,
      record_type: 'porting_order',
      status: { value: 'exception', details },
      status_since: day(5),
      status_event_id: 'event-5',
      terminal: false,
      acts: 'customer',
      act_by: day(19),
      action_required: true,
      support_key: 'sr_1',
      customer_reference: 'second',
      messaging: null,
      split_from: [],
      split_into: [],
      last_comment: { at: day(6), by: 'admin', event_id: 'event-6' },
      deleted_at: null,
      events: {
        total: 7,
        by_type: {
          'porting_order.loa_updated': 1,
          'porting_order.new_comment': 2,
          'porting_order.status_changed': 4,
        },
      },
      first_event: { id: 'event-1', event_type: 'porting_order.status_changed', at: day(1) },
      last_event: { id: 'event-7', event_type: 'porting_order.loa_updated', at: day(7) },
      changed_at: day(7),
    });
  });

  test('of two status changes at one instant, the newer payload decides, then the newer record, then the id', () => {
    const at = (number: number, value: string, payloadAt?: string, version?: string) => ({
      ...status(number, value, payloadAt === undefined ? {} : { updated_at: payloadAt }),
      at: day(3),
      ...(version !== undefined && { v: `1#1#1#${version}` }),
    });
    const exception = at(1, 'exception', '2026-03-03T12:00:01.000000Z');
    expect(foldOf(at(2, 'submitted', '2026-03-03T12:00:00Z'), exception).status?.value).toBe('exception');
    expect(foldOf(at(2, 'submitted'), exception).status?.value).toBe('exception');
    expect(foldOf(at(1, 'exception', undefined, day(5)), at(2, 'submitted', undefined, day(4))).status?.value).toBe(
      'exception',
    );
    expect(foldOf(at(1, 'exception'), at(2, 'submitted')).status?.value).toBe('submitted');
  });

  test('without any event', () => {
    expect(foldOf()).toEqual({
      id: ORDER,
      record_type: 'porting_order',
      status: null,
      status_since: null,
      status_event_id: null,
      terminal: false,
      acts: 'unknown',
      act_by: null,
      action_required: false,
      support_key: null,
      customer_reference: null,
      messaging: null,
      split_from: [],
      split_into: [],
      last_comment: null,
      deleted_at: null,
      events: { total: 0, by_type: {} },
      first_event: null,
      last_event: null,
      changed_at: '1970-01-01T00:00:00.000000Z',
    });
  });

  test('has its status since the first of several events with the same status', () => {
    const again = { status: { value: 'exception', details: [{ code: 'FOC_REJECTED' }] } };
    const state = foldOf(
      status(1, 'exception'),
      status(2, 'submitted'),
      status(3, 'exception'),
      status(4, 'exception', again),
    );
    expect(state).toMatchObject({
      status_since: day(3),
      status_event_id: 'event-4',
      status: again.status,
      act_by: day(17),
    });
  });

  test('goes back only through a newer event, even out of a terminal status', () => {
    expect(foldOf(status(2, 'ported'), status(1, 'exception'))).toMatchObject({
      status: { value: 'ported' },
      terminal: true,
    });
    const reopened = foldOf(status(2, 'ported'), status(3, 'exception'));
    expect(reopened).toMatchObject({ status: { value: 'exception' }, terminal: false, action_required: true });
  });

  test('is set to deleted by the event porting_order.deleted', () => {
    const deleted = fact(3, 'deleted', { id: ORDER, customer_reference: 'mine', deleted_at: '2026-03-03T11:00:00Z' });
    expect(foldOf(status(1, 'draft'), deleted)).toMatchObject({
      status: { value: 'deleted', details: [] },
      status_since: day(3),
      terminal: true,
      acts: 'nobody',
      act_by: null,
      customer_reference: 'mine',
      deleted_at: '2026-03-03T11:00:00.000000Z',
    });
  });

  test('has the messaging of the newest event that contains it', () => {
    const messaging = (number: number, value: string) =>
      fact(number, 'messaging_changed', { id: ORDER, messaging: { messaging_port_status: value } });
    const notGenerated = fact(3, 'messaging_changed', null);
    const state = foldOf(notGenerated, messaging(2, 'activating'), messaging(1, 'pending'));
    expect(state.messaging).toEqual({ messaging_port_status: 'activating' });
  });

  test('keeps an unknown status and unknown types', () => {
    const state = foldOf(status(1, '__proto__'), fact(2, 'x', null), { ...fact(3, 'x', null), type: '__proto__' });
    expect(state).toMatchObject({ status: { value: '__proto__' }, acts: 'unknown', terminal: false });
    expect(JSON.stringify(state.events)).toBe(
      '{"total":3,"by_type":{"__proto__":1,"porting_order.status_changed":1,"porting_order.x":1}}',
    );
  });
});

describe('a split', () => {
  const split = (number: number, to: string, order = ORDER) =>
    fact(number, 'split', { from: { id: ORDER }, to: { id: to }, support_key: 'sr_A' }, order);

  test('names the new order in the original one, once for many phone numbers', () => {
    expect(foldOf(split(3, 'C'), split(2, 'B'), split(1, 'C'))).toMatchObject({
      split_into: ['B', 'C'],
      split_from: [],
      events: { total: 3 },
    });
  });

  test('names the original order in the new one, and changes nothing else there', () => {
    const state = foldOrder('B', [split(2, 'B'), split(3, 'B'), split(4, 'C')]);
    expect(state).toEqual({ ...foldOrder('B', []), split_from: [ORDER], changed_at: day(4) });
  });

  test('is an event of the order that it is listed under', () => {
    const state = foldOrder('B', [split(2, 'B', 'B')]);
    expect(state).toMatchObject({ split_from: [ORDER], split_into: [], support_key: 'sr_A', events: { total: 1 } });
    expect(foldOrder(ORDER, [split(2, 'B', 'B')])).toMatchObject({ split_into: ['B'], events: { total: 0 } });
  });

  test('without a new order names none', () => {
    const state = foldOf(fact(1, 'split', { from: { id: ORDER }, to: null }));
    expect(state).toMatchObject({ split_from: [], split_into: [], events: { total: 1 } });
  });

  test('of an order into itself is ignored', () => {
    expect(foldOf(split(1, ORDER))).toMatchObject({ split_from: [], split_into: [] });
  });

  test('of an order with ten thousand phone numbers fits into a row', () => {
    const facts = Array.from({ length: 10_000 }, (_, number) => {
      const at = timestampOf(Date.UTC(2026, 2, 1) + number * 40);
      return { ...split(1, 'B'), id: randomUUID(), at, v: `1#1#1#${at}` };
    });
    expect(foldOf(...facts)).toMatchObject({ split_into: ['B'], events: { total: 10_000 } });
    expect(deflateRawSync(JSON.stringify(facts)).length).toBeLessThan(340_000);
  });
});

/** The state by its definition, without sorting: for each member, the facts that no other fact supersedes. */
function stateByDefinition(facts: readonly OrderFact[]) {
  const newest = facts.filter((one) => !facts.some((other) => other.id === one.id && other.v > one.v));
  const placeOf = ({ at, payloadAt, v, id }: OrderFact) =>
    `${at} ${payloadAt ?? ' '} ${v.split('#').at(-1) || ' '} ${id}`;
  const isLater = (one: OrderFact, other: OrderFact) => placeOf(one) > placeOf(other);
  const latestOf = (some: readonly OrderFact[]) => some.find((one) => !some.some((other) => isLater(other, one)));
  const earliestOf = (some: readonly OrderFact[]) => some.find((one) => !some.some((other) => isLater(one, other)));
  const own = newest.filter(({ of }) => of === undefined || of === ORDER);
  const telling = (name: keyof OrderFact) => latestOf(own.filter((one) => name in one));

  const status = telling('status');
  const others = own.filter((one) => one.status && one.status.value !== status?.status?.value);
  const run = own.filter((one) => one.status?.value === status?.status?.value && one.status);
  const since = earliestOf(run.filter((one) => !others.some((other) => isLater(other, one))))?.at;
  const ends = (one: 'from' | 'into', other: 'from' | 'into') =>
    ['B', 'C'].filter((id) => newest.some((split) => split[one] === ORDER && split[other] === id));
  const mark = (one: OrderFact | undefined) => (one ? { id: one.id, event_type: one.type, at: one.at } : null);
  const types = new Set(own.map(({ type }) => type));
  const comment = telling('comment');
  return {
    status: status?.status ?? null,
    status_since: since ?? null,
    status_event_id: status?.id ?? null,
    ...dutyOf(status?.status?.value, since),
    support_key: telling('supportKey')?.supportKey ?? null,
    customer_reference: telling('reference')?.reference ?? null,
    messaging: telling('messaging')?.messaging ?? null,
    split_from: ends('into', 'from'),
    split_into: ends('from', 'into'),
    last_comment: comment ? { at: comment.at, by: comment.comment?.by, event_id: comment.id } : null,
    deleted_at: telling('deletedAt')?.deletedAt ?? null,
    events: {
      total: own.length,
      by_type: Object.fromEntries([...types].map((type) => [type, own.filter((one) => one.type === type).length])),
    },
    first_event: mark(earliestOf(own)),
    last_event: mark(latestOf(own)),
    changed_at: latestOf(newest)?.at ?? '1970-01-01T00:00:00.000000Z',
  };
}

describe('the fold', () => {
  test('is the same for any order, repetition and merging of the facts', () => {
    const cases = someFacts.chain((facts) =>
      fc.record({ facts: fc.constant(facts), again: shuffled(facts), cut: fc.nat(facts.length) }),
    );
    fc.assert(
      fc.property(cases, ({ facts, again, cut }) => {
        const state = JSON.stringify(foldOf(...facts));
        expect(JSON.stringify(foldOf(...again))).toBe(state);
        const stored: OrderFact[] = JSON.parse(JSON.stringify(mergeFacts(again.slice(0, cut))));
        expect(JSON.stringify(foldOf(...stored, ...again.slice(cut)))).toBe(state);
      }),
      { numRuns: 500 },
    );
  });

  test('equals the state by its definition', () => {
    // One fact for each version of an event: which of two wins is not defined, only that it is always the same one.
    const facts = singleFacts.map((some) => [...new Map(some.map((one) => [`${one.id} ${one.v}`, one])).values()]);
    fc.assert(
      fc.property(facts, (some) => {
        const { id, record_type, ...state } = foldOf(...some);
        expect(state).toEqual(stateByDefinition(some));
      }),
      { numRuns: 2_000 },
    );
  });

  test('ignores versions that a newer one replaced', () => {
    const cases = someFacts.chain((facts) => fc.record({ facts: fc.constant(facts), older: shuffled(facts) }));
    fc.assert(
      fc.property(cases, ({ facts, older }) => {
        const outdated = older.map((one) => ({ ...one, v: '!', at: day(1), type: 'outdated' }));
        expect(foldOf(...outdated, ...facts)).toEqual(foldOf(...facts));
      }),
    );
  });
});
