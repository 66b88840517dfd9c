import type { Timestamp } from '../../porting/timestamp.ts';
import type { JobStatus } from '../jobs/job.ts';
import type { FailingChannel } from '../notices/channels.ts';
import type { DisagreeingOrder } from '../orders/disagreements.ts';
import type { LargeOrder } from '../orders/large-orders.ts';
import type { ShownRun } from '../runs/sync-runs.ts';
import type { SyncState } from '../runs/sync-state.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { OrdersRefused } from './upstream-state.ts';

/** A type of webhook that is known to arrive. */
export interface ShownChannel {
  readonly event_type: string;
  readonly first_at: Timestamp;
  readonly last_at: Timestamp;
}

/** A span that did not prove complete. */
export interface ShownSpan {
  readonly id: string;
  readonly from: Timestamp;
  readonly to: Timestamp;
  readonly since: Timestamp;
  readonly tried_at: Timestamp;
  readonly tries: number;
  readonly reason: string;
}

/** The ledger's status, as the API shows it. */
export interface LedgerStatus {
  readonly sync: {
    readonly last_complete_at: Timestamp | null;
    readonly last_status: SyncState['lastStatus'] | null;
    readonly complete_through: Timestamp | null;
    readonly cursor_lag_seconds: number | null;
    readonly running: boolean;
    /** When the cursor was found in the future, and set back. */
    readonly cursor_set_back_at: Timestamp | null;
    /** Spans of the list that did not prove complete, the one tried longest ago first. */
    readonly open_spans: readonly ShownSpan[];
    readonly last_runs: readonly ShownRun[];
    /** Requested and nightly runs of the last 24 h that failed for good, and whose range no later one has read. */
    readonly failed_requests: readonly ShownRun[];
  };
  readonly publishing: {
    readonly unpublished: number;
    readonly oldest_unpublished_seconds: number | null;
    /** Orders that ask something of the customer, which is published when the ledger is current. */
    readonly undecided_orders: number;
  };
  readonly gaps: {
    readonly missed_24h: number;
    readonly recovered_24h: number;
    readonly awaiting: number;
    readonly unlisted_24h: number;
  };
  readonly rejections: {
    readonly refused_24h: number;
    /** Refusals of signed requests within 24 h, in the whole hours since the last webhook that was accepted. */
    readonly refused_since_webhook: number;
    readonly unreadable_24h: number;
    readonly listed_24h: number;
    /** Signed webhooks of another product: the wrong notification was subscribed. */
    readonly other_family_24h: number;
    /** The event type of the latest of them, such as `message.received`. */
    readonly other_family_latest: string | null;
  };
  readonly upstream: {
    readonly last_fault: { readonly fault: string; readonly at: Timestamp } | null;
    readonly rate_limited_until: Timestamp | null;
    /** Seconds by which our clock is ahead of Telnyx's (behind: negative); null when they agree within two minutes. */
    readonly clock_ahead_seconds: number | null;
    /** Telnyx refuses to show porting orders to the API key: since when, and when it last did. */
    readonly orders_refused: OrdersRefused | null;
  };
  readonly ids_agree: boolean | null;
  readonly channels: readonly ShownChannel[];
  /** Republishes by healing today, in UTC. */
  readonly healed_today: number;
  readonly overdue_orders: number;
  /** Orders with too many events to keep, so that some are only counted; at most 100. */
  readonly large_orders: readonly LargeOrder[];
  /** Orders whose status at Telnyx has not been the ledger's for an hour or more; at most 100. */
  readonly disagreeing_orders: readonly DisagreeingOrder[];
  /** The republish job that is worked on, or will be next. */
  readonly oldest_job: {
    readonly id: string;
    readonly status: JobStatus;
    readonly created_at: Timestamp;
    /** Why it makes no progress, and since when. */
    readonly error: string | null;
    readonly error_since: Timestamp | null;
  } | null;
  /** Null where no queue is counted. */
  readonly dead_letters: DeadLetters | null;
  /** Ways to people that took no message since an instant. */
  readonly notices_failing: readonly FailingChannel[];
  /** Names of the counts that stopped at their bound: there may be more. */
  readonly at_least: readonly string[];
}
