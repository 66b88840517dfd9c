import { paginateScan } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished } from 'vitest';
import { eventIn } from '../../functions/ledger/events/row.ts';
import { requestRun } from '../../functions/ledger/runs/requested-runs.ts';
import { newRun } from '../../functions/ledger/runs/sync-runs.ts';
import { beginRun, readSync, type SyncState } from '../../functions/ledger/runs/sync-state.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import type { Window } from '../../functions/porting/window.ts';
import type { SyncResult } from '../../functions/sync-events/result.ts';
import { runScheduled, type SyncOptions, work } from '../../functions/sync-events/run.ts';
import { TIME_TO_END } from '../../functions/sync-events/window-reader.ts';
import { eventsApi } from '../../functions/telnyx/events-api.ts';
import { pace } from '../../functions/telnyx/pace.ts';
import { type EventsApi, type EventsApiOptions, startEventsApi } from '../../infra/local/simulator/events-api.ts';
import { openStore } from '../open-store.ts';

export const MINUTE = 60_000;
export const NOON = Date.parse('2026-03-20T12:00:00Z');
const API_KEY = 'KEYtest';
/** Events per page. In production it is 250 (see read-window.test.ts): small pages prove the same with fewer events. */
export const PAGE = 10;
/** Milliseconds after which a request times out; a test makes them pass. */
export const TIMEOUT = 20_000;

/** Telnyx over HTTP, a ledger on a real engine, the sync between them, and a clock that each sleep moves. */
export interface Rig {
  readonly store: OrderStore;
  readonly telnyx: EventsApi;
  /** The Telnyx client that runs use. */
  readonly client: ReturnType<typeof eventsApi>;
  /** Milliseconds since 1970; set it to move time. */
  time: number;
  /** The length of each sleep of the runs, in milliseconds. */
  readonly sleeps: number[];
  /** Runs the scheduled run or, with a range, the first piece of a requested run over it. */
  run(range?: Window, changes?: Partial<SyncOptions> & { apiKey?: string }): Promise<SyncResult | undefined>;
  state(): Promise<SyncState>;
  /** The events' records in the ledger, by id, without the ledger's other attributes. */
  records(): Promise<ReadonlyMap<string, unknown>>;
  /** Expects the ledger to hold exactly the events that Telnyx lists, in the listed form. */
  expectComplete(): Promise<void>;
}

async function runOver(window: Window, id: string, options: SyncOptions): Promise<SyncResult | undefined> {
  const startedAt = options.clock.now();
  await requestRun(options.store, id, window, startedAt);
  const lease = await beginRun(options.store, id, startedAt);
  if (!lease) return undefined;
  const { requestsPerSecond, endsAt, clock } = options;
  const calls = pace(requestsPerSecond, () => endsAt - TIME_TO_END, clock);
  return work(newRun({ id, trigger: 'requested', window, status: 'pending', startedAt }), lease, { ...options, calls });
}

export async function openRig(options: Partial<EventsApiOptions> = {}): Promise<Rig> {
  const store = await openStore();
  let runs = 0;
  const sleeps: number[] = [];
  const telnyx = await startEventsApi({
    apiKey: API_KEY,
    requestsPerSecond: Number.POSITIVE_INFINITY,
    now: () => rig.time,
    ...options,
  });
  onTestFinished(() => telnyx.close());

  const clientOf = (apiKey: string) => eventsApi({ apiKey, baseUrl: telnyx.url, timeout: TIMEOUT, pageSize: PAGE });
  const client = clientOf(API_KEY);
  const rig: Rig = {
    store,
    telnyx,
    client,
    time: NOON,
    sleeps,
    run(range, { apiKey, ...changes } = {}) {
      runs += 1;
      const id = `run-${runs}`;
      const options: SyncOptions = {
        store,
        bus: { put: async () => new Map() },
        api: async () => (apiKey === undefined ? client : clientOf(apiKey)),
        clock: {
          now: () => rig.time,
          sleep: async (milliseconds) => {
            sleeps.push(milliseconds);
            rig.time += milliseconds;
          },
        },
        requestsPerSecond: Number.POSITIVE_INFINITY,
        endsAt: rig.time + 300_000,
        ...changes,
      };
      return range ? runOver(range, id, options) : runScheduled(id, options);
    },
    state: () => readSync(store, rig.time),
    async records() {
      const records = new Map<string, unknown>();
      for await (const { Items = [] } of paginateScan({ client: store.client }, { TableName: store.events })) {
        for (const row of Items) {
          const { ledger, ...record } = eventIn(row) ?? { id: 'none', ledger: undefined };
          records.set(record.id, record);
        }
      }
      return records;
    },
    async expectComplete() {
      const held = await rig.records();
      const listed = new Map(telnyx.events().map((event) => [event.id, event]));
      expect([...held.keys()].sort()).toEqual([...listed.keys()].sort());
      for (const [id, record] of held) expect(record).toEqual(listed.get(id));
    },
  };
  return rig;
}
