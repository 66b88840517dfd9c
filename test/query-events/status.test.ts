import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Finding } from '../../functions/health/findings.ts';
import { learnChannel } from '../../functions/ledger/events/channels.ts';
import { learnIdsAgree, learnIdsDiffer } from '../../functions/ledger/events/id-agreement.ts';
import { putLookedThrough, takeShare } from '../../functions/ledger/gaps/healing.ts';
import { recordProgress, startJob } from '../../functions/ledger/jobs/job-progress.ts';
import { createJob } from '../../functions/ledger/jobs/republish-jobs.ts';
import type { HeldFact } from '../../functions/ledger/orders/order-packing.ts';
import { changeOrder } from '../../functions/ledger/orders/orders.ts';
import {
  countOtherFamily,
  countRefusals,
  keepRejected,
  keepRejectedRecords,
} from '../../functions/ledger/rejections/rejections.ts';
import { requestRun } from '../../functions/ledger/runs/requested-runs.ts';
import type { SyncRun } from '../../functions/ledger/runs/sync-runs.ts';
import { beginRun, endRun, moveCursor } from '../../functions/ledger/runs/sync-state.ts';
import { putDeadLetters } from '../../functions/ledger/status/dead-letters.ts';
import { openFinding } from '../../functions/ledger/status/findings.ts';
import type { LedgerStatus } from '../../functions/ledger/status/ledger-status.ts';
import { readStatus } from '../../functions/ledger/status/status.ts';
import { recordFault } from '../../functions/ledger/status/upstream-state.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import type { ShownStatus } from '../../functions/query-events/status.ts';
import { counting } from '../counting-client.ts';
import { uuid } from '../porting-events.ts';
import { target } from './pages.ts';
import { listed, type Reader, startReader } from './reader.ts';
import { eventAt, missed, overdue, ran, recovered, tell, unlisted } from './seed.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
const NOON = Date.parse('2026-03-20T12:00:00Z');

let reader: Reader;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON });
  reader = await startReader();
});

afterEach(async () => {
  vi.useRealTimers();
  await reader.secrets.close();
});

async function status(): Promise<ShownStatus> {
  const answer = await reader.get('/v2/status');
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data as ShownStatus;
}

/** Makes a scheduled run that began `ago` milliseconds ago and completed. */
async function synced(ago: number): Promise<void> {
  const lease = await beginRun(reader.store, 'a run', NOON - ago);
  if (!lease) throw new Error('another run has the lease');
  await moveCursor(reader.store, lease, NOON - ago - 30 * SECOND);
  await endRun(reader.store, lease, Date.now(), { status: 'complete', completedAt: NOON - ago });
}

test('of an empty ledger', async () => {
  expect(await status()).toMatchObject({
    well: false,
    sync: {
      last_complete_at: null,
      last_status: null,
      complete_through: null,
      cursor_lag_seconds: null,
      running: false,
      cursor_set_back_at: null,
      open_spans: [],
      last_runs: [],
      failed_requests: [],
    },
    publishing: { unpublished: 0, oldest_unpublished_seconds: null, undecided_orders: 0 },
    gaps: { missed_24h: 0, recovered_24h: 0, awaiting: 0, unlisted_24h: 0 },
    rejections: {
      refused_24h: 0,
      refused_since_webhook: 0,
      unreadable_24h: 0,
      listed_24h: 0,
      other_family_24h: 0,
      other_family_latest: null,
    },
    upstream: { last_fault: null, rate_limited_until: null, clock_ahead_seconds: null, orders_refused: null },
    ids_agree: null,
    channels: [],
    healing: { mode: 'off', asked_today: 0, per_day: 50 },
    overdue_orders: 0,
    large_orders: [],
    disagreeing_orders: [],
    oldest_job: null,
    dead_letters: null,
    notices_failing: [],
    at_least: [],
  });
});

test('of a healthy ledger: well', async () => {
  await synced(60 * SECOND);
  expect(await status()).toMatchObject({ well: true, findings: [] });
});

describe('the sync', () => {
  test('how far the list is read, and the last five runs', async () => {
    for (let number = 0; number < 7; number += 1) await ran(reader.store, NOON - number * 300 * SECOND);
    await synced(90 * SECOND);
    const { sync } = await status();
    expect(sync).toMatchObject({
      last_complete_at: timestampOf(NOON - 90 * SECOND),
      last_status: 'complete',
      complete_through: timestampOf(NOON - 120 * SECOND),
      cursor_lag_seconds: 120,
      running: false,
      cursor_set_back_at: null,
      open_spans: [],
    });
    expect(sync.last_runs.map(({ started_at }) => started_at)).toEqual(
      [0, 1, 2, 3, 4].map((number) => timestampOf(NOON - number * 300 * SECOND)),
    );
  });

  test('is running until the run ends or its lease expires', async () => {
    await beginRun(reader.store, 'a run', NOON);
    expect((await status()).sync.running).toBe(true);
    vi.setSystemTime(NOON + 91 * SECOND);
    expect((await status()).sync.running).toBe(false);
    const lease = await beginRun(reader.store, 'another run', NOON + 91 * SECOND);
    expect((await status()).sync.running).toBe(true);
    if (lease) await endRun(reader.store, lease, Date.now(), { status: 'failed' });
    expect((await status()).sync).toMatchObject({ running: false, last_status: 'failed' });
  });
});

test('events in the outbox, and how long the oldest has waited', async () => {
  for (let number = 0; number < 9; number += 1) {
    await listed(reader.store, eventAt(number, NOON), NOON - (number + 1) * 10 * SECOND);
  }
  expect((await status()).publishing).toEqual({
    unpublished: 9,
    oldest_unpublished_seconds: 90,
    undecided_orders: 0,
  });
});

test('orders that stay undecided until the ledger is current', async () => {
  const { store } = reader;
  const refused = (number: number, value: string): HeldFact => ({
    id: uuid(number),
    at: '2026-03-20T11:00:00.000000Z',
    type: 'porting_order.status_changed',
    v: '1',
    listed: true,
    webhook: false,
    status: { value, details: [] },
  });
  for (const number of [1, 2])
    await changeOrder(store, uuid(0xa0 + number), NOON, () => [refused(number, 'exception')]);
  await changeOrder(store, uuid(0xb0), NOON, () => [refused(3, 'submitted')]);
  expect((await status()).publishing.undecided_orders).toBe(2);
});

test('gaps of the last 24 hours, and webhooks that are still awaited', async () => {
  const { store } = reader;
  const recent = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => eventAt(number, NOON - number * HOUR));
  for (const event of recent.slice(0, 4)) await missed(store, event, NOON);
  for (const event of recent.slice(4, 7)) await recovered(store, event, NOON);
  for (const event of recent.slice(7)) await listed(store, event, NOON);
  await missed(store, eventAt(20, NOON - 25 * HOUR), NOON);
  await recovered(store, eventAt(21, NOON - 25 * HOUR), NOON);
  // An event is at least a day old when it is found unlisted; the time of the finding counts.
  for (const number of [30, 31, 32]) await unlisted(store, eventAt(number, NOON - 3 * DAY), NOON - 2 * HOUR);
  await unlisted(store, eventAt(33, NOON - 5 * DAY), NOON - 2 * DAY);
  await listed(store, eventAt(32, NOON - 3 * DAY), NOON);
  expect((await status()).gaps).toEqual({ missed_24h: 4, recovered_24h: 3, awaiting: 1, unlisted_24h: 2 });
});

test('rejections of the last 24 hours', async () => {
  const { store } = reader;
  vi.setSystemTime(NOON + HOUR / 2);
  for (const hours of [0, 1, 23, 24, 25]) {
    await countRefusals(store, 'signature wrong', 100, NOON - hours * HOUR);
    await countRefusals(store, 'too old', 1, NOON - hours * HOUR);
    for (const body of ['one', 'two']) await keepRejected(store, Buffer.from(body), 'not JSON', NOON - hours * HOUR);
  }
  expect((await status()).rejections).toMatchObject({ refused_24h: 303, unreadable_24h: 6, listed_24h: 0 });
  // Each record counts once, however often it is listed, until 24 hours after its latest listing.
  for (const hours of [23, 1, 0])
    await keepRejectedRecords(store, [{ json: '{"a":1}', reason: 'no id' }], NOON - hours * HOUR);
  await keepRejectedRecords(store, [{ json: '{"a":2}', reason: 'no id' }], NOON - 2 * HOUR);
  await keepRejectedRecords(store, [{ json: '{"a":3}', reason: 'no id' }], NOON - 25 * HOUR);
  expect((await status()).rejections).toMatchObject({ refused_24h: 303, unreadable_24h: 6, listed_24h: 2 });
});

test("other products' webhooks of the last 24 hours, and the type of the latest", async () => {
  const { store } = reader;
  vi.setSystemTime(NOON + HOUR / 2);
  for (const hours of [25, 24, 23, 2]) await countOtherFamily(store, 'message.sent', 10, NOON - hours * HOUR);
  await countOtherFamily(store, 'portout.new_comment', 1, NOON - HOUR);
  await countOtherFamily(store, 'message.sent', 1, NOON - HOUR - 1);
  const { rejections, findings } = await status();
  expect(rejections).toMatchObject({ other_family_24h: 22, other_family_latest: 'portout.new_comment' });
  expect(findings.map(({ code }) => code)).toContain('other_family_webhooks');
});

test('signed requests refused since the last webhook, without those of scanners', async () => {
  const { store } = reader;
  const refused = async () => (await status()).rejections.refused_since_webhook;
  await countRefusals(store, 'signature missing', 100, NOON);
  await countRefusals(store, 'signature wrong', 7, NOON - 2 * HOUR);
  await countRefusals(store, 'timestamp too old or ahead', 5, NOON);
  expect(await refused()).toBe(12);
  await learnChannel(store, 'porting_order.split', timestampOf(NOON - 2 * HOUR));
  await learnChannel(store, 'porting_order.new_comment', timestampOf(NOON - 3 * HOUR));
  expect(await refused()).toBe(5);
  await learnChannel(store, 'porting_order.split', timestampOf(NOON));
  expect(await refused()).toBe(0);
});

test('the job that makes no progress, and the counts that watch-ledger keeps', async () => {
  const { store } = reader;
  await createJob(store, { id: 'job', ids: [uuid(1)], selection: {}, by: 'me', requestId: 'r' }, NOON);
  await startJob(store, 'job', 'a worker', NOON);
  const error = { message: 'Telnyx is away.', at: NOON };
  await recordProgress(store, 'job', 'a worker', { sent: 0, not_found: 0, failed: 0, unknown: 0 }, error);
  await putDeadLetters(store, { scheduled_runs: 1, stream_batches: 2 }, NOON);
  expect(await status()).toMatchObject({
    oldest_job: { id: 'job', status: 'running', error: 'Telnyx is away.', error_since: timestampOf(NOON) },
    dead_letters: { scheduled_runs: 1, stream_batches: 2 },
  });
});

describe('a requested run that failed for good', () => {
  const request = async (ago: number, from: number, run: Partial<SyncRun>) => {
    const window = { from: NOON - from, to: NOON - ago };
    const id = `${new Date(NOON - ago).toISOString()}-requested`;
    await requestRun(reader.store, id, window, NOON - ago);
    await ran(reader.store, NOON - ago, { id, trigger: 'requested', window, through: window.from, ...run });
  };
  const failed = async () => (await status()).sync.failed_requests.length;

  test('is shown for a day', async () => {
    await request(2 * HOUR, DAY, { status: 'failed' });
    expect(await failed()).toBe(1);
    vi.setSystemTime(NOON + 23 * HOUR);
    expect(await failed()).toBe(0);
  });

  test('is not, once a later one has read what it had not', async () => {
    await request(2 * HOUR, 10 * DAY, { status: 'failed', through: NOON - 3 * DAY });
    await request(HOUR, DAY, { status: 'complete' });
    expect(await failed()).toBe(1);
    await request(HOUR / 2, 4 * DAY, { status: 'failed' });
    expect(await failed()).toBe(2);
    await request(HOUR / 3, 4 * DAY, { status: 'complete' });
    expect(await failed()).toBe(0);
  });

  test('a nightly one is not, once the next night has read its days', async () => {
    await request(26 * HOUR, 8 * DAY + 2 * HOUR, { status: 'failed' });
    vi.setSystemTime(NOON - 3 * HOUR);
    expect(await failed()).toBe(1);
    vi.setSystemTime(NOON - 2 * HOUR);
    await request(2 * HOUR, 7 * DAY + 2 * HOUR, { status: 'complete' });
    expect(await failed()).toBe(0);
  });
});

test('a finding is shown with the instant since when it holds, its text and its place in the runbook', async () => {
  await synced(20 * 60 * SECOND);
  const [first] = (await status()).findings;
  expect(first).toEqual({
    code: 'sync_stopped',
    severity: 'act_now',
    what: 'No sync run has completed for 20 minutes.',
    do: expect.stringContaining('Look at the last sync runs'),
    since: timestampOf(NOON - 20 * 60 * SECOND),
    runbook: 'https://runbook.example/operations.md#sync_stopped',
  });
  await openFinding(reader.store, { ...first, since: timestampOf(NOON - HOUR) } as Finding, NOON - HOUR);
  expect((await status()).findings[0]?.since).toBe(timestampOf(NOON - HOUR));
});

test('the latest faults of Telnyx', async () => {
  await recordFault(reader.store, 'rate limited', NOON - SECOND, 5);
  expect((await status()).upstream).toEqual({
    last_fault: { fault: 'rate limited', at: timestampOf(NOON - SECOND) },
    rate_limited_until: timestampOf(NOON + 4 * SECOND),
    clock_ahead_seconds: null,
    orders_refused: null,
  });
  vi.setSystemTime(NOON + 4 * SECOND);
  expect((await status()).upstream.rate_limited_until).toBeNull();
});

test('what the ledger has learned about ids and channels', async () => {
  const { store } = reader;
  await learnIdsDiffer(store, NOON);
  expect((await status()).ids_agree).toBe(false);
  await learnIdsAgree(store, NOON);
  await learnChannel(store, 'porting_order.split', timestampOf(NOON - DAY));
  await learnChannel(store, 'porting_order.new_comment', timestampOf(NOON));
  await learnChannel(store, 'porting_order.split', timestampOf(NOON));
  const { ids_agree, channels } = await status();
  expect(ids_agree).toBe(true);
  expect(channels).toEqual([
    { event_type: 'porting_order.new_comment', first_at: timestampOf(NOON), last_at: timestampOf(NOON) },
    { event_type: 'porting_order.split', first_at: timestampOf(NOON - DAY), last_at: timestampOf(NOON) },
  ]);
  await learnIdsDiffer(store, NOON + DAY);
  // Agreement is permanent: it beats a difference, even a later one.
  expect((await status()).ids_agree).toBe(true);
});

test('what was healed on the present day, in UTC', async () => {
  const { store } = reader;
  for (let asked = 0; asked < 3; asked += 1) await takeShare(store, '2026-03-20', 50, NOON);
  await takeShare(store, '2026-03-19', 50, NOON - DAY);
  await putLookedThrough(store, '2026-03-20', 'x', NOON);
  expect((await status()).healing).toEqual({ mode: 'off', asked_today: 3, per_day: 50 });
});

test('the orders that are still overdue', async () => {
  const { store } = reader;
  for (const number of [1, 2, 3]) {
    const state = await tell(store, uuid(number), {
      at: NOON - 30 * DAY,
      status: number === 3 ? 'exception' : 'submitted',
    });
    await overdue(store, state, NOON);
  }
  await tell(store, uuid(4), { at: NOON - 30 * DAY, status: 'submitted' });
  expect((await status()).overdue_orders).toBe(3);
  await tell(store, uuid(1), { at: NOON - DAY, status: 'exception' });
  await tell(store, uuid(3), { at: NOON - DAY, status: 'ported' });
  expect((await status()).overdue_orders).toBe(1);
});

describe('what it costs', () => {
  const cost = async (): Promise<{ requests: number; found: LedgerStatus }> => {
    const { store, requests } = counting(reader.store);
    const found = await readStatus({ ...reader.store, client: store.client }, NOON);
    return { requests: Object.values(requests()).reduce((sum, count) => sum + count, 0), found };
  };

  test('at most 37 requests, even if every part has something to report', async () => {
    expect((await cost()).requests).toBeLessThanOrEqual(37);
    const { store } = reader;
    await synced(60 * SECOND);
    for (let number = 0; number < 12; number += 1) {
      await ran(store, NOON - number * SECOND);
      await unlisted(store, eventAt(number, NOON - 3 * DAY), NOON);
      await missed(store, eventAt(100 + number, NOON - HOUR), NOON);
    }
    expect((await cost()).requests).toBeLessThanOrEqual(37);
  });

  test('the same with many rows: the count stops, and says that there may be more', async () => {
    const shard = { awaiting_webhook: { S: '0' }, awaiting_since: { S: timestampOf(NOON) } };
    for (let start = 0; start < 2_525; start += 25) {
      const rows = Array.from({ length: 25 }, (_, number) => ({ id: { S: uuid(start + number) }, ...shard }));
      const RequestItems = { [reader.store.events]: rows.map((Item) => ({ PutRequest: { Item } })) };
      await reader.store.client.send(new BatchWriteItemCommand({ RequestItems }));
    }
    const { requests, found } = await cost();
    expect(requests).toBeLessThanOrEqual(37);
    expect(found.gaps.awaiting).toBe(2_500);
    expect(found.at_least).toEqual(['gaps.awaiting']);
  });
});

test('a parameter: 422', async () => {
  const answer = await reader.get(target('/v2/status', { verbose: 'true' }));
  expect(answer.status).toBe(422);
  expect(answer.body.errors).toMatchObject([{ source: { parameter: 'verbose' } }]);
});
