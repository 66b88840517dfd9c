import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordAttempt } from '../../functions/ledger/events/republishes.ts';
import type { LedgerEvent } from '../../functions/ledger/events/row.ts';
import type { Answer } from '../handlers.ts';
import { deliveredEvent, listedEvent, uuid, withoutPayload } from '../porting-events.ts';
import { delivered, eventsIn, listed, type Reader, startReader } from './reader.ts';

let reader: Reader;
let next = 1;

beforeAll(async () => {
  reader = await startReader();
});

afterAll(() => reader.secrets.close());

/** A new event for each test. */
function newEvent() {
  next += 1;
  return listedEvent(next);
}

const show = async (id: string): Promise<Answer> => reader.get(`/v2/porting/events/${id}`);
const shown = async (id: string): Promise<LedgerEvent> => (await show(id)).body.data as LedgerEvent;

const [first, second, third] = [1, 2, 3].map((hour) => Date.UTC(2026, 2, 12, hour)) as [number, number, number];
const at = (milliseconds: number) => new Date(milliseconds).toISOString().replace('.000Z', '.000000Z');

const nothingElse = {
  webhook_deliveries: 0,
  webhook_last_at: null,
  listed_at: null,
  republish_count: 0,
  republish_last_at: null,
  revision: 1,
  published_at: null,
  missed_at: null,
  recovered_at: null,
};

describe('what the ledger adds to the record', () => {
  test('of an event that only the list has brought', async () => {
    const event = newEvent();
    await listed(reader.store, event, first);
    expect(await shown(event.id)).toStrictEqual({
      ...event,
      ledger: { ...nothingElse, first_seen_at: at(first), first_seen_by: 'list', listed_at: at(first) },
    });
  });

  test("of an event that only a webhook has brought, in the record's shape", async () => {
    const event = newEvent();
    await delivered(reader.store, event, first);
    const { id, event_type, porting_order_id, payload, created_at } = event;
    expect(await shown(id)).toStrictEqual({
      ...deliveredEvent({ id, event_type, porting_order_id, payload, created_at } as typeof event),
      payload_status: 'completed',
      record_type: 'porting_event',
      ledger: {
        ...nothingElse,
        first_seen_at: at(first),
        first_seen_by: 'webhook',
        webhook_deliveries: 1,
        webhook_last_at: at(first),
      },
    });
  });

  test('of an event that was delivered, then listed, then delivered again', async () => {
    const event = newEvent();
    await delivered(reader.store, event, first);
    await listed(reader.store, event, second);
    await delivered(reader.store, event, third);
    expect(await shown(event.id)).toStrictEqual({
      ...event,
      ledger: {
        ...nothingElse,
        first_seen_at: at(first),
        first_seen_by: 'webhook',
        webhook_deliveries: 2,
        webhook_last_at: at(third),
        listed_at: at(second),
        revision: 2,
      },
    });
  });

  test('of an event that was listed, then delivered', async () => {
    const event = newEvent();
    await listed(reader.store, event, first);
    await delivered(reader.store, event, second);
    expect(await shown(event.id)).toStrictEqual({
      ...event,
      ledger: {
        ...nothingElse,
        first_seen_at: at(first),
        first_seen_by: 'list',
        webhook_deliveries: 1,
        webhook_last_at: at(second),
        listed_at: at(first),
      },
    });
  });

  test.each([
    'webhook first',
    'list first',
  ])("of an event that is listed without payload: the webhook's payload is shown, %s", async (order) => {
    const event = newEvent();
    const writes = [
      () => delivered(reader.store, event, first),
      () => listed(reader.store, withoutPayload(event), first),
    ];
    for (const write of order === 'webhook first' ? writes : writes.reverse()) await write();
    expect(await shown(event.id)).toMatchObject({ payload: event.payload, payload_status: 'completed' });
  });

  test('of a republished event: how often, and when last', async () => {
    const event = newEvent();
    await listed(reader.store, event, first);
    await recordAttempt(reader.store, event.id, 'operate:01234567', second);
    await recordAttempt(reader.store, event.id, 'operate:01234567', third);
    const { ledger } = await shown(event.id);
    expect(ledger).toMatchObject({ republish_count: 2, republish_last_at: at(third), first_seen_by: 'list' });
  });

  test('is the same in the list', async () => {
    const event = newEvent();
    await listed(reader.store, event, first);
    await delivered(reader.store, event, second);
    const answer = await reader.get('/v2/porting/events?page[size]=250');
    expect(eventsIn(answer).find(({ id }) => id === event.id)).toStrictEqual(await shown(event.id));
  });
});

describe('the id', () => {
  test('may be in capitals', async () => {
    const event = { ...newEvent(), id: 'da7989d5-ffeb-47b5-9dc4-4a177a4094b0' };
    await listed(reader.store, event);
    expect(await shown(event.id.toUpperCase())).toMatchObject({ id: event.id });
  });

  test('that is not in the ledger: 404', async () => {
    const { status, body } = await show(uuid(999_999));
    expect(status).toBe(404);
    expect(body.errors).toEqual([
      { code: '10005', title: 'Resource not found', detail: `The ledger has no event ${uuid(999_999)}.` },
    ]);
  });

  test.each(['17', 'da7989d5', `${'0'.repeat(36)}`, '%00', '%zz', '__proto__'])('%s, malformed: 422', async (id) => {
    const { status, body } = await show(id);
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ code: '10006', source: { parameter: 'id' } }]);
    expect(body.errors[0]?.detail).toMatch(/is not an event id\. An event id is a UUID/);
  });
});

test.each([
  ['GET', '/v2/porting'],
  ['GET', '/v2/porting/events/a/b'],
  ['DELETE', '/v2/porting/events'],
  ['POST', '/health'],
])('%s %s: 404 in the format of Telnyx', async (method, target) => {
  const { status, body } = await reader.invoke({ method, target });
  expect(status).toBe(404);
  expect(body.errors).toMatchObject([{ code: '10005', detail: expect.stringContaining(`${method} ${target}`) }]);
});
