import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import { publishRows } from '../../functions/publish-events/publish.ts';
import { captureLog } from '../handlers.ts';
import { jsonText } from '../json-texts.ts';
import { startRealBus } from '../real-bus.ts';
import { type Receiver, startReceiver } from '../receive-webhook/receiver.ts';
import { openRig } from '../sync-events/rig.ts';
import { type CommandLine, commandLineOf } from './command-line.ts';
import { type Reader, startReader } from './reader.ts';

beforeEach(() => void captureLog());
afterEach(() => void vi.restoreAllMocks());

const OCCURRED = '2026-03-01T12:00:00.000000Z';

/** Numbers that a JavaScript number cannot hold, and one that it would write in another way. */
const ISSUE = '[12345678901234567890,1e400,-0,1.0]';

/** Publishes after a write, to a bus that keeps the detail of each entry as the text that was sent. */
async function startPublisher(store: OrderStore) {
  const details: string[] = [];
  const keep = ({ Detail = '' }) => void details.push(Detail);
  const { client } = await startRealBus({ entry: (entry) => keep(entry) as undefined });
  const publisher = { store, bus: client, apiUrl: 'https://ledger.example' };
  const publish = (id: string) => publishRows([id], publisher, () => Date.parse(OCCURRED), 'stream');
  return { details, publish };
}

/** Everything that shows an event or its order. */
async function shownBy(reader: Reader, cli: CommandLine, id: string, order: string) {
  const targets = [
    `/v2/porting/events/${id}`,
    `/v2/porting/events?filter[porting_order_id]=${order}`,
    `/v2/orders/${order}/events`,
    `/v2/arrivals?filter[porting_order_id]=${order}`,
  ];
  const answers = [];
  for (const target of targets) answers.push((await reader.get(target)).text);
  return [...answers, await cli.json('events', '--order', order), await cli.json('order', order)];
}

function webhook({ deliver }: Receiver, id: string, type: string, payload: string, more: object = {}) {
  const data = { id, event_type: type, occurred_at: OCCURRED, payload: 'HERE', record_type: 'event', ...more };
  return deliver(JSON.stringify({ data }).replace('"HERE"', () => payload));
}

/** A page of Telnyx's list with one record. */
function page(id: string, order: string, type: string, payload: string, meta: string): string {
  const about = { id, event_type: type, porting_order_id: order, payload_status: 'completed', payload: 'HERE' };
  const record = JSON.stringify({ ...about, created_at: OCCURRED }).replace('"HERE"', () => payload);
  return `{"data":[${record}],"meta":${meta}}`;
}

test('any number in a webhook keeps its spelling in every list, on the bus and in the command line', async () => {
  const receiver = await startReceiver();
  const reader = await startReader(undefined, receiver.store);
  const { details, publish } = await startPublisher(reader.store);
  const cli = await commandLineOf(reader);
  await fc.assert(
    fc.asyncProperty(jsonText, jsonText, async (novel, messaging) => {
      const [id, order] = [randomUUID(), randomUUID()];
      const told = `"messaging":{"messaging_port_status":"pending","numbers":${ISSUE},"told":${messaging}}`;
      const payload = `{"id":"${order}",${told},"novel":${novel}}`;
      expect((await webhook(receiver, id, 'porting_order.messaging_changed', payload)).body.result).toBe('stored');
      await publish(id);
      for (const text of [...(await shownBy(reader, cli, id, order)), details.at(-1)]) expect(text).toContain(payload);
      const states = [(await reader.get(`/v2/orders/${order}`)).text, await cli.json('order', order), details.at(-1)];
      for (const text of states) expect(text?.replace(payload, '')).toContain(told);
    }),
    { numRuns: 25 },
  );
});

test('numbers in an exception keep their spelling in its order, on the bus and in words, after each fold', async () => {
  const receiver = await startReceiver();
  const reader = await startReader(undefined, receiver.store);
  const { details, publish } = await startPublisher(reader.store);
  const [id, order] = [randomUUID(), randomUUID()];
  const reasons = `"details":[{"code":12345678901234567890,"description":-0}]`;
  const payload = `{"id":"${order}","status":{"value":"exception",${reasons}}}`;
  await webhook(receiver, id, 'porting_order.status_changed', payload);
  await publish(id);
  expect(details.at(-1)).toContain(`"status":{"value":"exception",${reasons}},"status_since"`);
  const later = randomUUID();
  await webhook(receiver, later, 'porting_order.new_comment', `{"porting_order_id":"${order}"}`);
  await publish(later);
  expect((await reader.get('/v2/orders')).text).toContain(reasons);
  const stdout = await (await commandLineOf(reader)).words('order', order);
  expect(stdout).toContain('12345678901234567890: -0');
});

test("any number in a listed record keeps its spelling; the page's totals may have any spelling", async () => {
  const rig = await openRig();
  const reader = await startReader(undefined, rig.store);
  const { details, publish } = await startPublisher(rig.store);
  const cli = await commandLineOf(reader);
  await fc.assert(
    fc.asyncProperty(jsonText, async (novel) => {
      const [id, order] = [randomUUID(), randomUUID()];
      const payload = `{"id":"${order}","numbers":${ISSUE},"novel":${novel}}`;
      const meta = '{"page_number":1.0,"page_size":10,"total_pages":1.0,"total_results":1E0}';
      rig.telnyx.intercept = () => ({ body: page(id, order, 'porting_order.teleported', payload, meta) });
      expect((await rig.run({ from: Date.parse(OCCURRED) - 1, to: Date.parse(OCCURRED) + 1 }))?.status).toBe(
        'complete',
      );
      await publish(id);
      for (const text of [...(await shownBy(reader, cli, id, order)), details.at(-1)]) expect(text).toContain(payload);
    }),
    { numRuns: 10 },
  );
});

/** Every kind of JSON except objects. */
const ODD = ['"a text"', '""', '[{"a":1.0}]', '[]', '17', '12345678901234567890', '0', 'true', 'false'];
const TYPES = ['status_changed', 'new_comment', 'split', 'messaging_changed', 'deleted', 'teleported'];

describe.each(ODD)('a payload that is %s', (payload) => {
  const types = payload === '"a text"' ? TYPES : ['new_comment'];

  test(`in a webhook, ${types.join(', ')}, is stored and shown unchanged`, async () => {
    const receiver = await startReceiver();
    const reader = await startReader(undefined, receiver.store);
    const { details, publish } = await startPublisher(reader.store);
    const cli = await commandLineOf(reader);
    for (const type of types) {
      const [id, order] = [randomUUID(), randomUUID()];
      const about = { porting_order_id: order };
      const answer = await webhook(receiver, id, `porting_order.${type}`, payload, about);
      expect(answer).toMatchObject({ status: 200, body: { result: 'stored' } });
      expect((await publish(id)).failed).toEqual(new Map());
      const texts = [...(await shownBy(reader, cli, id, order)), details.at(-1)];
      for (const text of texts) expect(text).toContain(`"payload":${payload},`);
      expect((await reader.get(`/v2/orders/${order}`)).body.data).toMatchObject({ events: { total: 1 } });
      expect(await cli.words('events', '--order', order)).not.toMatch(/ (by|into) +[0-9a-f]{8}-/);
      expect(await cli.words('order', order)).toContain('1 event');
    }
  });

  test('in a listed record, is stored and shown unchanged, even if the webhook had another payload', async () => {
    const rig = await openRig();
    const receiver = await startReceiver({ store: rig.store });
    const reader = await startReader(undefined, rig.store);
    const { details, publish } = await startPublisher(rig.store);
    const cli = await commandLineOf(reader);
    const [id, order] = [randomUUID(), randomUUID()];
    await webhook(receiver, id, 'porting_order.split', `{"from":{"id":"${order}"}}`);
    const meta = '{"page_number":1,"page_size":10,"total_pages":1,"total_results":1}';
    rig.telnyx.intercept = () => ({ body: page(id, order, 'porting_order.split', payload, meta) });
    expect((await rig.run({ from: Date.parse(OCCURRED) - 1, to: Date.parse(OCCURRED) + 1 }))?.status).toBe('complete');
    expect((await publish(id)).failed).toEqual(new Map());
    const texts = [...(await shownBy(reader, cli, id, order)), details.at(-1)];
    for (const text of texts) expect(text).toContain(`"payload":${payload},`);
  });
});
