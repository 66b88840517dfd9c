import type { Mail } from '../../functions/bus/topic.ts';
import { beginRun, endRun, moveCursor, type RunEnd } from '../../functions/ledger/runs/sync-state.ts';
import type { DeadLetters } from '../../functions/ledger/status/dead-letters.ts';
import { type HeldFinding, readFindings } from '../../functions/ledger/status/findings.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import { type Look, look, type Watcher } from '../../functions/watch-ledger/look.ts';
import type { BusFaults } from '../../infra/local/bus.ts';
import type { BusEvent } from '../../infra/local/put-events.ts';
import { openStore } from '../open-store.ts';
import { ran } from '../query-events/seed.ts';
import { startRealBus } from '../real-bus.ts';

export const MINUTE = 60_000;
export const NOON = Date.parse('2026-03-20T12:00:00Z');
export const SENDER = {
  ledgerName: 'PortInLedger',
  apiUrl: 'https://ledger.example',
  hasConsole: true,
  runbookUrl: 'https://runbook.example/operations.md',
};

/** A ledger on a real engine that is watched, with a bus over HTTP, a topic, and a clock that a test sets. */
export interface Rig {
  readonly store: OrderStore;
  readonly faults: { -readonly [Name in keyof BusFaults]: BusFaults[Name] };
  time: number;
  topicIsDown: boolean;
  letters: DeadLetters;
  readonly mails: readonly Mail[];
  /** What is on the bus, oldest first. */
  readonly onBus: () => readonly BusEvent[];
  /** Each look's heartbeat: how many findings hold. */
  readonly heartbeats: readonly number[];
  readonly watcher: Watcher;
  /** Lets five minutes pass, in which a scheduled run completes unless `sync` is false, and looks. */
  readonly look: (options?: { readonly sync?: boolean }) => Promise<Look>;
  readonly held: () => Promise<readonly HeldFinding[]>;
  /** The codes that hold. */
  readonly codes: () => Promise<readonly string[]>;
}

/** Makes a scheduled run that reads the list up to the present and completes; or reads a part, or fails. */
export async function synced(
  store: OrderStore,
  at: number,
  { status = 'complete', through = at, ...end }: Partial<RunEnd> & { readonly through?: number } = {},
): Promise<void> {
  const lease = await beginRun(store, `run-${at}`, at);
  if (!lease) throw new Error('another run has the lease');
  if (status !== 'failed') await moveCursor(store, lease, through);
  await ran(store, at, { status, error: status === 'failed' ? 'Telnyx is down.' : undefined });
  await endRun(store, lease, at, { status, completedAt: status === 'complete' ? at : undefined, ...end });
}

export async function openRig(): Promise<Rig> {
  const store = await openStore();
  const faults: Rig['faults'] = {};
  const { bus, client } = await startRealBus({ entry: (entry, index) => faults.entry?.(entry, index) });
  const mails: Mail[] = [];
  const heartbeats: number[] = [];
  const watcher: Watcher = {
    store,
    bus: client,
    async mailer(mail) {
      if (rig.topicIsDown) throw new Error('the topic is down');
      mails.push(mail);
    },
    sender: SENDER,
    healing: { mode: 'republish', perDay: 2 },
    countDeadLetters: async () => rig.letters,
    heartbeat: (findings) => void heartbeats.push(findings),
  };
  const held = () => readFindings(store);
  const rig: Rig = {
    store,
    faults,
    time: NOON,
    topicIsDown: false,
    letters: { scheduled_runs: 0, stream_batches: 0 },
    mails,
    onBus: () => bus.events().toReversed(),
    heartbeats,
    watcher,
    async look({ sync = true } = {}) {
      rig.time += 5 * MINUTE;
      if (sync) await synced(store, rig.time - MINUTE, { clockAheadSeconds: 0 });
      return look(watcher, rig.time);
    },
    held,
    codes: async () => (await held()).filter(({ overAt }) => overAt === undefined).map(({ code }) => code),
  };
  return rig;
}
