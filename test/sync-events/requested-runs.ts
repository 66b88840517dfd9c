import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { requestRun } from '../../functions/ledger/runs/requested-runs.ts';
import { type ShownRun, shownRunIn } from '../../functions/ledger/runs/sync-runs.ts';
import type { Window } from '../../functions/porting/window.ts';
import { runRequested } from '../../functions/sync-events/requested.ts';
import type { SyncOptions } from '../../functions/sync-events/run.ts';
import { listedEvent } from '../porting-events.ts';
import { MINUTE, NOON, openRig, PAGE, type Rig } from './rig.ts';

/** Enough events to fill more than two windows. */
export const MANY = 18 * PAGE;

export const DAY = 24 * 60 * MINUTE;
export const MARCH = { from: NOON - 10 * DAY, to: NOON - DAY };

/** Puts events into March, 25 minutes apart. */
export function fill(rig: Rig, many: number): void {
  for (let number = 0; number < many; number += 1) {
    rig.telnyx.put(listedEvent(number, { created_at: new Date(MARCH.from + number * 25 * 60_000).toISOString() }));
  }
}

let requests = 0;

/** Requests a run as the API does. Returns its id. */
export async function request(rig: Rig, window: Window = MARCH): Promise<string> {
  requests += 1;
  const id = `${new Date(rig.time).toISOString()}-request-${requests}`;
  await requestRun(rig.store, id, window, rig.time);
  return id;
}

/** A ledger with a scheduled run that has just ended. */
export async function openSynced(): Promise<Rig> {
  const rig = await openRig();
  await rig.run();
  return rig;
}

/** The results of a call for requested runs; with `scheduled` in place of the scheduled runs between their pieces. */
export async function workAll(rig: Rig, changes: Partial<SyncOptions> = {}) {
  const results = await runRequested({
    store: rig.store,
    bus: { put: async () => new Map() },
    api: async () => rig.client,
    clock: {
      now: () => rig.time,
      sleep: async (milliseconds) => {
        rig.time += milliseconds;
      },
    },
    requestsPerSecond: Number.POSITIVE_INFINITY,
    endsAt: rig.time + 900_000,
    ...changes,
  });
  return results.map(({ run_id, status }) => (/-request-\d+$|-days$/.test(run_id) ? status : `scheduled ${status}`));
}

/** The results of the requested runs alone. */
export async function work(rig: Rig, changes: Partial<SyncOptions> = {}) {
  return (await workAll(rig, changes)).filter((result) => !result.startsWith('scheduled'));
}

export async function shown(rig: Rig, id: string): Promise<ShownRun> {
  const Key = { kind: { S: 'requested-run' }, id: { S: id } };
  const get = new GetItemCommand({ TableName: rig.store.control, Key, ConsistentRead: true });
  const { Item } = await rig.store.client.send(get);
  if (!Item) throw new Error(`There is no run ${id}.`);
  return shownRunIn(Item, rig.time);
}
