import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Job, JobOutcome } from '../../functions/ledger/jobs/job.ts';
import { recordProgress, startJob } from '../../functions/ledger/jobs/job-progress.ts';
import { claimItem, type JobItem, recordItemOutcome } from '../../functions/ledger/jobs/republish-items.ts';
import { createJob } from '../../functions/ledger/jobs/republish-jobs.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { uuid } from '../porting-events.ts';
import { pageOf, target, walk } from './pages.ts';
import { type Reader, startReader } from './reader.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.parse('2026-03-20T12:00:00Z');
const TOTAL = 2_503;
const jobId = (number: number) => `${new Date(NOON - number * HOUR).toISOString()}-1f3870be`;
const ids = Array.from({ length: TOTAL }, (_, number) => uuid(number));
const OUTCOMES: readonly JobOutcome[] = ['sent', 'not_found', 'failed', 'unknown'];

let reader: Reader;

/** Five jobs, an hour apart. The newest has many events; six of them have been requested from Telnyx. */
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON });
  reader = await startReader();
  const { store } = reader;
  for (let number = 0; number < 5; number += 1) {
    const made = {
      id: jobId(number),
      selection: { filter: { missed: true } },
      ids: number === 0 ? ids : [uuid(1)],
      by: 'operate:1f3870be',
      requestId: `request ${number}`,
    };
    await createJob(store, made, NOON - number * HOUR);
  }
  const job = jobId(0);
  await startJob(store, job, 'a worker', NOON + 1_000);
  for (let position = 0; position < 6; position += 1) {
    const item = { job, position, eventId: ids[position] ?? '' };
    await claimItem(store, item, 'a worker', NOON / 1_000 + 31 * DAY, NOON + 2_000);
    const outcome = OUTCOMES[position];
    if (outcome) await recordItemOutcome(store, item, outcome, NOON + 3_000);
  }
  await recordProgress(store, job, 'a worker', { sent: 1, not_found: 1, failed: 1, unknown: 1 });
});

afterAll(async () => {
  vi.useRealTimers();
  await reader.secrets.close();
});

const path = (id: string, more = '') => `/v2/republish-jobs/${encodeURIComponent(id)}${more}`;
const newest: Job = {
  id: jobId(0),
  status: 'running',
  created_at: timestampOf(NOON),
  created_by: 'operate:1f3870be',
  selection: { filter: { missed: true } },
  total: TOTAL,
  done: 4,
  outcomes: { sent: 1, not_found: 1, failed: 1, unknown: 1 },
  started_at: timestampOf(NOON + 1_000),
  ended_at: null,
  error: null,
};

describe('the jobs', () => {
  test('newest first', async () => {
    const { data, meta } = await pageOf<Job>(reader, '/v2/republish-jobs');
    expect(data.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4].map(jobId));
    expect(data[0]).toStrictEqual(newest);
    expect(meta).toStrictEqual({ page_size: 20, next: null });
  });

  test.each([1, 2, 5])('in pages of %i: each once', async (size) => {
    const pages = await walk<Job>(reader, '/v2/republish-jobs', { 'page[size]': size });
    expect(pages.flat().map(({ id }) => id)).toEqual([0, 1, 2, 3, 4].map(jobId));
  });

  test('are hidden after 30 days, even if DynamoDB still has them', async () => {
    vi.setSystemTime(NOON + 30 * DAY - 2 * HOUR);
    expect((await pageOf<Job>(reader, '/v2/republish-jobs')).data.map(({ id }) => id)).toEqual([0, 1].map(jobId));
    expect((await reader.get(path(jobId(1)))).status).toBe(200);
    expect((await reader.get(path(jobId(2)))).status).toBe(404);
    expect((await reader.get(path(jobId(2), '/items'))).status).toBe(404);
    vi.setSystemTime(NOON);
  });

  test('an empty ledger has none', async () => {
    const empty = await startReader();
    expect((await pageOf(empty, '/v2/republish-jobs')).data).toEqual([]);
    await empty.secrets.close();
  });
});

describe('one job', () => {
  test.each([
    ['encoded', path(jobId(0))],
    ['as it is', `/v2/republish-jobs/${jobId(0)}`],
  ])('its id %s', async (_, of) => {
    const { status, body } = await reader.get(of);
    expect({ status, data: body.data }).toStrictEqual({ status: 200, data: newest });
  });

  test.each(['unknown', jobId(9), 'a b', '%zz', '__proto__'])('%s: 404', async (id) => {
    for (const more of ['', '/items']) {
      const { status, body } = await reader.get(`/v2/republish-jobs/${id}${more}`);
      expect(status).toBe(404);
      expect(body.errors).toMatchObject([{ code: '10005' }]);
    }
  });
});

describe('its items', () => {
  test('in the order of their requests, each with its outcome', async () => {
    const { data, meta } = await pageOf<JobItem>(reader, path(jobId(0), '/items'), { 'page[size]': 7 });
    const outcomes = ['sent', 'not_found', 'failed', 'unknown', 'asked', 'asked', 'waiting'];
    expect(data).toStrictEqual(
      outcomes.map((outcome, position) => ({
        event_id: ids[position],
        outcome,
        at: position > 5 ? null : timestampOf(NOON + (position > 3 ? 2_000 : 3_000)),
      })),
    );
    expect(meta).toStrictEqual({ page_size: 7, next: expect.any(String) });
  });

  test.each([250, 249])('in pages of %i: each once', async (size) => {
    const pages = await walk<JobItem>(reader, path(jobId(0), '/items'), { 'page[size]': size });
    expect(pages.flat().map(({ event_id }) => event_id)).toEqual(ids);
    expect(pages).toHaveLength(Math.ceil(TOTAL / size));
  });

  test('pages of changing size continue where the previous page ended', async () => {
    const first = await pageOf<JobItem>(reader, path(jobId(0), '/items'), { 'page[size]': 3 });
    const query = { 'page[size]': 2, 'page[after]': first.meta.next ?? '' };
    const { data } = await pageOf<JobItem>(reader, path(jobId(0), '/items'), query);
    expect(data.map(({ event_id }) => event_id)).toEqual(ids.slice(3, 5));
  });
});

test.each([
  ['/v2/republish-jobs', 'filter[status]', /Allowed are page\[size\], page\[after\]/],
  [path(jobId(0)), 'page[size]', /There are none/],
  [path(jobId(0), '/items'), 'filter[outcome]', /Allowed are page\[size\], page\[after\]/],
])('%s with %s: 422', async (of, parameter, detail) => {
  const { status, body } = await reader.get(target(of, { [parameter]: '1' }));
  expect(status).toBe(422);
  expect(body.errors).toMatchObject([{ source: { parameter }, detail: expect.stringMatching(detail) }]);
});
