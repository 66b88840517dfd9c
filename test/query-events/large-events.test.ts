import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LedgerEvent } from '../../functions/ledger/events/row.ts';
import { changeOrder } from '../../functions/ledger/orders/orders.ts';
import { orderFactOf } from '../../functions/porting/order-fact-of.ts';
import { eventually } from '../eventually.ts';
import { captureLog } from '../handlers.ts';
import { listedEvent, uuid } from '../porting-events.ts';
import { commandLineOf } from './command-line.ts';
import { walk } from './pages.ts';
import { delivered, listed, type Reader, startReader } from './reader.ts';

beforeEach(() => void captureLog());
afterEach(() => void vi.restoreAllMocks());

const ORDER = uuid(1_000_000);
const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => uuid(from + index));
const idsOf = (events: readonly LedgerEvent[]) => events.map(({ id }) => id);

/** A comment of the given length, a minute after the previous one. */
function comment(number: number, characters: number) {
  const created_at = new Date(Date.UTC(2026, 2, 1, 12, number)).toISOString().replace('Z', '000Z');
  const payload = {
    porting_order_id: ORDER,
    comment: { id: uuid(number), body: '"'.repeat(characters / 2), user_type: 'admin' },
  };
  return listedEvent(number, {
    event_type: 'porting_order.new_comment',
    porting_order_id: ORDER,
    created_at,
    payload,
  } as never);
}

async function startLarge(comments: number, characters: number): Promise<Reader> {
  const reader = await startReader();
  for (let number = 1; number <= comments; number += 1) await listed(reader.store, comment(number, characters));
  const [first] = [comment(1, 2)];
  const knowledge = { createdAt: first.created_at ?? '', version: '1#', listed: true, webhook: false };
  await changeOrder(reader.store, ORDER, Date.now(), () => [orderFactOf(first, knowledge)]);
  return reader;
}

describe('an order with 40 comments of 200 KB', () => {
  test('is shown in full by the command line, which requests smaller pages until they fit', async () => {
    const cli = await commandLineOf(await startLarge(40, 200_000));
    const { events } = JSON.parse(await cli.json('order', ORDER));
    expect(idsOf(events)).toEqual(ids(1, 40));
    expect(events[39].payload.comment.body).toHaveLength(100_000);
    expect(cli.asked.filter((one) => one.endsWith(' 422')).length).toBeGreaterThan(0);
  });

  test('does not overwhelm tail when all its events arrive at once', async () => {
    const reader = await startReader();
    const cli = await commandLineOf(reader);
    const tail = cli.begin('tail', '--type', 'new_comment', '--json');
    let ended = false;
    void tail.ended.then(() => {
      ended = true;
    });
    await eventually(() => expect(cli.asked.length).toBeGreaterThanOrEqual(2));
    await Promise.all(ids(1, 28).map((_, index) => delivered(reader.store, comment(index + 1, 200_000))));
    await eventually(() => ended || expect(tail.said.stdout.split('\n')).toHaveLength(29));
    tail.interrupt();
    expect(await tail.ended).toMatchObject({ code: 0, stderr: 'Listening for events. Ctrl-C ends it.\n' });
    const told = tail.said.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(idsOf(told).sort()).toEqual(ids(1, 28));
    expect(cli.asked.filter((one) => one.endsWith(' 422')).length).toBeGreaterThan(0);
  });
});

describe('the largest possible events, half of whose text is quotes that the answer escapes again', () => {
  test.each([
    `/v2/orders/${ORDER}/events`,
    '/v2/arrivals',
    `/v2/arrivals?filter[porting_order_id]=${ORDER}`,
    '/v2/arrivals?filter[type]=porting_order.new_comment',
  ])('%s returns them one by one', async (path) => {
    const reader = await startLarge(16, 374_000);
    const [route = '', filter] = path.split('?');
    const [name = '', value = ''] = filter?.split('=') ?? [];
    const pages = await walk<LedgerEvent>(reader, route, { ...(filter && { [name]: value }), 'page[size]': 1 });
    expect(idsOf(pages.flat()).sort()).toEqual(ids(1, 16));
  });

  test('list and show return them one by one', async () => {
    const { get } = await startLarge(16, 374_000);
    for (const [index, id] of ids(1, 16).reverse().entries()) {
      expect((await get(`/v2/porting/events?page[size]=1&page[number]=${index + 1}`)).body.data).toMatchObject([
        { id },
      ]);
      expect((await get(`/v2/porting/events/${id}`)).body.data).toMatchObject({ id });
    }
  });
});
