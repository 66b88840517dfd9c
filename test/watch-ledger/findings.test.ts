import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { FINDINGS, type FindingCode } from '../../functions/health/findings.ts';
import { learnChannel } from '../../functions/ledger/events/channels.ts';
import { takeShare } from '../../functions/ledger/gaps/healing.ts';
import { recordProgress, startJob } from '../../functions/ledger/jobs/job-progress.ts';
import { createJob } from '../../functions/ledger/jobs/republish-jobs.ts';
import { noteChannel } from '../../functions/ledger/notices/channels.ts';
import { forgetDisagreement, keepDisagreement } from '../../functions/ledger/orders/disagreements.ts';
import type { HeldFact } from '../../functions/ledger/orders/order-packing.ts';
import { changeOrder } from '../../functions/ledger/orders/orders.ts';
import {
  countOtherFamily,
  countRefusals,
  keepRejected,
  keepRejectedRecords,
} from '../../functions/ledger/rejections/rejections.ts';
import { keepOpen, readOpenSpans, recordOpenSpan } from '../../functions/ledger/runs/open-spans.ts';
import { requestRun } from '../../functions/ledger/runs/requested-runs.ts';
import { newRun, putRun } from '../../functions/ledger/runs/sync-runs.ts';
import { beginRun, endRun, setCursorBack } from '../../functions/ledger/runs/sync-state.ts';
import { recordFault, recordOrdersRefused, recordOrdersShown } from '../../functions/ledger/status/upstream-state.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { publishRows } from '../../functions/publish-events/publish.ts';
import { uuid } from '../porting-events.ts';
import { delivered, listed } from '../query-events/reader.ts';
import { eventAt, missed, overdue, tell, unlisted } from '../query-events/seed.ts';
import { MINUTE, openRig, type Rig, synced } from './rig.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOTHING_DONE = { sent: 0, not_found: 0, failed: 0, unknown: 0 };

/** What produces a finding in a ledger, and what ends it. */
interface Condition {
  readonly begin: (rig: Rig) => Promise<unknown>;
  readonly end: (rig: Rig) => Promise<unknown>;
  /** No scheduled run completes before the look that finds it. */
  readonly withoutSync?: true;
  /** Other findings of the same condition. */
  readonly beside?: readonly FindingCode[];
}

const pass = (rig: Rig, time: number) => {
  rig.time += time;
};
const later = (time: number) => async (rig: Rig) => pass(rig, time);
const nothing = async () => {};

async function requested(store: OrderStore, time: number, status: 'failed' | 'complete'): Promise<void> {
  const window = { from: time - DAY, to: time - HOUR };
  const { run } = await requestRun(store, `${new Date(time).toISOString()}-0`, window, time);
  const told = newRun({ id: run.id, trigger: 'requested', window, status, startedAt: time });
  await putRun(store, { ...told, through: status === 'complete' ? window.to : window.from, error: 'No.' }, time);
}

const CONDITIONS: Readonly<Record<FindingCode, Condition>> = {
  sync_stopped: { begin: later(11 * MINUTE), end: nothing, withoutSync: true },
  key_refused: {
    begin: ({ store, time }) => recordFault(store, 'key refused', time + MINUTE),
    end: nothing,
    withoutSync: true,
  },
  not_available: {
    async begin(rig) {
      pass(rig, 12 * MINUTE);
      await recordFault(rig.store, 'not available', rig.time);
    },
    end: nothing,
    withoutSync: true,
  },
  publishing_behind: {
    begin: ({ store, time }) => listed(store, eventAt(1, time - HOUR), time - HOUR / 2),
    end: ({ store, watcher, time }) =>
      publishRows([uuid(1)], { store, bus: watcher.bus, apiUrl: 'https://ledger.example' }, () => time, 'sweep'),
  },
  clock_wrong: {
    begin: ({ store, time }) => synced(store, time + MINUTE, { clockAheadSeconds: 200 }),
    end: nothing,
    withoutSync: true,
  },
  webhooks_refused: {
    begin: ({ store, time }) => countRefusals(store, 'signature wrong', 11, time),
    end: ({ store, time }) => learnChannel(store, 'porting_order.split', timestampOf(time)),
  },
  cursor_behind: {
    async begin(rig) {
      pass(rig, HOUR);
      await synced(rig.store, rig.time + MINUTE, { status: 'partial', through: rig.time - HOUR });
    },
    end: nothing,
    withoutSync: true,
  },
  open_span: {
    begin: ({ store, time }) =>
      recordOpenSpan(store, { from: time - 2 * HOUR, to: time - HOUR }, 'it contradicts itself', time),
    async end({ store, time }) {
      for (const span of await readOpenSpans(store)) await keepOpen(store, span, [], time);
    },
  },
  rate_limited: {
    begin: ({ store, time }) => recordFault(store, 'rate limited', time, 3_600),
    end: later(HOUR),
  },
  webhooks_unreadable: {
    begin: ({ store, time }) => keepRejected(store, Buffer.from('{}'), 'no id', time),
    end: later(25 * HOUR),
  },
  records_unreadable: {
    begin: ({ store, time }) => keepRejectedRecords(store, [{ json: '{}', reason: 'no id' }], time),
    end: later(25 * HOUR),
  },
  other_family_webhooks: {
    begin: ({ store, time }) => countOtherFamily(store, 'message.sent', 1, time),
    end: later(25 * HOUR),
  },
  notifications_missed: {
    begin: ({ store, time }) => missed(store, eventAt(1, time - HOUR), time),
    end: ({ store, time }) => delivered(store, eventAt(1, time - HOUR), time),
  },
  events_unlisted: {
    begin: ({ store, time }) => unlisted(store, eventAt(1, time - 3 * DAY), time),
    end: ({ store, time }) => listed(store, eventAt(1, time - 3 * DAY), time),
  },
  healing_used_up: {
    async begin({ store, time, watcher }) {
      await missed(store, eventAt(1, time - HOUR), time);
      for (let asked = 0; asked < watcher.healing.perDay; asked += 1)
        await takeShare(store, '2026-03-20', watcher.healing.perDay, time);
    },
    end: later(12 * HOUR),
    beside: ['notifications_missed'],
  },
  dead_letters: {
    async begin(rig) {
      rig.letters = { scheduled_runs: 1, stream_batches: 0 };
    },
    async end(rig) {
      rig.letters = { scheduled_runs: 0, stream_batches: 0 };
    },
  },
  notices_failing: {
    begin: ({ store, time }) => noteChannel(store, 'slack', false, time - 31 * MINUTE),
    end: ({ store, time }) => noteChannel(store, 'slack', true, time),
  },
  run_failed: {
    begin: ({ store, time }) => requested(store, time, 'failed'),
    end: ({ store, time }) => requested(store, time, 'complete'),
  },
  job_stuck: {
    async begin(rig) {
      const { store, time } = rig;
      await createJob(store, { id: 'job', ids: [uuid(1)], selection: {}, by: 'me', requestId: 'r' }, time);
      await startJob(store, 'job', 'a worker', time);
      await recordProgress(store, 'job', 'a worker', NOTHING_DONE, { message: 'Telnyx is away.', at: time });
      pass(rig, 31 * MINUTE);
    },
    end: ({ store }) => recordProgress(store, 'job', 'a worker', NOTHING_DONE, null),
  },
  cursor_set_back: {
    async begin({ store, time }) {
      const lease = await beginRun(store, 'a run', time);
      if (!lease) throw new Error('another run has the lease');
      await setCursorBack(store, lease, time - HOUR, time);
      await endRun(store, lease, time, { status: 'complete', completedAt: time });
    },
    end: later(DAY),
  },
  order_too_large: {
    begin: ({ store, time }) =>
      changeOrder(store, uuid(2), time, (held) => [
        ...held,
        ...Array.from({ length: 11_000 }, (_, minute): HeldFact => {
          const at = timestampOf(time - minute * 1_000);
          const split = { type: 'porting_order.split', from: uuid(2), of: uuid(2), into: randomUUID() };
          return { id: randomUUID(), at, v: `1#1#1#${at}`, listed: true, webhook: false, ...split };
        }),
      ]),
    end: later(7 * DAY),
  },
  details_refused: {
    begin: ({ store, time }) => recordOrdersRefused(store, time),
    end: ({ store }) => recordOrdersShown(store),
  },
  order_disagrees: {
    begin: ({ store, time }) =>
      keepDisagreement(store, {
        id: uuid(4),
        ledger: 'submitted',
        telnyx: 'cancelled',
        since: timestampOf(time - HOUR),
        lasts: true,
      }),
    end: ({ store }) => forgetDisagreement(store, uuid(4)),
  },
  orders_overdue: {
    async begin({ store, time }) {
      const state = await tell(store, uuid(3), { at: time - 30 * DAY, status: 'submitted' });
      await overdue(store, state, time);
    },
    end: ({ store, time }) => tell(store, uuid(3), { at: time, status: 'ported' }),
  },
  first_sync_under_way: {
    begin: ({ store, time }) => beginRun(store, 'the first run', time + 4 * MINUTE),
    end: nothing,
    withoutSync: true,
  },
};

test.each(
  Object.entries(CONDITIONS) as [FindingCode, Condition][],
)('%s appears when its condition holds, and ends with it', async (code, {
  begin,
  end,
  withoutSync = false,
  beside = [],
}) => {
  const rig = await openRig();
  if (code !== 'first_sync_under_way') {
    await synced(rig.store, rig.time);
    await rig.look();
    expect(await rig.codes()).toEqual([]);
  }
  await begin(rig);
  await rig.look({ sync: !withoutSync });
  expect([...(await rig.codes())].sort()).toEqual([code, ...beside].sort());
  const [held] = (await rig.held()).filter((finding) => finding.code === code);
  expect(held).toMatchObject({ severity: FINDINGS[code].severity, do: FINDINGS[code].do, told: expect.any(Array) });

  await end(rig);
  await rig.look();
  expect(await rig.codes()).toContain(code);
  await rig.look();
  expect(await rig.codes()).not.toContain(code);
  const told = rig.onBus().filter(({ detail }) => detail.code === code);
  expect(told.map(({ 'detail-type': type, detail }) => [type, detail.id])).toEqual([
    ['ledger.finding', held?.id],
    ['ledger.finding_over', `${held?.id}:over`],
  ]);
  expect(rig.heartbeats).toHaveLength(code === 'first_sync_under_way' ? 3 : 4);
});
