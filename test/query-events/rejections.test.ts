import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { listRejections, type Rejection } from '../../functions/ledger/rejections/rejection-list.ts';
import {
  countOtherFamily,
  countRefusals,
  keepRejected,
  keepRejectedRecords,
} from '../../functions/ledger/rejections/rejections.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { counting } from '../counting-client.ts';
import { pageOf, target, walk } from './pages.ts';
import { type Reader, startReader } from './reader.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.parse('2026-03-20T12:00:00Z');

let reader: Reader;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON });
  reader = await startReader();
  const { store } = reader;
  for (let hour = 0; hour < 7; hour += 1) {
    await countRefusals(store, 'signature wrong', 10, NOON - hour * HOUR);
    await countRefusals(store, 'too old', 1, NOON - hour * HOUR);
    await keepRejected(store, Buffer.from(`a person's name ${hour}`), 'not JSON', NOON - hour * HOUR + 1_000);
  }
  // The same body again, an hour later: it stays one rejection, and moves to the time of its latest arrival.
  await keepRejected(store, Buffer.from("a person's name 3"), 'not JSON', NOON - 2 * HOUR + 2_000);
});

afterAll(async () => {
  vi.useRealTimers();
  await reader.secrets.close();
});

const placeOf = ({ last_at, id }: Rejection) => `${last_at}#${id}`;

describe('the list', () => {
  test('shows both kinds, the latest first, and never a body', async () => {
    const answer = await reader.get(target('/v2/rejections', { 'page[size]': 250 }));
    const data = answer.body.data as readonly Rejection[];
    expect(data).toHaveLength(21);
    expect(data.map(placeOf)).toEqual(data.map(placeOf).toSorted().reverse());
    expect(answer.body.meta).toStrictEqual({ page_size: 250, next: null, complete: true });
    expect(answer.text).not.toContain('person');
    const last = timestampOf(NOON);
    expect(data.slice(0, 3)).toStrictEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{64}$/),
        kind: 'unreadable',
        reason: 'not JSON',
        first_at: timestampOf(NOON + 1_000),
        last_at: timestampOf(NOON + 1_000),
        count: 1,
        body_bytes: 17,
      },
      ...['too old', 'signature wrong'].map((reason) => ({
        id: `2026-03-20T12#${reason}`,
        kind: 'refused',
        reason,
        first_at: last,
        last_at: last,
        count: reason === 'too old' ? 1 : 10,
        body_bytes: null,
      })),
    ]);
    expect(data.find(({ count, kind }) => kind === 'unreadable' && count === 2)).toMatchObject({
      first_at: timestampOf(NOON - 3 * HOUR + 1_000),
      last_at: timestampOf(NOON - 2 * HOUR + 2_000),
    });
  });

  test("shows other products' webhooks by hour and event type, in words", async () => {
    const one = await startReader();
    for (const minutes of [50, 40, 10]) await countOtherFamily(one.store, 'message.sent', 5, NOON - minutes * 60_000);
    expect((await pageOf(one, '/v2/rejections')).data).toStrictEqual([
      {
        id: '2026-03-20T11#message.sent',
        kind: 'other_family',
        reason: 'message.sent is an event of another product than port-in',
        first_at: timestampOf(NOON - 50 * 60_000),
        last_at: timestampOf(NOON - 10 * 60_000),
        count: 15,
        body_bytes: null,
      },
    ]);
    await one.secrets.close();
  });

  test('shows a listed record once, however often runs have read it', async () => {
    const one = await startReader();
    for (const hours of [3, 2, 1])
      await keepRejectedRecords(one.store, [{ json: '{"a":1}', reason: 'no id' }], NOON - hours * HOUR);
    expect((await pageOf(one, '/v2/rejections')).data).toStrictEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{64}$/),
        kind: 'listed',
        reason: 'no id',
        first_at: timestampOf(NOON - 3 * HOUR),
        last_at: timestampOf(NOON - HOUR),
        count: 1,
        body_bytes: 7,
      },
    ]);
    await one.secrets.close();
  });

  test.each([1, 4, 21])('in pages of %i shows each once', async (size) => {
    const pages = await walk<Rejection>(reader, '/v2/rejections', { 'page[size]': size });
    const places = pages.flat().map(placeOf);
    expect(places).toHaveLength(21);
    expect(places).toEqual(places.toSorted().reverse());
    expect(pages).toHaveLength(Math.ceil(21 / size));
  });

  test('hides what is older than 30 days, even if DynamoDB still has it', async () => {
    vi.setSystemTime(NOON + 30 * DAY - 3 * HOUR - 60_000);
    const { data } = await pageOf<Rejection>(reader, '/v2/rejections');
    expect(data.every(({ last_at }) => last_at >= timestampOf(NOON - 3 * HOUR))).toBe(true);
    expect(data).toHaveLength(12);
    vi.setSystemTime(NOON + 31 * DAY);
    expect((await pageOf(reader, '/v2/rejections')).data).toEqual([]);
    vi.setSystemTime(NOON);
  });

  test('is empty in an empty ledger', async () => {
    const empty = await startReader();
    const { data, meta } = await pageOf(empty, '/v2/rejections');
    expect({ data, meta }).toStrictEqual({ data: [], meta: { page_size: 20, next: null, complete: true } });
    await empty.secrets.close();
  });
});

test('after a flood of large bodies a page still costs few requests: it is short, and says so', async () => {
  const flooded = await startReader();
  for (let number = 0; number < 60; number += 1) {
    await keepRejected(flooded.store, Buffer.alloc(250_000, `${number} `), 'not JSON', NOON);
  }
  await countRefusals(flooded.store, 'too old', 1, NOON);
  const { store, requests } = counting(flooded.store);
  const { things, complete } = await listRejections(store, { size: 250, after: undefined }, NOON);
  await flooded.secrets.close();
  expect(complete).toBe(false);
  expect(things.some(({ kind }) => kind === 'refused')).toBe(true);
  expect(requests()).toEqual({ Query: 13 });
});

test.each([
  ['filter[kind]', 'refused', /Allowed are page\[size\], page\[after\]/],
  ['page[size]', '0', /1 to 250/],
])('%s=%s: a 422 says what is allowed', async (parameter, given, detail) => {
  const { status, body } = await reader.get(target('/v2/rejections', { [parameter]: given }));
  expect(status).toBe(422);
  expect(body.errors).toMatchObject([{ source: { parameter }, detail: expect.stringMatching(detail) }]);
});
