import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Telnyx } from 'telnyx';
import { onTestFinished, vi } from 'vitest';
import type { LedgerEvent } from '../../functions/ledger/row.ts';
import { type Local, startLocal } from '../../infra/local/local.ts';
import { readSettings } from '../../infra/local/settings.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import type { Simulator } from '../../infra/local/simulator/simulator.ts';
import { createKeys, webhookBody, webhookHeaders } from '../../infra/local/simulator/webhooks.ts';
import { webhook } from '../../infra/service.ts';
import { listedEvent } from '../porting-events.ts';

const SEED = 41;
const keys = createKeys(SEED);

/** The whole service as `npm start` runs it, once its first sync has brought all events of an account that stands still. */
export interface SyncedAccount {
  readonly local: Local;
  readonly simulator: Simulator;
  /** Telnyx's own SDK, with nothing changed but where it asks and as whom. */
  readonly sdk: (apiKey?: string) => Telnyx;
  /** Sends the webhook of an event, signed by the account, and waits until it is stored. */
  readonly announce: (event: PortingEvent) => Promise<void>;
  close(): Promise<void>;
}

/** @param history orders, of some nine events each; with 145 there are more than 1,200 events */
export async function startSyncedAccount(history = 145): Promise<SyncedAccount> {
  const folder = await mkdtemp(join(tmpdir(), 'telnyx-sdk-'));
  const settings = { PORT: '0', DATA_DIR: folder, SYNC_INTERVAL_SECONDS: '86400', SEED: String(SEED) };
  const local = await startLocal(readSettings(settings), {
    log: () => {},
    bundleDir: join(folder, 'bundles'),
    simulator: {
      history,
      ordersPerMinute: 0,
      speed: 0.001,
      order: 'shuffled',
      requestsPerSecond: Number.POSITIVE_INFINITY,
    },
  });
  const { simulator } = local;
  if (!simulator) throw new Error('there is no simulator');
  await vi.waitFor(
    async () => {
      const health = (await (await fetch(`${local.url}/health`)).json()) as { last_sync_status: string };
      if (health.last_sync_status !== 'complete') throw new Error(`the first sync is ${health.last_sync_status}`);
    },
    { timeout: 50_000, interval: 200 },
  );
  return {
    local,
    simulator,
    sdk: (apiKey = local.tokens.read) => new Telnyx({ apiKey, baseURL: `${local.url}/v2` }),
    async announce(event) {
      const url = local.url + webhook.localPath;
      const body = webhookBody(event, { url, attempt: 1 });
      // On a busy machine a write takes longer than Telnyx waits. It sends again, and so do we.
      for (let attempt = 1; ; attempt += 1) {
        const { status } = await fetch(url, { method: 'POST', headers: webhookHeaders(keys, body, Date.now()), body });
        if (status === 200) return;
        if (status !== 503 || attempt === 5) throw new Error(`the webhook was answered with ${status}`);
      }
    },
    async close() {
      await local.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Newest first, events of one instant by id: the order that the ledger promises. */
export function newestFirst(events: readonly PortingEvent[]): readonly PortingEvent[] {
  const key = ({ created_at, payload, id }: PortingEvent) => `${created_at ?? payload?.created_at}#${id}`;
  return events.toSorted((a, b) => (key(a) < key(b) ? 1 : -1));
}

export const idsOf = (events: readonly { readonly id?: string }[]) => events.map(({ id }) => id);

let arrived = 0x1_0000;

/** An event that nobody has told of yet. */
export function newEvent(fields: Partial<PortingEvent> = {}): PortingEvent {
  arrived += 1;
  return listedEvent(arrived, { created_at: new Date().toISOString(), ...fields });
}

/** Does something again and again, as fast as it can be done, for as long as the test runs, or until it is told to stop. */
export function meanwhile(work: () => Promise<void>): () => Promise<void> {
  let stopped = false;
  const done = (async () => {
    while (!stopped) await work();
  })();
  // Whoever stops it hears of its failure.
  done.catch(() => {});
  const stop = async () => {
    stopped = true;
    await done;
  };
  onTestFinished(stop);
  return stop;
}

/** The SDK's type of an event has no member `ledger`. */
export function ledgerEvent(data: unknown): LedgerEvent {
  return data as LedgerEvent;
}
