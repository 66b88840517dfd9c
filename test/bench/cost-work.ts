import { listArrivals } from '../../functions/ledger/events/arrivals.ts';
import { markMissed } from '../../functions/ledger/events/awaited.ts';
import { listGaps } from '../../functions/ledger/gaps/gap-list.ts';
import { createJob } from '../../functions/ledger/jobs/republish-jobs.ts';
import { listOrderEvents } from '../../functions/ledger/orders/order-events.ts';
import { getOrder, listOrders } from '../../functions/ledger/orders/order-list.ts';
import { oldestRequested } from '../../functions/ledger/runs/requested-runs.ts';
import { putRun } from '../../functions/ledger/runs/sync-runs.ts';
import { readFindings } from '../../functions/ledger/status/findings.ts';
import { readStatus } from '../../functions/ledger/status/status.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import { findMissed } from '../../functions/publish-events/find-missed.ts';
import { sweep } from '../../functions/publish-events/sweep.ts';
import type { Healing } from '../../functions/run-jobs/run.ts';
import { runJobs } from '../../functions/run-jobs/run.ts';
import { requestLastDays, runRequested } from '../../functions/sync-events/requested.ts';
import { look } from '../../functions/watch-ledger/look.ts';
import { DAY, ids, MINUTE, NOW, type Operation, open, perEvent, SAMPLE, sampleOf } from './cost-sample.ts';

const MISSED = 50;
const page = { size: 20, after: undefined };
const LARGEST_ANSWER = 5_500_000;

/** What schedules, jobs and the API take of a ledger with some twenty orders, all of whose events are published. */
export async function working(endpoint: string): Promise<readonly Operation[]> {
  const { store, bus, each, list, publish } = await open(endpoint);
  const events = sampleOf(SAMPLE);
  for (const event of events) await list(event);
  for (const event of events) await publish([event]);
  // The newest ones, because healing looks back a month.
  const missed = events.slice(0, MISSED);
  const [{ porting_order_id: orderId = '' } = {}] = events;
  const publisher = { store, bus, apiUrl: 'https://ledger.example' };
  const never = () => false;

  // The nightly runs of a week, which a sync call reads over.
  for (let night = 0; night < 8; night += 1) {
    const at = NOW - night * DAY;
    await requestLastDays(store, 7, at);
    const run = await oldestRequested(store, NOW);
    if (run) await putRun(store, { ...run, status: 'complete', through: run.window.to, startedAt: at }, at);
  }

  const idle = [
    await each('a sweep with nothing to do', [NOW], async (now) => {
      await sweep(publisher, 5 * MINUTE, () => now, never);
      const watch = { store, types: 'learned' as const, grace: 365 * DAY, webhookUrl: 'https://example.com/' };
      await findMissed(watch, () => now, never);
    }),
    await each('the schedule of jobs with nothing to do', [NOW], () => jobs(store, 'off')),
    await each('the same, when healing is on', [NOW], () => jobs(store, 'republish')),
    await each('a sync call looks for a requested run', [NOW], () => requestedRuns(store)),
  ];

  const id = `${new Date(NOW).toISOString()}-00000001`;
  await createJob(store, { id, ids: ids(events), selection: {}, by: 'operate:0123abcd', requestId: id }, NOW);
  const item = await each('an item of a republish job', [id], () => jobs(store, 'off'));

  const gaps = [
    await each('a notification found to be missed', missed, (event) => markMissed(store, event.id, NOW)),
    await each('that published', missed, (event) => publish([event])),
  ];
  const healed = await each('a missed notification republished automatically', [NOW], () => jobs(store, 'republish'));

  return [
    ...idle,
    perEvent(item, events.length),
    ...gaps,
    perEvent(healed, missed.length),
    await each('a page of 20 orders', [NOW], () => listOrders(store, {}, '-changed_at', page)),
    await each('one order', [orderId], () => getOrder(store, orderId)),
    await each(`an order's timeline (${countOf(orderId)} events)`, [orderId], () =>
      listOrderEvents(store, { orderId, newestFirst: true }, page, LARGEST_ANSWER, NOW),
    ),
    await each('a page of 20 arrivals', [NOW], () => listArrivals(store, {}, page, LARGEST_ANSWER, NOW)),
    await each('a page of 20 gaps', [NOW], () => listGaps(store, { kind: 'missed' }, page)),
    await each('the status', [NOW], (now) => Promise.all([readStatus(store, now), readFindings(store)])),
    await lookAgain(),
  ];

  /** The first look tells what it finds, and the second has nothing to tell. */
  async function lookAgain(): Promise<Operation> {
    const sender = {
      ledgerName: 'PortInLedger',
      apiUrl: publisher.apiUrl,
      hasConsole: true,
      runbookUrl: 'https://example.com/',
    };
    const healing = { mode: 'off', perDay: 50 } as const;
    const countDeadLetters = async () => ({ scheduled_runs: 0, stream_batches: 0 });
    const watcher = { store, bus, sender, healing, countDeadLetters, mailer: async () => {}, heartbeat: () => {} };
    await look(watcher, NOW);
    return each('a look of watch-ledger with nothing to tell', [NOW], (now) => look(watcher, now));
  }

  function countOf(order: string): number {
    return events.filter(({ porting_order_id }) => porting_order_id === order).length;
  }
}

const clock = { now: () => NOW, sleep: async () => {} };
/** A page of an empty list. */
export const emptyPage = {
  records: [],
  totalPages: 0,
  totalResults: 0,
  pageSize: 250,
  holdSeconds: undefined,
  telnyxTime: undefined,
};
const api = async () => ({ list: async () => emptyPage, republish: async () => {} });
const requestsPerSecond = Number.POSITIVE_INFINITY;
const endsAt = NOW + 15 * MINUTE;

let workers = 0;
async function jobs(store: OrderStore, mode: Healing['mode']): Promise<void> {
  workers += 1;
  const healing = mode === 'off' ? { mode } : { mode, perDay: 10_000 };
  const owner = `00000000-0000-4000-8000-${String(workers).padStart(12, '0')}`;
  const { status } = await runJobs({ store, api, clock, requestsPerSecond, endsAt, owner, healing });
  if (status !== 'idle' && status !== 'ended') throw new Error(`The worker has ${status}.`);
}

function requestedRuns(store: OrderStore) {
  const bus = { put: async () => new Map() };
  return runRequested({ store, bus, api, clock, requestsPerSecond, endsAt });
}
