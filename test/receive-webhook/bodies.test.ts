import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { getEvent } from '../../functions/ledger/events/event-list.ts';
import { captureLog } from '../handlers.ts';
import { everyRowIn, type Receiver, rowCount, rowsIn, signedBytes, startReceiver, statusWebhook } from './receiver.ts';

const fixtures = join(import.meta.dirname, '../fixtures/telnyx/port-in');
const documented = readdirSync(fixtures).filter((name) => name.startsWith('porting_order.'));

let receiver: Receiver;
let log: ReturnType<typeof captureLog>;

beforeAll(async () => {
  receiver = await startReceiver();
});

beforeEach(() => {
  log = captureLog();
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** The event as show returns it, with the stored attribute unchanged. */
async function kept(id: string) {
  const rows = await rowsIn(receiver.store, 'events');
  const delivery = rows.find((row) => row.id?.S === id)?.delivery?.S ?? '';
  return { event: await getEvent(receiver.store, id), delivery };
}

describe('kept exactly', () => {
  test.each(documented)('the payload of the documented body %s', async (name) => {
    const { deliver, store } = await startReceiver();
    const body = readFileSync(join(fixtures, name), 'utf8');
    expect((await deliver(body)).body).toEqual({ result: 'stored' });

    const parsed = JSON.parse(body);
    const { id, event_type, occurred_at, payload } = parsed.data ?? parsed;
    const shape = { payload_status: 'completed', record_type: 'porting_event', created_at: occurred_at };
    expect(await getEvent(store, id)).toMatchObject({ id, event_type, ...shape });
    expect((await getEvent(store, id))?.payload).toStrictEqual(payload);
  });

  test('an unknown type, status and fields', async () => {
    const id = randomUUID();
    const payload = {
      id: randomUUID(),
      status: { value: 'quantum', details: null },
      novel: [{ deep: [1, 2.5, null] }],
    };
    const data = { id, event_type: 'porting_order.teleported', occurred_at: '2026-01-01T00:00:00Z', payload, extra: 7 };
    expect((await receiver.deliver(JSON.stringify({ data }))).body).toEqual({ result: 'stored' });
    const { event } = await kept(id);
    expect(event).toMatchObject({ event_type: 'porting_order.teleported', extra: 7, porting_order_id: payload.id });
    expect(event?.payload).toStrictEqual(payload);
  });

  test.each([
    ['4-byte characters', '😀 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈'],
    ['CRLF and other control characters', 'a\r\nb\u0000\u0007\u2028'],
    ['quotes and backslashes', '\\ " \\" \\u0041 </script>'],
    ['combining and right-to-left characters', 'e\u0301 \u202eabc'],
  ])('%s in a text', async (_, text) => {
    const id = randomUUID();
    await receiver.deliver(statusWebhook(id, { customer_reference: text }));
    expect((await kept(id)).event).toMatchObject({ payload: { customer_reference: text } });
  });

  test('lone surrogates, in the row and in the answer as the escapes that were sent', async () => {
    const id = randomUUID();
    const escaped = '\\ud83d alone, \\udc00\\ud800';
    const body = statusWebhook(id, { customer_reference: 'HERE' }).replace('HERE', escaped);
    expect((await receiver.deliver(body)).status).toBe(200);
    const { event, delivery } = await kept(id);
    expect(delivery).toContain(`"customer_reference":"${escaped}"`);
    expect(JSON.stringify(event)).toContain(`"customer_reference":"${escaped}"`);
  });

  test.each([
    ['a byte order mark', (body: string) => `\ufeff${body}`],
    ['CRLF between all members', (body: string) => JSON.stringify(JSON.parse(body), null, 2).replaceAll('\n', '\r\n')],
  ])('a body with %s, which is verified on its bytes and read', async (_, change) => {
    for (const inBase64 of [false, true]) {
      const id = randomUUID();
      const body = change(statusWebhook(id));
      const { invoke, account, deliver } = receiver;
      const { status } = await (inBase64 ? invoke(signedBytes(account, Buffer.from(body))) : deliver(body));
      expect(status).toBe(200);
      expect((await kept(id)).event?.payload).toStrictEqual(JSON.parse(statusWebhook(id)).data.payload);
    }
  });

  // By the content type AWS passes on text or base64. It documents which for neither function URL nor HTTP API.
  test.each(documented)('the same row from the same bytes, as text and in base64: %s', async (name) => {
    const body = readFileSync(join(fixtures, name), 'utf8');
    const held = [];
    for (const inBase64 of [false, true]) {
      const { invoke, account, deliver, store } = await startReceiver();
      const answer = await (inBase64 ? invoke(signedBytes(account, Buffer.from(body))) : deliver(body));
      expect(answer.body).toEqual({ result: 'stored' });
      const rows = await rowsIn(store, 'events');
      held.push(rows.map(({ id, delivered, porting_order_id }) => ({ id, delivered, porting_order_id })));
    }
    expect(held[0]).toHaveLength(1);
    expect(held[1]).toEqual(held[0]);
  });

  test('a member __proto__ of the payload, which pollutes nothing', async () => {
    const id = randomUUID();
    const body = statusWebhook(id, { customer_reference: 'HERE' }).replace(
      '"HERE"',
      'null,"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}',
    );
    expect((await receiver.deliver(body)).body).toEqual({ result: 'stored' });
    expect((await kept(id)).delivery).toContain('"__proto__":{"polluted":true}');
    expect(JSON.stringify((await kept(id)).event)).toContain('"__proto__":{"polluted":true}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('numbers in every spelling, without growing: 200 KB of them fit into a row', async () => {
    const id = randomUUID();
    const numbers = `[12345678901234567890,1e400,-0,1.0,${Array(50_000).fill('1e20').join()}]`;
    const body = statusWebhook(id, { customer_reference: 'HERE' }).replace('"HERE"', numbers);
    expect((await receiver.deliver(body)).body).toEqual({ result: 'stored' });
    const { event, delivery } = await kept(id);
    for (const text of [delivery, JSON.stringify(event)]) expect(text).toContain(`"customer_reference":${numbers}`);
  });

  test('an event of 250 KB', async () => {
    const id = randomUUID();
    const body = statusWebhook(id, { customer_reference: '😀'.repeat(64_000) });
    expect((await receiver.deliver(body)).body).toEqual({ result: 'stored' });
    expect((await kept(id)).event?.payload).toStrictEqual(JSON.parse(body).data.payload);
  });
});

describe('signed, but not readable as an event', () => {
  const nested = (open: string, close: string) => `${open.repeat(10_000)}1${close.repeat(10_000)}`;
  const event = JSON.parse(statusWebhook(randomUUID())).data;

  test.each([
    ['not JSON', 'payload=%7B%7D', 'not JSON'],
    ['half a JSON', statusWebhook(randomUUID()).slice(0, -9), 'not JSON'],
    ['empty', '', 'not JSON'],
    ['an array', `[${statusWebhook(randomUUID())}]`, 'not a JSON object'],
    ['null', 'null', 'not a JSON object'],
    ['a number', '17', 'not a JSON object'],
    ['without an id', JSON.stringify({ data: { ...event, id: undefined } }), 'no id'],
    ['with a number as id', JSON.stringify({ data: { ...event, id: 17 } }), 'no id'],
    ['with an empty id', JSON.stringify({ data: { ...event, id: '' } }), 'no id'],
    ['with an id of 201 characters', JSON.stringify({ data: { ...event, id: 'x'.repeat(201) } }), 'id is longer'],
    ['with half a character in its id', JSON.stringify({ data: { ...event, id: '\ud83d' } }), 'not well-formed'],
    ['without a type', JSON.stringify({ data: { ...event, event_type: undefined } }), 'no event_type'],
    ['with an object as type', JSON.stringify({ data: { ...event, event_type: {} } }), 'no event_type'],
    [
      'with a type of 4 KB',
      JSON.stringify({ data: { ...event, event_type: `porting_order.${'x'.repeat(4096)}` } }),
      'event_type is longer',
    ],
    ['with its id only in __proto__', '{"__proto__":{"id":"x","event_type":"porting_order.split"}}', 'no event_type'],
    ['very large', JSON.stringify('x'.repeat(250_000)), 'not a JSON object'],
    ['nested 10,000 deep', nested('{"a":', '}'), 'nested deeper than'],
    ['nested 10,000 deep in arrays', `{"data":{"payload":${nested('[', ']')}}}`, 'nested deeper than'],
    ['nested 10,000 deep beside a number', `[1.0,${nested('[', ']')}]`, 'nested deeper than'],
  ])('%s: 200, stored as a rejection with its reason', async (_, body, reason) => {
    const { deliver, store } = await startReceiver();
    expect(await deliver(body)).toMatchObject({ status: 200, body: { result: 'rejected' } });
    expect(await rowsIn(store, 'events')).toEqual([]);
    const rows = await rowsIn(store, 'control');
    expect(rows).toMatchObject([{ kind: { S: 'rejected-delivery' }, reason: { S: expect.stringContaining(reason) } }]);
    expect(Buffer.from(rows[0]?.body?.B ?? []).toString()).toBe(body);
    expect(log.lines()).toMatchObject([{ event: 'webhook_rejected', reason: expect.stringContaining(reason) }]);
  });

  test('an event with a byte that is not UTF-8: stored byte for byte', async () => {
    const { invoke, account, store } = await startReceiver();
    const bytes = Buffer.from(statusWebhook(randomUUID(), { customer_reference: '?' }));
    bytes[bytes.indexOf('?')] = 0xff;
    expect((await invoke(signedBytes(account, bytes))).body).toEqual({ result: 'rejected' });
    const [row] = await rowsIn(store, 'control');
    expect(Buffer.from(row?.body?.B ?? [])).toEqual(bytes);
  });

  test('the same body again: counted, not stored again, and it expires after 30 days', async () => {
    const { deliver, store } = await startReceiver();
    for (let times = 0; times < 3; times += 1) await deliver('not JSON');
    await deliver('not JSON either');
    const rows = await rowsIn(store, 'control');
    expect(rows.map((row) => row.deliveries?.N).sort()).toEqual(['1', '3']);
    const days = rows.map((row) => (Number(row.expires_at?.N) - Date.now() / 1000) / 86_400);
    for (const left of days) expect(left).toBeCloseTo(30, 2);
  });
});

test('ids in capitals are stored in small letters, as in the list: one row for both spellings', async () => {
  const { deliver, store } = await startReceiver();
  const id = randomUUID();
  const order = 'EEF3340B-8903-4466-B445-89B697315A3A';
  expect((await deliver(statusWebhook(id.toUpperCase(), { id: order }))).body).toEqual({ result: 'stored' });
  expect((await deliver(statusWebhook(id, { id: order.toLowerCase() }))).body).toEqual({ result: 'duplicate' });
  expect(await rowsIn(store, 'events')).toMatchObject([
    { id: { S: id }, porting_order_id: { S: order.toLowerCase() } },
  ]);
  expect(await getEvent(store, id)).toMatchObject({ id, porting_order_id: order.toLowerCase() });
});

describe('an event of another product', () => {
  const portOut = (more: Readonly<Record<string, unknown>> = {}) => {
    const payload = { id: randomUUID(), phone_numbers: ['+15550100'], attempted_pin: 'PIN-4711', ...more };
    const meta = { occurred_at: '2026-01-01T00:00:00Z', record_type: 'event' };
    return JSON.stringify({ data: { id: randomUUID(), event_type: 'portout.status_changed', ...meta, payload } });
  };

  test('200, counted by type and logged, with nothing of its payload anywhere', async () => {
    const { deliver, store } = await startReceiver();
    const answer = await deliver(portOut());
    expect(answer).toMatchObject({ status: 200, body: { result: 'ignored' } });
    expect(log.lines()).toMatchObject([{ event: 'webhook_ignored', event_type: 'portout.status_changed' }]);
    const rows = [...(await everyRowIn(store, 'control')), ...(await everyRowIn(store, 'events'))];
    expect(rows).toMatchObject([
      { kind: { S: 'other-family' }, event_type: { S: 'portout.status_changed' }, count: { N: '1' } },
    ]);
    for (const place of [JSON.stringify(rows), log.text(), JSON.stringify(answer)]) {
      for (const secret of ['PIN-4711', '+15550100']) expect(place).not.toContain(secret);
    }
  });

  test('nested too deep for an event: still not kept', async () => {
    const { deliver, store } = await startReceiver();
    const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`);
    expect((await deliver(portOut({ deep }))).body).toEqual({ result: 'ignored' });
    expect(await rowCount(store)).toBe(0);
  });

  test('without an id: still not kept', async () => {
    const { deliver, store } = await startReceiver();
    const body = JSON.stringify({ event_type: 'message.received', payload: { text: 'PIN-4711' } });
    expect((await deliver(body)).body).toEqual({ result: 'ignored' });
    expect(await rowCount(store)).toBe(0);
  });
});

test.each([
  'porting_order.new_in_2027',
  'porting_phone_number.activated',
  'porting.reshaped',
])('%s may be a port-in event: stored, under no order but the one that it names', async (event_type) => {
  const { deliver, store } = await startReceiver();
  const [id, order] = [randomUUID(), randomUUID()];
  const data = {
    id,
    event_type,
    occurred_at: '2026-01-01T00:00:00Z',
    payload: { id: 'else', porting_order_id: order },
  };
  expect((await deliver(JSON.stringify({ data }))).body).toEqual({ result: 'stored' });
  expect(await getEvent(store, id)).toMatchObject({ id, event_type, porting_order_id: order });
});

describe('the size', () => {
  const LIMIT = 256 * 1024;
  const ofBytes = (bytes: number) => {
    const frame = statusWebhook('11111111-2222-4333-8444-555555555555', { customer_reference: '' });
    return frame.replace('"customer_reference":""', `"customer_reference":"${'x'.repeat(bytes - frame.length)}"`);
  };

  test('exactly 256 KB are accepted', async () => {
    const { deliver } = await startReceiver();
    expect(Buffer.byteLength(ofBytes(LIMIT))).toBe(LIMIT);
    expect((await deliver(ofBytes(LIMIT))).body).toEqual({ result: 'stored' });
  });

  test.each(['as text', 'in base64'])('one byte more, %s: 413, nothing written', async (how) => {
    const { invoke, deliver, account, store } = await startReceiver();
    const body = ofBytes(LIMIT + 1);
    const { status, body: told } = await (how === 'as text'
      ? deliver(body)
      : invoke(signedBytes(account, Buffer.from(body))));
    expect(status).toBe(413);
    expect(told.errors[0]?.detail).toContain(String(LIMIT + 1));
    expect(await rowCount(store)).toBe(0);
  });

  test('a body of few characters and many bytes: 413', async () => {
    expect((await receiver.deliver(`"${'😀'.repeat(65_536)}"`)).status).toBe(413);
  });
});
