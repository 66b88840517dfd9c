import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { onTestFinished } from 'vitest';
import type { Job } from '../../functions/ledger/jobs/job.ts';
import { type JobItem, listItems } from '../../functions/ledger/jobs/republish-items.ts';
import { createJob, readJob } from '../../functions/ledger/jobs/republish-jobs.ts';
import type { Store } from '../../functions/ledger/table/store.ts';
import type { Row } from '../../functions/ledger/table/values.ts';
import { REQUESTS_A_SECOND } from '../../functions/porting/shares.ts';
import { type RunOptions, type RunResult, runJobs } from '../../functions/run-jobs/run.ts';
import { eventsApi } from '../../functions/telnyx/events-api.ts';
import { type EventsApi, startEventsApi } from '../../infra/local/simulator/events-api.ts';
import { openStore } from '../open-store.ts';
import { listedEvent, uuid } from '../porting-events.ts';

export const NOON = Date.parse('2026-03-20T12:00:00Z');
export const MINUTE = 60_000;
export const API_KEY = 'KEYtest';
/** Milliseconds until a request times out; they pass only when a test says so. */
export const TIMEOUT = 15_000;

/** Telnyx over HTTP, a ledger on a real engine, workers between them, and a clock that advances as workers sleep. */
export interface Rig {
  readonly store: Store;
  readonly telnyx: EventsApi;
  /** Milliseconds since 1970. Tests may set it. */
  time: number;
  readonly clock: RunOptions['clock'];
  /** A worker's run, with 15 minutes of time. */
  run(changes?: Partial<RunOptions> & { readonly apiKey?: string }): Promise<RunResult>;
  /** Makes a job for events that Telnyx has. Returns the job's id. */
  makeJob(size: number): Promise<string>;
  job(id: string): Promise<Job>;
  items(id: string): Promise<readonly JobItem[]>;
  eventRow(id: string): Promise<Row | undefined>;
}

export async function openRig({ requestsPerSecond = Number.POSITIVE_INFINITY } = {}): Promise<Rig> {
  const store = await openStore();
  const telnyx = await startEventsApi({ apiKey: API_KEY, requestsPerSecond, now: () => rig.time });
  onTestFinished(() => telnyx.close());
  let workers = 0;
  let jobs = 0;

  const held = async (id: string) => {
    const found = await readJob(store, id, rig.time);
    if (!found) throw new Error(`There is no job ${id}.`);
    return found;
  };
  const rig: Rig = {
    store,
    telnyx,
    time: NOON,
    clock: {
      now: () => rig.time,
      sleep: async (milliseconds) => {
        rig.time += milliseconds;
      },
    },
    run({ apiKey = API_KEY, ...changes } = {}) {
      workers += 1;
      return runJobs({
        store,
        api: async () => eventsApi({ apiKey, baseUrl: telnyx.url, timeout: TIMEOUT }),
        clock: rig.clock,
        requestsPerSecond: REQUESTS_A_SECOND.jobs,
        owner: `worker-${workers}`,
        endsAt: rig.time + 15 * MINUTE,
        healing: { mode: 'off' },
        ...changes,
      });
    },
    async makeJob(size) {
      jobs += 1;
      const id = `${new Date(rig.time).toISOString()}-${String(jobs).padStart(8, '0')}`;
      const ids = Array.from({ length: size }, (_, index) => uuid(index + jobs * 100_000));
      for (const eventId of ids) telnyx.put({ ...listedEvent(0), id: eventId });
      await createJob(store, { id, ids, selection: { id_count: size }, by: 'operate:test', requestId: id }, rig.time);
      return id;
    },
    job: async (id) => (await held(id)).job,
    items: async (id) => {
      const found = await held(id);
      return listItems(store, found, 0, found.job.total);
    },
    async eventRow(id) {
      const get = new GetItemCommand({ TableName: store.events, Key: { id: { S: id } }, ConsistentRead: true });
      return (await store.client.send(get)).Item;
    },
  };
  return rig;
}

/** The ids that were republished more than once, one entry for each repetition. */
export function repeated(telnyx: EventsApi): readonly string[] {
  const seen = new Set<string>();
  return telnyx.republished.filter((id) => seen.size === seen.add(id).size);
}
