import type { PortingEvent } from '../../functions/porting/event.ts';
import type { OrderState } from '../../functions/porting/order.ts';

/** What the API answers, as far as the command line reads it. Instants are RFC 3339 text. */

export interface Order extends OrderState {
  readonly overdue_since: string | null;
}

export interface LedgerEvent extends PortingEvent {
  readonly ledger: {
    readonly first_seen_at: string | null;
    readonly first_seen_by: string;
    readonly webhook_deliveries: number;
    readonly listed_at: string | null;
    readonly republish_count: number;
  };
}

export interface Gap {
  readonly id: string;
  readonly event_type: string | null;
  readonly porting_order_id: string | null;
  readonly created_at: string;
  readonly kind: string;
  readonly missed_at: string | null;
  readonly recovered_at: string | null;
  readonly unlisted_at: string | null;
  readonly healing: { readonly asked_at: string; readonly outcome: string | null } | null;
}

export interface DayOfGaps {
  readonly day: string;
  readonly missed: number;
  readonly recovered: number;
  readonly unlisted: number;
}

export interface Rejection {
  readonly id: string;
  readonly kind: string;
  readonly reason: string;
  readonly first_at: string;
  readonly last_at: string;
  readonly count: number;
  readonly body_bytes: number | null;
}

export interface Job {
  readonly id: string;
  readonly status: string;
  readonly created_at: string;
  readonly created_by: string;
  readonly selection: unknown;
  readonly total: number;
  readonly done: number;
  readonly outcomes: {
    readonly sent: number;
    readonly not_found: number;
    readonly failed: number;
    readonly unknown: number;
  };
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** Why it does not get on at present. */
  readonly error: string | null;
}

export interface JobItem {
  readonly event_id: string;
  readonly outcome: string;
  readonly at: string | null;
}

export interface DryRun {
  readonly dry_run: true;
  readonly total: number;
  readonly by_type: Readonly<Record<string, number>>;
  readonly first: readonly {
    readonly id: string;
    readonly event_type: string | null;
    readonly porting_order_id: string | null;
    readonly created_at: string | null;
  }[];
}

export interface SyncRun {
  readonly id: string;
  readonly trigger: string;
  readonly status: string;
  readonly started_at: string | null;
  readonly from: string;
  readonly to: string;
  readonly complete_through: string;
  readonly pages: number;
  readonly seen: number;
  readonly inserted: number;
  readonly upgraded: number;
  readonly error: string | null;
}

export interface Status {
  readonly well: boolean;
  /** What is not well and what to do about it, a sentence each. */
  readonly problems: readonly string[];
  readonly sync: {
    readonly last_complete_at: string | null;
    readonly last_status: string | null;
    readonly complete_through: string | null;
    readonly cursor_lag_seconds: number | null;
    readonly running: boolean;
    readonly open_spans: readonly { readonly id: string; readonly from: string; readonly to: string }[];
    readonly last_runs: readonly SyncRun[];
  };
  readonly publishing: {
    readonly unpublished: number;
    readonly oldest_unpublished_seconds: number | null;
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
    readonly unreadable_24h: number;
    readonly listed_24h: number;
  };
  readonly upstream: {
    readonly last_fault: { readonly fault: string; readonly at: string } | null;
    readonly rate_limited_until: string | null;
  };
  readonly ids_agree: boolean | null;
  readonly channels: readonly { readonly event_type: string; readonly first_at: string; readonly last_at: string }[];
  readonly healing: { readonly mode: string; readonly asked_today: number; readonly per_day: number };
  readonly overdue_orders: number;
  /** Names of counts that stopped at their bound, such as `gaps.awaiting`. */
  readonly at_least: readonly string[];
}
