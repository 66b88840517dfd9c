import type { RunLease } from '../ledger/runs/sync-state.ts';
import { leaseKeeper } from '../ledger/table/lease.ts';
import type { Store } from '../ledger/table/store.ts';
import type { EventsApi } from '../telnyx/events-api.ts';
import type { Clock, Pace } from '../telnyx/pace.ts';
import { UpstreamError } from '../telnyx/upstream-error.ts';
import type { ChangedOrders } from './changed-orders.ts';
import type { WindowReader } from './read-window.ts';
import { pageStorer, type Tally } from './store-page.ts';

/** Time in milliseconds to end in: for the request under way, the counts, the run's row and the lease. */
export const TIME_TO_END = 15_000;
/** The last part of that time: counting days must leave it free. */
export const TIME_TO_REPORT = 5_000;

export interface ReaderOptions {
  readonly store: Store;
  /** Telnyx. May reject: the secret may not hold an API key yet. */
  readonly api: () => Promise<EventsApi>;
  readonly clock: Clock;
  readonly calls: Pace;
  /** See {@link WindowReader.mostPages}. */
  readonly mostPages?: number;
  /** Is told what the runs change, if orders are read after them. */
  readonly changed?: ChangedOrders;
  /** When Lambda ends the function, in milliseconds since 1970. */
  readonly endsAt: number;
}

/** How far a run has come. */
export interface Progress extends Tally {
  pages: number;
  seen: number;
  /** Everything in the window before this instant is stored, in milliseconds since 1970. */
  through: number;
  clockAheadSeconds: number | undefined;
  /** Telnyx's last fault, even if it passed: a 429 counts although the second try succeeds. */
  fault: UpstreamError | undefined;
}

/**
 * Lists and stores for a run at the pace that Telnyx allows. It stops when the run loses its lease or the time is up.
 *
 * @param progress is updated
 */
export function windowReader(options: ReaderOptions, lease: RunLease, progress: Progress): WindowReader {
  const { store, clock, calls, endsAt } = options;
  const stopAt = endsAt - TIME_TO_END;
  // No request begins after stopAt. A request under way at that time may take a little longer.
  const outOfTime = AbortSignal.timeout(Math.max(0, endsAt - TIME_TO_REPORT - clock.now()));
  const keepLease = leaseKeeper(store, lease, clock.now);

  return {
    ...(options.mostPages !== undefined && { mostPages: options.mostPages }),
    async list(window, pageNumber) {
      const telnyx = await options.api();
      const ask = () =>
        telnyx.list(window, pageNumber, outOfTime).catch((error: unknown) => {
          if (error instanceof UpstreamError && error.fault !== 'gave up') {
            progress.fault = error;
          }
          throw error;
        });
      const page = await calls.call(ask, async () => {
        await keepLease();
        if (clock.now() >= stopAt) throw new UpstreamError('gave up', 'The function is about to end.');
      });
      progress.pages += 1;
      if (page.telnyxTime !== undefined)
        progress.clockAheadSeconds = Math.round((clock.now() - page.telnyxTime) / 1000);
      if (page.holdSeconds !== undefined) calls.holdFor(page.holdSeconds);
      return page;
    },
    store: pageStorer(store, clock.now, progress, options.changed?.during(lease, clock.now())),
  };
}
