import type { ListedEvent } from '../ledger/events/record-listing.ts';
import type { RunLease } from '../ledger/runs/sync-state.ts';
import { type PortingEvent, portingStatusOf } from '../porting/event.ts';
import { isNearPresent } from '../porting/near-present.ts';
import { millisecondsOf } from '../porting/timestamp.ts';

const HOUR = 3_600_000;

/** As many as the time for reading orders is enough for: 60 s at 2 a second. The hourly pass finds the others. */
const MOST = 120;

/**
 * Types and statuses after which nothing is new that someone waits for: a draft is its customer's, and a submitted order
 * waits for the old carrier. Reading an order takes half a second of Lambda: at a million events a year, these 60 %
 * would cost 1.2 dollars. The hourly pass reads what they changed.
 */
const LEFT_TO_THE_PASS: ReadonlySet<string> = new Set([
  'porting_order.new_comment',
  'porting_order.messaging_changed',
  'porting_order.loa_updated',
  'porting_order.sharing_token_expired',
]);
const WAITING: ReadonlySet<string | undefined> = new Set(['draft', 'submitted']);

/** True for an event after which its order is read. */
export function mayChangeDetails(event: PortingEvent): boolean {
  return !LEFT_TO_THE_PASS.has(event.event_type) && !WAITING.has(portingStatusOf(event));
}

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
  readonly during: (lease: RunLease, now: number) => (event: ListedEvent) => void;
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
      return ({ facts: { portingOrderId: id, eventType, createdAt }, record }) => {
        if (id === undefined || !mayChangeDetails(record)) return;
        if (!ids.has(id) && ids.size === MOST) return;
        const isRecent = now - millisecondsOf(createdAt) < HOUR;
        const isNews = wasCurrent && isRecent && eventType === 'porting_order.status_changed';
        ids.set(id, isNews || ids.get(id) === true);
      };
    },
  };
}
