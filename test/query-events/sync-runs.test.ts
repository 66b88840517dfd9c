import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { requestRun } from '../../functions/ledger/runs/requested-runs.ts';
import type { ShownRun } from '../../functions/ledger/runs/sync-runs.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { pageOf, target, walk } from './pages.ts';
import { type Reader, startReader } from './reader.ts';
import { ran } from './seed.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOON = Date.parse('2026-03-20T12:00:00Z');
const runId = (number: number) => `${new Date(NOON - number * 5 * MINUTE).toISOString()}-00000000`;

let reader: Reader;

/** Six scheduled runs; the last but one failed. */
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON });
  reader = await startReader();
  for (let number = 0; number < 6; number += 1) {
    await ran(
      reader.store,
      NOON - number * 5 * MINUTE,
      number === 1 ? { status: 'failed', error: 'Telnyx failed' } : {},
    );
  }
});

afterAll(async () => {
  vi.useRealTimers();
  await reader.secrets.close();
});

const expected = [0, 1, 2, 3, 4, 5].map(runId);

describe('the runs', () => {
  test('newest first, with the counts of each', async () => {
    const { data, meta } = await pageOf<ShownRun>(reader, '/v2/sync-runs');
    expect(data.map(({ id }) => id)).toEqual(expected);
    expect(meta).toStrictEqual({ page_size: 20, next: null });
    const startedAt = NOON - 5 * MINUTE;
    expect(data[1]).toStrictEqual({
      id: runId(1),
      trigger: 'schedule',
      status: 'failed',
      from: timestampOf(startedAt - 1_200_000),
      to: timestampOf(startedAt - 5_000),
      complete_through: timestampOf(startedAt - 600_000),
      pages: 2,
      seen: 17,
      inserted: 3,
      confirmed: 1,
      upgraded: 0,
      started_at: timestampOf(startedAt),
      updated_at: timestampOf(startedAt + 1_000),
      error: 'Telnyx failed',
    });
  });

  test.each([1, 4, 6])('in pages of %i: each once', async (size) => {
    const pages = await walk<ShownRun>(reader, '/v2/sync-runs', { 'page[size]': size });
    expect(pages.flat().map(({ id }) => id)).toEqual(expected);
    expect(pages).toHaveLength(Math.ceil(6 / size));
  });

  test('while new runs begin: each older run once, from the first page on', async () => {
    const busy = await startReader();
    for (let number = 0; number < 4; number += 1) await ran(busy.store, NOON - number * MINUTE);
    let later = 0;
    const pages = await walk<ShownRun>(busy, '/v2/sync-runs', { 'page[size]': 1 }, async () => {
      later += 1;
      await ran(busy.store, NOON + later * MINUTE);
    });
    await busy.secrets.close();
    expect(pages.flat().map(({ started_at }) => started_at)).toEqual(
      [0, 1, 2, 3].map((number) => timestampOf(NOON - number * MINUTE)),
    );
  });

  test('a requested run is listed at once', async () => {
    const asked = await startReader();
    const window = { from: NOON - DAY, to: NOON - 10_000 };
    const { run } = await requestRun(asked.store, `${new Date(NOON).toISOString()}-abcdef01`, window, NOON);
    const { data } = await pageOf<ShownRun>(asked, '/v2/sync-runs');
    expect(data).toStrictEqual([run]);
    expect(run).toMatchObject({ status: 'pending', trigger: 'requested', started_at: null });
    const shown = await asked.get(`/v2/sync-runs/${encodeURIComponent(run.id)}`);
    expect(shown.body.data).toStrictEqual(run);
    await asked.secrets.close();
  });

  test('are hidden after 90 days, even if DynamoDB still has them', async () => {
    vi.setSystemTime(NOON + 90 * DAY - 12 * MINUTE);
    expect((await pageOf<ShownRun>(reader, '/v2/sync-runs')).data.map(({ id }) => id)).toEqual(expected.slice(0, 3));
    expect((await reader.get(`/v2/sync-runs/${runId(2)}`)).status).toBe(200);
    expect((await reader.get(`/v2/sync-runs/${runId(3)}`)).status).toBe(404);
    vi.setSystemTime(NOON);
  });

  test('an empty ledger has none', async () => {
    const empty = await startReader();
    expect((await pageOf(empty, '/v2/sync-runs')).data).toEqual([]);
    await empty.secrets.close();
  });
});

test.each(['unknown', 'a b', '%zz', '__proto__'])('the run %s: 404', async (id) => {
  const { status, body } = await reader.get(`/v2/sync-runs/${id}`);
  expect(status).toBe(404);
  expect(body.errors).toMatchObject([{ code: '10005' }]);
});

test.each([
  ['/v2/sync-runs', 'filter[status]', /Allowed are page\[size\], page\[after\]/],
  [`/v2/sync-runs/${runId(0)}`, 'page[size]', /There are none/],
])('%s with %s: 422', async (of, parameter, detail) => {
  const { status, body } = await reader.get(target(of, { [parameter]: '1' }));
  expect(status).toBe(422);
  expect(body.errors).toMatchObject([{ source: { parameter }, detail: expect.stringMatching(detail) }]);
});
