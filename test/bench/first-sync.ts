import { listingRecorder } from '../../functions/ledger/events/record-listing.ts';
import { factsOf } from '../../functions/porting/event.ts';
import { runScheduled } from '../../functions/sync-events/run.ts';
import { eventsApi } from '../../functions/telnyx/events-api.ts';
import { systemClock } from '../../functions/telnyx/pace.ts';
import { startEventsApi } from '../../infra/local/simulator/events-api.ts';
import { lives } from '../lives.ts';
import { openStoreAt } from '../open-store-at.ts';
import { type Measured, median } from './budget.ts';
import { forked } from './child.ts';
import { startEngineProcess } from './engine.ts';

const DAY = 24 * 3_600_000;
const API_KEY = 'KEYbench';
/** As many as the sync has: functions/sync-events/store-page.ts. */
const WRITERS = 16;

interface Job {
  readonly kind: 'sync' | 'raw';
  readonly endpoint: string;
  readonly baseUrl: string;
  readonly events: number;
}

/** Events a second, and the largest resident memory in MB. */
interface Outcome {
  readonly rate: number;
  readonly memory: number;
}

interface Extent {
  readonly events: number;
  readonly fewer: number;
  readonly rounds: number;
}

/**
 * A first sync of 50,000 events, against writing the same rows as fast as the engine takes them. Engine, upstream and
 * sync each have a process; every round has new tables and a new engine.
 */
export async function firstSync(
  { events, fewer, rounds }: Extent = { events: 50_000, fewer: 5_000, rounds: 3 },
): Promise<readonly Measured[]> {
  const rates = { sync: [] as number[], raw: [] as number[] };
  const memories: number[] = [];
  const fewerMemories: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of round % 2 === 0 ? (['raw', 'sync'] as const) : (['sync', 'raw'] as const)) {
      const outcome = await inNewProcesses(kind, events);
      rates[kind].push(outcome.rate);
      if (kind === 'sync') memories.push(outcome.memory);
      console.log(`      ${kind}: ${outcome.rate.toFixed(0)} events/s, ${outcome.memory.toFixed(0)} MB`);
    }
    fewerMemories.push((await inNewProcesses('sync', fewer)).memory);
  }
  const ofRates = `${median(rates.sync).toFixed(0)} against ${median(rates.raw).toFixed(0)}`;
  const ofMemories = `${median(memories).toFixed(0)} MB against ${median(fewerMemories).toFixed(0)} MB`;
  return [
    {
      what: `first sync of ${events} events, relative to the rate of raw UpdateItem calls`,
      measured: median(rates.sync) / median(rates.raw),
      budget: 0.8,
      atLeast: true,
      unit: '',
      detail: `${ofRates} events/s, medians of ${rounds}, ${WRITERS} writers both`,
    },
    {
      what: `its peak memory, against that of ${fewer} events`,
      measured: median(memories) / median(fewerMemories),
      budget: 1.3,
      unit: '',
      detail: `${ofMemories} resident, medians of ${rounds}`,
    },
  ];
}

async function inNewProcesses(kind: Job['kind'], events: number): Promise<Outcome> {
  const engine = await startEngineProcess();
  const upstream = forked<string>(import.meta.filename, 'upstream', String(events));
  try {
    const job: Job = { kind, endpoint: engine.endpoint, baseUrl: (await upstream).said, events };
    return (await forked<Outcome>(import.meta.filename, 'job', JSON.stringify(job))).said;
  } finally {
    engine.end();
    await upstream.then(
      ({ end }) => end(),
      () => {},
    );
  }
}

function livedEvents(many: number) {
  const from = Date.now() - 400 * DAY;
  return lives({ seed: 1, from, orders: Math.ceil(many / 8), days: 360 })
    .slice(0, many)
    .map(({ event }) => event);
}

async function upstream(events: number): Promise<string> {
  const api = await startEventsApi({ apiKey: API_KEY, requestsPerSecond: Number.POSITIVE_INFINITY });
  for (const event of livedEvents(events)) api.put(event);
  return api.url;
}

async function doJob({ kind, endpoint, baseUrl, events }: Job): Promise<Outcome> {
  const store = await openStoreAt(endpoint);
  const rows = kind === 'raw' ? livedEvents(events) : [];
  const begun = performance.now();
  if (kind === 'raw') {
    const left = rows.values();
    const { record } = listingRecorder(store, Date.now);
    const write = async () => {
      for (const event of left) {
        const facts = factsOf(event, '2026-01-01T00:00:00.000000Z');
        if (facts) await record({ facts, record: event });
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, write));
  } else {
    const run = await runScheduled('bench', {
      store,
      bus: { put: async () => new Map() },
      api: async () => eventsApi({ apiKey: API_KEY, baseUrl, timeout: 20_000 }),
      clock: systemClock,
      requestsPerSecond: Number.POSITIVE_INFINITY,
      endsAt: Date.now() + 900_000,
    });
    if (run?.status !== 'complete' || run.inserted !== events) throw new Error(JSON.stringify(run));
  }
  const seconds = (performance.now() - begun) / 1000;
  return { rate: events / seconds, memory: process.resourceUsage().maxRSS / 1024 };
}

const [, file, role, argument = ''] = process.argv;
if (process.send && file === import.meta.filename) {
  if (role === 'upstream') process.send(await upstream(Number(argument)));
  if (role === 'job') {
    process.send(await doJob(JSON.parse(argument)));
    process.disconnect();
  }
}
