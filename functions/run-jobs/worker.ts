import { renewWorkLease, WORK_LEASE_FOR } from '../ledger/jobs/work-lease.ts';
import type { Store } from '../ledger/table/store.ts';
import type { EventsApi } from '../telnyx/events-api.ts';
import type { Clock } from '../telnyx/pace.ts';
import { type Asker, createAsker } from './ask.ts';

/** The lease of all who ask for republishes in bulk: together they keep to one rate. */
export const LEASE = 'jobs';

/** What is kept of the function's time for the call under way (15 s) and the writes after it. */
const TIME_TO_END = 30_000;

export interface WorkerOptions {
  readonly store: Store;
  /** Telnyx; may fail, for the API key is a secret that may not be there yet. */
  readonly api: () => Promise<EventsApi>;
  readonly clock: Clock;
  readonly requestsPerSecond: number;
  /** Unique among workers, those included that Lambda starts again for the same event. */
  readonly owner: string;
  /** Milliseconds since 1970 at which the function is ended from outside. */
  readonly endsAt: number;
}

/** One who holds the lease. */
export interface Worker {
  readonly store: Store;
  readonly owner: string;
  readonly clock: Clock;
  readonly asker: Asker;
  readonly outOfTime: () => boolean;
}

/** Whether there is more to do now. `paused`: Telnyx takes nothing at present, whatever is asked for. */
export type Ending = 'ended' | 'paused' | 'out of time';

/** A worker, once it has taken the lease. */
export function workerOf({ store, api, clock, requestsPerSecond, owner, endsAt }: WorkerOptions): Worker {
  const stopAt = endsAt - TIME_TO_END;
  let renewedAt = clock.now();

  async function keepLease(): Promise<void> {
    if (clock.now() - renewedAt < WORK_LEASE_FOR / 3) return;
    renewedAt = clock.now();
    await renewWorkLease(store, LEASE, owner, renewedAt);
  }

  return {
    store,
    owner,
    clock,
    asker: createAsker({ store, api, clock, requestsPerSecond, stopAt, keepLease }),
    outOfTime: () => clock.now() >= stopAt,
  };
}
