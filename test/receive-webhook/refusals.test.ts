import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { keepRejected } from '../../functions/ledger/rejections/rejections.ts';
import type { Store } from '../../functions/ledger/table/store.ts';
import { otherFamilyCounter, refusalCounter } from '../../functions/receive-webhook/refusals.ts';
import { counting } from '../counting-client.ts';
import { captureLog } from '../handlers.ts';
import { openStore } from '../open-store.ts';
import { everyRowIn, rowsIn, startReceiver, statusWebhook } from './receiver.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');

describe('refused requests', () => {
  test('are counted by hour and reason, without anything of the request', async () => {
    const { invoke, store } = await startReceiver();
    const secret = `secret-${randomUUID()}`;
    for (const headers of [{}, { 'telnyx-signature-ed25519': secret, 'telnyx-timestamp': '1' }]) {
      expect((await invoke({ method: 'POST', headers, body: statusWebhook(secret) })).status).toBe(401);
    }
    const rows = await everyRowIn(store, 'control');
    expect(rows.map(({ kind, reason, count }) => [kind?.S, reason?.S, count?.N]).sort()).toEqual([
      ['refusal', 'signature missing', '1'],
      ['refusal', 'timestamp too old or ahead', '1'],
    ]);
    expect(rows[0]?.expires_at?.N).toMatch(/^\d{10}$/);
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  test('cost one row and one write in 10 s for each reason, even in a flood', async () => {
    const { store, requests } = counting(await openStore());
    const count = refusalCounter(store);
    for (let number = 0; number < 1_000; number += 1) await count('signature wrong', NOON + number * 20);
    expect(requests()).toEqual({ UpdateItem: 2 });
    await count('signature wrong', NOON + 20_000);
    const [row, ...more] = await everyRowIn(store, 'control');
    expect(row).toMatchObject({ id: { S: '2026-03-20T12#signature wrong' }, count: { N: '1001' } });
    expect(more).toEqual([]);
  });

  test('get their answer even if the table cannot be written', async () => {
    const store = await openStore();
    const client = Object.create(store.client, { send: { value: () => Promise.reject(new Error('down')) } });
    const log = captureLog();
    await refusalCounter({ ...store, client })('signature wrong', NOON);
    vi.restoreAllMocks();
    expect(log.lines()).toMatchObject([{ event: 'rejections_not_counted', count: 1 }]);
  });
});

describe("other products' webhooks", () => {
  const countsIn = async (store: Store) =>
    Object.fromEntries((await everyRowIn(store, 'control')).map(({ id, count }) => [id?.S, count?.N]));

  test('cost one row an hour and one write in 10 s for each event type, even in a flood', async () => {
    const { store, requests } = counting(await openStore());
    const count = otherFamilyCounter(store);
    for (let number = 0; number < 1_000; number += 1) await count('message.sent', NOON + number * 20);
    expect(requests()).toEqual({ UpdateItem: 2 });
    await count('message.sent', NOON + 20_000);
    expect(await countsIn(store)).toEqual({ '2026-03-20T12#message.sent': '1001' });
  });

  test('make at most 21 rows an hour, and none holds a type that is not spelled as one', async () => {
    const store = await openStore();
    const count = otherFamilyCounter(store);
    for (const type of ['PIN 4711', 'x'.repeat(101), 'a\nb']) await count(type, NOON);
    for (let number = 0; number < 50; number += 1) await count(`type.number_${number}`, NOON + 10_000);
    const counts = await countsIn(store);
    expect(Object.keys(counts)).toHaveLength(21);
    await count('type.number_0', NOON + 20_000);
    await count('type.number_49', NOON + 20_000);
    expect(await countsIn(store)).toMatchObject({
      '2026-03-20T12#type.number_0': '2',
      '2026-03-20T12#any other type': '34',
    });
  });
});

describe('unreadable bodies', () => {
  test('are stored up to 200 in each hour', async () => {
    const store = await openStore();
    const keep = (number: number, now: number) => keepRejected(store, Buffer.from(`no JSON ${number}`), 'no JSON', now);
    const kept = await Promise.all(Array.from({ length: 230 }, (_, number) => keep(number, NOON)));
    expect(kept.filter(Boolean)).toHaveLength(200);
    expect(await rowsIn(store, 'control')).toHaveLength(200);
    expect(await keep(500, NOON + 3_600_000)).toBe(true);
  });
});
