import { describe, expect, test, vi } from 'vitest';
import { markMissed } from '../../functions/ledger/events/awaited.ts';
import { listEvents } from '../../functions/ledger/events/event-list.ts';
import { learnIdsDiffer } from '../../functions/ledger/events/id-agreement.ts';
import { readUnpublished, type Unpublished } from '../../functions/ledger/events/outbox.ts';
import { foldIn } from '../../functions/publish-events/order-state.ts';
import { publishRows } from '../../functions/publish-events/publish.ts';
import { Death, mortal } from '../mortal.ts';
import { listedEvent, uuid, withoutPayload } from '../porting-events.ts';
import { at, commentEvent, ORDER, splitEvent, statusEvent } from './events.ts';
import { API, MINUTE, NOON, openRig, type Rig } from './rig.ts';

const details = (events: readonly { readonly detail: Readonly<Record<string, unknown>> }[]) =>
  events.map(({ detail }) => detail);

describe('an event is published', () => {
  test('once, with the state of its order after it, and its row records that', async () => {
    const rig = await openRig();
    const event = statusEvent(1, 'submitted', 0);
    await rig.deliver(event);
    expect(await rig.publish(event.id)).toMatchObject({ events: 1, waiting: 0, failed: new Map() });
    expect(rig.onBus()).toMatchObject([
      {
        source: 'port-in-ledger',
        'detail-type': 'porting_order.status_changed',
        detail: {
          id: event.id,
          revision: 1,
          first_seen_by: 'webhook',
          first_seen_at: '2026-03-20T12:00:00.000000Z',
          event: { id: event.id, payload: event.payload },
          order: { id: ORDER, status: { value: 'submitted' }, acts: 'losing_carrier', customer_reference: 'ticket-7' },
          show: `${API}/v2/porting/events/${event.id}`,
        },
      },
    ]);
    expect(details(rig.onBus())[0]?.event).not.toHaveProperty('ledger');
    expect((await rig.event(event.id))?.ledger).toMatchObject({
      revision: 1,
      published_at: '2026-03-20T12:00:00.000000Z',
    });
    await rig.publish(event.id);
    await rig.sweep();
    expect(rig.onBus()).toHaveLength(1);
  });

  test('not again when the list confirms it', async () => {
    const rig = await openRig();
    const listed = statusEvent(1, 'submitted', 0);
    await rig.deliver({ ...listed, created_at: at(-1), updated_at: at(-1) });
    await rig.publish(listed.id);
    await rig.list(listed);
    await rig.sweep();
    expect(rig.onBus()).toHaveLength(1);
    expect((await rig.row(listed.id))?.unpublished).toBeUndefined();
  });

  test('when it has its payload; without one after 15 minutes, and later again with a higher revision', async () => {
    const rig = await openRig();
    const event = statusEvent(1, 'submitted', 0);
    await rig.list(withoutPayload(event));
    expect(await rig.publish(event.id)).toMatchObject({ events: 0, waiting: 1 });
    rig.time += 14 * MINUTE;
    await rig.sweep();
    expect(rig.onBus()).toEqual([]);
    rig.time += MINUTE;
    await rig.sweep();
    expect(details(rig.onBus())).toMatchObject([{ id: event.id, revision: 1, event: { payload: null } }]);
    await rig.list({ ...event, updated_at: at(20) });
    await rig.sweep();
    expect(details(rig.onBus())).toMatchObject([
      { revision: 1 },
      { id: event.id, revision: 2, event: { payload: event.payload } },
    ]);
    expect((await rig.order(ORDER)).state.status?.value).toBe('submitted');
  });

  test('once, as soon as its payload arrives in time', async () => {
    const rig = await openRig();
    const event = statusEvent(1, 'submitted', 0);
    await rig.list(withoutPayload(event));
    await rig.publish(event.id);
    rig.time += MINUTE;
    await rig.deliver(event);
    await rig.publish(event.id);
    await rig.list({ ...event, updated_at: at(1) });
    await rig.sweep();
    expect(details(rig.onBus())).toMatchObject([
      { revision: 2, first_seen_by: 'list', event: { payload: event.payload } },
    ]);
  });

  test('at once if its type never has a payload', async () => {
    const rig = await openRig();
    const event = listedEvent(1, {
      event_type: 'porting_order.loa_updated',
      payload: null,
      payload_status: 'created',
      created_at: at(0),
    });
    await rig.list(event);
    await rig.publish(event.id);
    expect(details(rig.onBus())).toMatchObject([{ id: event.id, event: { payload: null } }]);
    await rig.list({ ...event, payload_status: 'completed', updated_at: at(1) });
    await rig.sweep();
    expect(rig.onBus()).toHaveLength(1);
  });

  test('without a payload that is larger than the bus accepts, but with a link to it', async () => {
    const rig = await openRig();
    const event = commentEvent(1, 0);
    const comment = { ...(event.payload?.comment as object), body: 'ü'.repeat(130_000) };
    await rig.list({ ...event, payload: { ...event.payload, comment } });
    const small = commentEvent(2, 1);
    await rig.list(small);
    expect((await rig.publish(event.id, small.id)).failed.size).toBe(0);
    const large = details(rig.onBus()).find(({ id }) => id === event.id);
    expect(large).toMatchObject({ event: { id: event.id, payload: null }, payload_omitted: true });
    expect(large?.show).toBe(`${API}/v2/porting/events/${event.id}`);
    expect(details(rig.onBus()).find(({ id }) => id === small.id)).not.toHaveProperty('payload_omitted');
  });

  test('whatever its type, even without an order', async () => {
    const rig = await openRig();
    const event = listedEvent(1, {
      event_type: 'porting_order.brand_new',
      payload: {},
      porting_order_id: null as never,
    });
    await rig.list({ ...event, created_at: at(0) });
    await rig.publish(event.id);
    expect(details(rig.onBus('porting_order.brand_new'))).toMatchObject([{ id: event.id, order: null }]);
  });
});

describe('action required', () => {
  test('is published with a present exception, and has its act_by', async () => {
    const rig = await openRig();
    await rig.deliver(statusEvent(1, 'exception', 0));
    await rig.publish(uuid(1));
    expect(details(rig.onBus('porting_order.action_required'))).toMatchObject([
      {
        id: `${uuid(1)}:action_required`,
        event_id: uuid(1),
        act_by: '2026-04-03T12:00:00.000000Z',
        order: { id: ORDER },
      },
    ]);
  });

  test('is published once if the exception arrives by webhook and list, even under two ids', async () => {
    for (const id of [uuid(1), uuid(0x777)]) {
      const rig = await openRig();
      if (id !== uuid(1)) await learnIdsDiffer(rig.store, rig.time);
      const event = statusEvent(1, 'exception', 0);
      await rig.deliver({ ...event, id });
      await rig.sweep();
      await rig.list(event);
      await rig.sweep();
      await rig.deliver({ ...event, id });
      await rig.list({ ...event, updated_at: at(1) });
      await rig.sweep();
      expect((await rig.order(ORDER)).state).toMatchObject({ status_event_id: event.id, events: { total: 1 } });
      expect(details(rig.onBus('porting_order.action_required'))).toMatchObject([{ id: `${id}:action_required` }]);
    }
  });

  test('is published if the created_at of the list makes the exception the last event', async () => {
    const rig = await openRig();
    const exception = statusEvent(1, 'exception', 2);
    await rig.deliver({ ...exception, created_at: at(0) });
    await rig.deliver(statusEvent(2, 'submitted', 1));
    await rig.publish(uuid(1), uuid(2));
    expect(rig.onBus('porting_order.action_required')).toEqual([]);
    await rig.list(exception);
    await rig.sweep();
    await rig.sweep();
    expect(details(rig.onBus('porting_order.action_required'))).toMatchObject([
      { id: `${uuid(1)}:action_required`, event_id: uuid(1), order: { status: { value: 'exception' } } },
    ]);
  });

  test('is published for each refusal', async () => {
    const rig = await openRig();
    for (const [number, status] of [
      [1, 'exception'],
      [2, 'submitted'],
      [3, 'exception'],
    ] as const) {
      await rig.deliver(statusEvent(number, status, number));
      await rig.sweep();
    }
    const told = details(rig.onBus('porting_order.action_required')).map(({ event_id }) => event_id);
    expect(told).toEqual([uuid(1), uuid(3)]);
  });

  test('is published later if the bus did not accept it', async () => {
    const rig = await openRig();
    rig.faults.entry = ({ DetailType }) => (DetailType?.endsWith('action_required') ? 'InternalFailure' : undefined);
    await rig.deliver(statusEvent(1, 'exception', 0));
    await rig.sweep();
    delete rig.faults.entry;
    await rig.sweep();
    await rig.sweep();
    expect(rig.onBus('porting_order.action_required')).toHaveLength(1);
  });

  test('is not published for an exception that has ended before it becomes known', async () => {
    const rig = await openRig();
    await rig.deliver(statusEvent(2, 'submitted', 5));
    await rig.publish(uuid(2));
    await rig.list(statusEvent(1, 'exception', 0));
    await rig.publish(uuid(1));
    expect(rig.onBus().map((event) => event['detail-type'])).toEqual(Array(2).fill('porting_order.status_changed'));
    expect((await rig.order(ORDER)).state.status?.value).toBe('submitted');
  });
});

test('a split changes both of its orders', async () => {
  const rig = await openRig();
  const other = uuid(0xdef);
  await rig.list(splitEvent(1, 0, other));
  await rig.publish(uuid(1));
  expect((await rig.order(ORDER)).state.split_into).toEqual([other]);
  expect((await rig.order(other)).state).toMatchObject({ split_from: [ORDER], events: { total: 0 } });
  // It is not documented under which of the two orders Telnyx lists it.
  const third = uuid(0xfed);
  const event = splitEvent(2, 1, other);
  await rig.list({ ...event, porting_order_id: other, payload: { from: { id: third }, to: { id: other } } });
  await rig.publish(uuid(2));
  expect((await rig.order(other)).state).toMatchObject({ split_from: [ORDER, third].sort(), events: { total: 1 } });
  expect((await rig.order(third)).state).toMatchObject({ split_into: [other], events: { total: 0 } });
});

describe('faults', () => {
  test('only the entries that the bus refused are put again', async () => {
    const rig = await openRig();
    const events = Array.from({ length: 25 }, (_, number) => commentEvent(number, number));
    for (const event of events) await rig.list(event);
    const refused = new Set<string>();
    rig.faults.entry = ({ Detail = '' }) => {
      const { id } = JSON.parse(Detail);
      if (refused.has(id) || !id.endsWith('3')) return undefined;
      refused.add(id);
      return 'ThrottlingException';
    };
    expect((await rig.publish(...events.map(({ id }) => id))).failed.size).toBe(0);
    expect(refused.size).toBeGreaterThan(1);
    expect(
      details(rig.onBus())
        .map(({ id }) => id)
        .sort(),
    ).toEqual(events.map(({ id }) => id).sort());
  });

  test('an event that the bus refuses stays in the outbox until it is accepted; the others flow', async () => {
    const rig = await openRig();
    const events = Array.from({ length: 12 }, (_, number) => commentEvent(number, number));
    for (const event of events) await rig.list(event);
    rig.faults.entry = ({ Detail = '' }) => (JSON.parse(Detail).id === uuid(3) ? 'InternalFailure' : undefined);
    const { failed } = await rig.publish(...events.map(({ id }) => id));
    expect([...failed]).toEqual([[uuid(3), 'InternalFailure']]);
    expect(rig.onBus()).toHaveLength(11);
    expect((await rig.event(uuid(3)))?.ledger.published_at).toBeNull();
    delete rig.faults.entry;
    expect((await rig.sweep()).left).toBe(0);
    expect(
      details(rig.onBus())
        .map(({ id }) => id)
        .filter((id) => id === uuid(3)),
    ).toHaveLength(1);
  });

  test('a row that cannot be read is set aside; the others are published', async () => {
    const rig = await openRig();
    await rig.list(commentEvent(1, 0));
    await rig.list(commentEvent(2, 0));
    const { UpdateItemCommand } = await import('@aws-sdk/client-dynamodb');
    await rig.store.client.send(
      new UpdateItemCommand({
        TableName: rig.store.events,
        Key: { id: { S: uuid(1) } },
        UpdateExpression: 'SET #listing = :broken',
        ExpressionAttributeNames: { '#listing': 'listing' },
        ExpressionAttributeValues: { ':broken': { S: '{' } },
      }),
    );
    const { failed, events } = await rig.publish(uuid(1), uuid(2));
    expect([...failed.keys()]).toEqual([uuid(1)]);
    expect(events).toBe(1);
  });

  test('a bus that is down: everything stays in the outbox, and the sweep publishes it later', async () => {
    const rig = await openRig();
    for (let number = 0; number < 30; number += 1) await rig.list(commentEvent(number, number));
    rig.faults.request = () => ({ refuse: 500, type: 'InternalException' });
    const ids = Array.from({ length: 30 }, (_, number) => uuid(number));
    expect((await rig.publish(...ids)).failed.size).toBe(30);
    delete rig.faults.request;
    rig.time += 24 * 60 * MINUTE;
    expect((await rig.sweep(5 * MINUTE)).left).toBe(0);
    expect(new Set(details(rig.onBus()).map(({ id }) => id)).size).toBe(30);
  });

  test('death between publishing and recording it: the same id and revision again, nothing lost', async () => {
    const rig = await openRig();
    await rig.deliver(statusEvent(1, 'submitted', 0));
    let deaths = 1;
    const client = Object.create(rig.store.client, {
      send: {
        value: (command: { input?: { UpdateExpression?: string } }, ...rest: never[]) => {
          if (deaths > 0 && command.input?.UpdateExpression?.includes('published_at')) {
            deaths -= 1;
            return Promise.reject(new Error('dead'));
          }
          return rig.store.client.send(command as never, ...rest);
        },
      },
    });
    const { publishRows } = await import('../../functions/publish-events/publish.ts');
    const dying = { ...rig.publisher, store: { ...rig.store, client } };
    expect((await publishRows([uuid(1)], dying, () => NOON, 'stream')).failed.size).toBe(1);
    await rig.sweep();
    const [first, second, ...more] = details(rig.onBus());
    expect(second).toEqual(first);
    expect(more).toEqual([]);
  });
});

describe('a write in the same millisecond as the published one is processed, too', () => {
  test('another created_at', async () => {
    const rig = await openRig();
    await rig.deliver(statusEvent(1, 'exception', 1));
    await rig.deliver(statusEvent(2, 'submitted', 2));
    const redated = rig.justBefore('SET #published_at', () =>
      rig.list({ ...statusEvent(1, 'exception', 3), created_at: at(3) }),
    );
    await rig.publish(uuid(1));
    expect(redated()).toBe(true);
    await rig.sweep();
    expect((await rig.order(ORDER)).state.status).toMatchObject({ value: 'exception' });
  });

  test('its webhook is missed, and then recovered', async () => {
    const rig = await openRig();
    await rig.list(statusEvent(1, 'exception', 1));
    const missed = rig.justBefore('SET #published_at', () => markMissed(rig.store, uuid(1), rig.time));
    await rig.sweep();
    expect(missed()).toBe(true);
    const recovered = rig.justBefore('#missed_published_at', () => rig.deliver(statusEvent(1, 'exception', 1)));
    await rig.sweep();
    expect(recovered()).toBe(true);
    await rig.sweep();
    for (const type of ['notification.missed', 'notification.recovered']) expect(rig.onBus(type)).toHaveLength(1);
  });
});

describe('one event under two ids, if ids are known to differ', () => {
  const listed = statusEvent(1, 'submitted', 0);
  // Webhooks print the instant to the second, the list to the microsecond.
  const payload = { ...listed.payload, updated_at: at(0).replace('.123456', '') };
  const delivered = { ...listed, id: uuid(0x999), created_at: at(0.05), payload };

  async function openDiffering(): Promise<Rig> {
    const rig = await openRig();
    await learnIdsDiffer(rig.store, rig.time);
    return rig;
  }

  test.each([
    ['the webhook first', ['deliver', 'list']],
    ['the list first', ['list', 'deliver']],
  ] as const)('%s: published once, counted once, listed once', async (_, order) => {
    const rig = await openDiffering();
    for (const way of order) {
      await rig[way](way === 'list' ? listed : delivered);
      await rig.sweep();
    }
    await rig.sweep();
    expect(rig.onBus()).toHaveLength(1);
    expect((await rig.order(ORDER)).state.events.total).toBe(1);
    const { events } = await listEvents(rig.store, {}, { number: 1, size: 20 }, 1e6);
    expect(events).toMatchObject([{ id: listed.id, ledger: { webhook_deliveries: 1 } }]);
    expect((await rig.row(listed.id))?.awaiting_webhook).toBeUndefined();
    expect((await rig.row(delivered.id))?.joined_to).toEqual({ S: listed.id });
    for (const id of [listed.id, delivered.id]) expect((await rig.row(id))?.unpublished).toBeUndefined();
  });

  test('a publisher that read the webhook before it was joined folds it later: counted once', async () => {
    const rig = await openDiffering();
    await rig.list(listed);
    await rig.sweep();
    await rig.deliver(delivered);
    const [stale] = (await readUnpublished(rig.store, [delivered.id])).rows;
    await rig.sweep();
    await foldIn(rig.store, ORDER, [stale as Unpublished], rig.time);
    expect((await rig.order(ORDER)).state.events.total).toBe(1);
  });

  test('both at the same time and repeatedly: published once, counted once', async () => {
    const rig = await openDiffering();
    await rig.deliver(delivered);
    await rig.list(listed);
    await Promise.all([rig.publish(listed.id, delivered.id), rig.sweep()]);
    await rig.deliver(delivered);
    await rig.sweep();
    expect(new Set(details(rig.onBus()).map(({ id }) => id)).size).toBe(1);
    expect((await rig.order(ORDER)).state.events.total).toBe(1);
  });

  test.each([
    'before',
    'after',
  ] as const)('the publisher that joins them dies %s any of its requests: they are joined', async (when) => {
    for (const [last, first] of [
      ['list', 'deliver'],
      ['deliver', 'list'],
    ] as const) {
      for (let diesAt = 1, died = true; died; diesAt += 1) {
        const rig = await openDiffering();
        const event = { list: listed, deliver: delivered };
        await rig[first](event[first]);
        await rig.sweep();
        await rig[last](event[last]);
        const process = mortal(rig.store, diesAt, when);
        const dying = { ...rig.publisher, store: process.store };
        await publishRows([event[last].id], dying, () => rig.time, 'stream').catch((error) =>
          expect(error).toBeInstanceOf(Death),
        );
        died = process.died();
        // The sweep processes what is left, the later row first.
        await rig.publish(event[last].id);
        await rig.sweep();
        expect((await rig.order(ORDER)).state.events.total, `death at ${diesAt}`).toBe(1);
        const { events } = await listEvents(rig.store, {}, { number: 1, size: 20 }, 1e6);
        expect(events).toMatchObject([{ id: listed.id, ledger: { webhook_deliveries: 1 } }]);
        expect(rig.onBus().filter(({ detail }) => detail.id !== rig.onBus()[0]?.detail.id)).toEqual([]);
        for (const id of [listed.id, delivered.id]) expect((await rig.row(id))?.unpublished).toBeUndefined();
      }
    }
  });

  test('a missed one is recovered even if the answer to the joining write is lost', async () => {
    const rig = await openDiffering();
    await rig.deliver(statusEvent(900, 'draft', -1));
    await rig.list(listed);
    await rig.sweep();
    rig.time += 16 * MINUTE;
    await markMissed(rig.store, listed.id, rig.time);
    await rig.sweep();
    await rig.deliver(delivered);
    const send = rig.store.client.send.bind(rig.store.client) as (command: unknown) => Promise<unknown>;
    vi.spyOn(rig.store.client, 'send').mockImplementation(async (command: unknown) => {
      const joins = JSON.stringify((command as { input: object }).input).includes('#joined_from');
      // The SDK repeats the write.
      if (joins) await send(command);
      return send(command) as never;
    });
    await rig.sweep();
    await rig.sweep();
    expect((await rig.row(listed.id))?.gap).toEqual({ S: 'recovered' });
    expect(details(rig.onBus('notification.recovered'))).toMatchObject([{ id: `${listed.id}:recovered` }]);
    expect((await rig.event(listed.id))?.ledger.webhook_deliveries).toBe(1);
  });

  test('an event that is written during the join is folded before it is published', async () => {
    const rig = await openDiffering();
    const exception = statusEvent(3, 'exception', 30);
    await rig.list({ ...exception, payload: null, payload_status: 'created', updated_at: at(29) });
    await rig.list(listed);
    await rig.deliver(delivered);
    const completed = rig.justBefore('#joined_from', () => rig.list(exception));
    await rig.publish(exception.id, listed.id, delivered.id);
    for (const { detail } of rig
      .onBus('porting_order.status_changed')
      .filter(({ detail }) => detail.id === exception.id)) {
      expect(detail).toMatchObject({ order: { status: { value: 'exception' } } });
    }
    await rig.sweep();
    expect(completed()).toBe(true);
    expect((await rig.order(ORDER)).state).toMatchObject({
      status: { value: 'exception' },
      act_by: expect.any(String),
    });
    await rig.synced();
    await rig.decide();
    expect(rig.onBus('porting_order.action_required')).toHaveLength(1);
  });

  test('two like events that both webhook and list have brought are not joined', async () => {
    const rig = await openRig();
    const other = { ...listed, id: uuid(2) };
    for (const event of [listed, other]) {
      await rig.deliver(event);
      await rig.list(event);
    }
    await rig.sweep();
    expect((await rig.order(ORDER)).state.events.total).toBe(2);
  });
});
