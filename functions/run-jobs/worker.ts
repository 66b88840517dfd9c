import { type Lease, leaseKeeper } from '../ledger/table/lease.ts';
import { controlKey, type Store } from '../ledger/table/store.ts';
import type { EventsApi } from '../telnyx/events-api.ts';
import type { Clock } from '../telnyx/pace.ts';
import { type Asker, createAsker } from './ask.ts';

/** The lease of all who ask for republishes in bulk: together they keep to one rate. */
export const LEASE = controlKey('lease', 'jobs');

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

/** A worker that has the lease. */
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
export function workerOf(options: WorkerOptions, lease: Lease): Worker {
  const { store, api, clock, requestsPerSecond, owner, endsAt } = options;
  const stopAt = endsAt - TIME_TO_END;
  const keepLease = leaseKeeper(store, lease, clock.now);
  return {
    store,
    owner,
    clock,
    asker: createAsker({ store, api, clock, requestsPerSecond, stopAt, keepLease }),
    outOfTime: () => clock.now() >= stopAt,
  };
}
