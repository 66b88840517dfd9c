import type { RunLease } from '../ledger/runs/sync-state.ts';
import type { EventFacts } from '../porting/event.ts';
import { isNearPresent } from '../porting/near-present.ts';
import { millisecondsOf } from '../porting/timestamp.ts';

const HOUR = 3_600_000;

/** As many as the time for reading orders is enough for: 60 s at 2 a second. The hourly pass finds the others. */
const MOST = 120;

/**
 * Types that change nothing of an order that people wait for. Reading the order takes half a second of Lambda: at a
 * million events a year, these 40 % would cost 0.7 dollars. The hourly pass reads what they changed.
 */
const LEFT_TO_THE_PASS: ReadonlySet<string> = new Set([
  'porting_order.new_comment',
  'porting_order.messaging_changed',
  'porting_order.loa_updated',
  'porting_order.sharing_token_expired',
]);

export interface LastRun {
  /** The version of its lease. */
  readonly version: number;
  /** True when the cursor was near the present as the run began. */
  readonly wasCurrent: boolean;
}

/** The orders that the runs of one call may have changed. */
export interface ChangedOrders {
  /** Order ids, with true where the status is news: it is less than an hour old, and the ledger was current. */
  readonly ids: ReadonlyMap<string, boolean>;
  /** Undefined before the first run. */
  readonly lastRun: () => LastRun | undefined;
  /** Begins a run; the result notes an event that the run has stored. */
  readonly during: (lease: RunLease, now: number) => (event: EventFacts) => void;
}

/** @param interval milliseconds between two scheduled runs */
export function changedOrders(interval: number): ChangedOrders {
  const ids = new Map<string, boolean>();
  let lastRun: LastRun | undefined;
  return {
    ids,
    lastRun: () => lastRun,
    during(lease, now) {
      const wasCurrent = isNearPresent(lease.completeThrough, interval, now);
      lastRun = { version: lease.version, wasCurrent };
      return ({ portingOrderId: id, eventType, createdAt }) => {
        if (id === undefined || LEFT_TO_THE_PASS.has(eventType)) return;
        if (!ids.has(id) && ids.size === MOST) return;
        const isRecent = now - millisecondsOf(createdAt) < HOUR;
        const isNews = wasCurrent && isRecent && eventType === 'porting_order.status_changed';
        ids.set(id, isNews || ids.get(id) === true);
      };
    },
  };
}
