import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readOpenSpans, recordOpenSpan } from '../../functions/ledger/runs/open-spans.ts';
import { oldestRequested } from '../../functions/ledger/runs/requested-runs.ts';
import { newRun, putRun } from '../../functions/ledger/runs/sync-runs.ts';
import { captureLog } from '../handlers.ts';
import { rowsIn } from '../receive-webhook/receiver.ts';
import { RUNS, type Starter, startStarter } from './starter.ts';

const range = { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' };

let starter: Starter;

beforeEach(async () => {
  captureLog();
  starter = await startStarter();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await starter.close();
});

test('a requested range is queued, and shown as a pending run', async () => {
  const { status, body } = await starter.post(RUNS, range);
  expect(status).toBe(202);
  expect(body.data).toEqual({
    id: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z-[0-9a-f]{8}$/),
    trigger: 'requested',
    status: 'pending',
    from: '2026-03-01T00:00:00.000000Z',
    to: '2026-03-02T00:00:00.001000Z',
    complete_through: '2026-03-01T00:00:00.000000Z',
    pages: 0,
    seen: 0,
    inserted: 0,
    confirmed: 0,
    upgraded: 0,
    started_at: null,
    updated_at: expect.any(String),
    error: null,
  });
  const { id } = body.data as { id: string };
  const whole = { from: Date.parse(range.from), to: Date.parse(range.to) + 1 };
  expect(await oldestRequested(starter.store, Date.now())).toMatchObject({
    id,
    window: whole,
    through: whole.from,
    failures: 0,
  });
});

test('a range that begins before the first event or ends in the future is cut to what can be listed', async () => {
  const { body } = await starter.post(RUNS, { from: '1999-01-01T00:00:00Z', to: '2999-01-01T00:00:00Z' });
  const { from, to } = body.data as { from: string; to: string };
  expect(from).toBe('2015-01-01T00:00:00.000000Z');
  expect(Math.abs(Date.parse(to) - Date.now())).toBeLessThan(60_000);
});

test('the same Idempotency-Key: the same run, whatever its progress', async () => {
  const future = { ...range, to: '2999-01-01T00:00:00Z' };
  const first = await starter.post(RUNS, future, 'a-key');
  expect(first.status).toBe(202);
  const requested = await oldestRequested(starter.store, Date.now());
  if (requested) await putRun(starter.store, { ...requested, status: 'complete' }, Date.now());
  const again = await starter.post(RUNS, future, 'a-key');
  expect({ status: again.status, data: again.body.data }).toEqual({
    status: 200,
    data: { ...(first.body.data as object), status: 'complete', updated_at: expect.any(String) },
  });
  expect(again.headers).toHaveProperty('idempotent-replayed', 'true');
  expect(await oldestRequested(starter.store, Date.now())).toBeUndefined();
  expect((await starter.post(RUNS, range, 'a-key')).status).toBe(422);
});

test('a pending run can be cancelled, even twice; a scheduled run cannot and is returned unchanged', async () => {
  const { body } = await starter.post(RUNS, range);
  const { id } = body.data as { id: string };
  for (let time = 0; time < 2; time += 1) {
    const { status, body: answer } = await starter.post(`${RUNS}/${id}/cancel`);
    expect({ status, data: answer.data }).toMatchObject({
      status: 200,
      data: { id, status: 'cancelled', error: null },
    });
  }
  expect(await oldestRequested(starter.store, Date.now())).toBeUndefined();

  const scheduled = '2026-03-01T00:00:00.000Z-0123abcd';
  const window = { from: 0, to: 1 };
  const run = newRun({ id: scheduled, startedAt: 0, trigger: 'schedule', window, status: 'running' });
  await putRun(starter.store, run, Date.now());
  const other = await starter.post(`${RUNS}/${scheduled}/cancel`);
  expect(other).toMatchObject({ status: 200, body: { data: { id: scheduled, status: 'running' } } });
  expect((await starter.post(`${RUNS}/2026-03-01T00:00:00.000Z-00000000/cancel`)).status).toBe(404);
});

describe('an invalid range: a 422 points at the mistake, and nothing is written', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['no body', undefined, '', /not JSON/],
    ['no from', { to: range.to }, '/from', /"from" is missing/],
    ['no to', { from: range.from }, '/to', /"to" is missing/],
    ['a day', { ...range, to: '2026-03-02' }, '/to', /"to" is "2026-03-02".*date-time/],
    ['a number of days', { days: 7 }, '/days', /no member "days"/],
    ['backwards', { from: range.to, to: range.from }, '/from', /later than "to"/],
    ['the future', { from: '2998-01-01T00:00:00Z', to: '2999-01-01T00:00:00Z' }, '/from', /nothing to list/],
    ['the past', { from: '1998-01-01T00:00:00Z', to: '1999-01-01T00:00:00Z' }, '/from', /nothing to list/],
  ])('%s', async (_, body, pointer, says) => {
    const { status, body: answer } = await starter.post(RUNS, body);
    expect(status).toBe(422);
    expect(answer.errors).toMatchObject([{ detail: expect.stringMatching(says), source: { pointer } }]);
    expect(await rowsIn(starter.store, 'control')).toEqual([]);
  });
});

describe('an open span', () => {
  const close = (id: string) => starter.post(`/v2/open-spans/${encodeURIComponent(id)}/close`);

  test('is closed by its id: 204, and it no longer exists', async () => {
    const span = { from: Date.parse(range.from), to: Date.parse(range.to) };
    await recordOpenSpan(starter.store, span, 'it contradicts itself', Date.now());
    const id = '2026-03-01T00:00:00.000Z--2026-03-02T00:00:00.000Z';
    expect(await readOpenSpans(starter.store)).toMatchObject([{ id, ...span, tries: 1 }]);
    expect((await close(id)).status).toBe(204);
    expect(await readOpenSpans(starter.store)).toEqual([]);
    expect((await close(id)).status).toBe(404);
    expect((await close('a b')).status).toBe(404);
  });

  test('is merged with spans that it overlaps or touches', async () => {
    const record = (from: number, to: number) => recordOpenSpan(starter.store, { from, to }, 'why', Date.now());
    await record(1_000, 2_000);
    await record(3_000, 4_000);
    await record(9_000, 9_500);
    await record(2_000, 3_500);
    const spans = (await readOpenSpans(starter.store)).map(({ from, to, tries }) => [from, to, tries]);
    expect(spans).toEqual([
      [1_000, 4_000, 2],
      [9_000, 9_500, 1],
    ]);
  });
});
