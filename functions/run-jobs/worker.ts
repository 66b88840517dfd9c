import { type Lease, leaseKeeper } from '../ledger/table/lease.ts';
import { controlKey, type Store } from '../ledger/table/store.ts';
import type { EventsApi } from '../telnyx/events-api.ts';
import type { Clock } from '../telnyx/pace.ts';
import { type Asker, createAsker } from './ask.ts';

/** The lease of all workers that ask for republishes in bulk: together they keep to the share of jobs. */
export const LEASE = controlKey('lease', 'jobs');

/** Time at the end of the run reserved for the call in progress (15 s) and the writes after it. */
const TIME_TO_END = 30_000;

export interface WorkerOptions {
  readonly store: Store;
  /** The Telnyx client; may fail, because the API key's secret may not have a value yet. */
  readonly api: () => Promise<EventsApi>;
  readonly clock: Clock;
  readonly requestsPerSecond: number;
  /** Unique among workers, including those that Lambda starts again for the same event. */
  readonly owner: string;
  /** When Lambda ends the function, in milliseconds since 1970. */
  readonly endsAt: number;
}

/** A worker that holds the lease. */
export interface Worker {
  readonly store: Store;
  readonly owner: string;
  readonly clock: Clock;
  readonly asker: Asker;
  readonly outOfTime: () => boolean;
}

/** Whether there is more to do now. `paused`: Telnyx accepts nothing at present, for any event. */
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
