import { dayOf } from '../../porting/day.ts';
import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { readIdsAgree } from '../events/id-agreement.ts';
import { readHealingDay } from '../gaps/healing.ts';
import type { HeldJob, JobStatus } from '../jobs/job.ts';
import { oldestUnsettled } from '../jobs/republish-jobs.ts';
import { type LargeOrder, readLargeOrders } from '../orders/orders.ts';
import { type OpenSpan, readOpenSpans } from '../runs/open-spans.ts';
import { readFailedRequests } from '../runs/requested-runs.ts';
import type { ShownRun } from '../runs/sync-runs.ts';
import { listRuns } from '../runs/sync-runs.ts';
import { readSync, type SyncState } from '../runs/sync-state.ts';
import { readKeys } from '../table/key-range.ts';
import { controlRange } from '../table/read-rows.ts';
import type { OrderStore, Store } from '../table/store.ts';
import { idIn, textIn } from '../table/values.ts';
import { type DeadLetters, readDeadLetters } from './dead-letters.ts';
import {
  countAwaited,
  countGaps,
  countOtherFamilies,
  countOverdue,
  countRefused,
  countRejected,
  countUndecided,
  countUnlisted,
  countUnpublished,
} from './status-counts.ts';
import { readUpstream } from './upstream-state.ts';

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
  };
  readonly ids_agree: boolean | null;
  readonly channels: readonly ShownChannel[];
  /** Republishes by healing today, in UTC. */
  readonly healed_today: number;
  readonly overdue_orders: number;
  /** Orders with too many events to keep, so that some are only counted; at most 100. */
  readonly large_orders: readonly LargeOrder[];
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
  /** Names of the counts that stopped at their bound: there may be more. */
  readonly at_least: readonly string[];
}

const DAY = 24 * 3_600_000;
const LAST_RUNS = 5;
/** Telnyx has some ten types. Only a signed webhook makes a row. */
const MOST_CHANNELS = 100;

/**
 * Reads the ledger's status. It costs some 35 requests, all at once, whatever the size of the ledger: counts have
 * bounds.
 *
 * @param now milliseconds since 1970
 */
export async function readStatus(store: OrderStore, now: number): Promise<LedgerStatus> {
  const [sync, spans, largeOrders, runs, failed, job, counted, upstream, idsAgree, channels, healing, deadLetters] =
    await Promise.all([
      readSync(store, now),
      readOpenSpans(store),
      readLargeOrders(store),
      listRuns(store, { size: LAST_RUNS, after: undefined }, now),
      readFailedRequests(store, now - DAY, now),
      oldestUnsettled(store, now),
      readCounts(store, now),
      readUpstream(store),
      readIdsAgree(store),
      readShownChannels(store),
      readHealingDay(store, dayOf(timestampOf(now))),
      readDeadLetters(store),
    ]);
  const { unpublished, undecided, awaiting, missed, recovered, unlisted, overdue } = counted;
  const { refused, unreadable, otherFamily, records } = counted;
  const { lastFault, rateLimitedUntil } = upstream;
  return {
    sync: {
      last_complete_at: timestampOrNull(sync.lastCompleteAt),
      last_status: sync.lastStatus ?? null,
      complete_through: timestampOrNull(sync.completeThrough),
      cursor_lag_seconds: secondsSince(sync.completeThrough, now),
      running: sync.running,
      cursor_set_back_at: timestampOrNull(sync.setBackAt),
      open_spans: spans.map(shownSpan),
      last_runs: runs.things,
      failed_requests: failed,
    },
    publishing: {
      unpublished: unpublished.count,
      oldest_unpublished_seconds: secondsSince(unpublished.oldestSince, now),
      undecided_orders: undecided.count,
    },
    gaps: {
      missed_24h: missed.count,
      recovered_24h: recovered.count,
      awaiting: awaiting.count,
      unlisted_24h: unlisted.count,
    },
    rejections: {
      refused_24h: refused.count,
      refused_since_webhook: refused.signedAfter(
        channels
          .map(({ last_at }) => last_at)
          .sort()
          .at(-1),
      ),
      unreadable_24h: unreadable.count,
      listed_24h: records.count,
      other_family_24h: otherFamily.count,
      other_family_latest: otherFamily.latestType ?? null,
    },
    upstream: {
      last_fault: lastFault ?? null,
      rate_limited_until: (rateLimitedUntil ?? 0) > now ? timestampOrNull(rateLimitedUntil) : null,
      clock_ahead_seconds: sync.clockAheadSeconds ?? null,
    },
    ids_agree: idsAgree ?? null,
    channels,
    healed_today: healing.asked,
    overdue_orders: overdue.count,
    large_orders: largeOrders,
    oldest_job: job ? shownJob(job) : null,
    dead_letters: deadLetters,
    at_least: Object.entries(NAMES).flatMap(([count, name]) =>
      counted[count as keyof typeof NAMES].more ? [name] : [],
    ),
  };
}

/** The place of each count in the answer. */
const NAMES = {
  unpublished: 'publishing.unpublished',
  undecided: 'publishing.undecided_orders',
  missed: 'gaps.missed_24h',
  recovered: 'gaps.recovered_24h',
  awaiting: 'gaps.awaiting',
  unlisted: 'gaps.unlisted_24h',
  refused: 'rejections.refused_24h',
  unreadable: 'rejections.unreadable_24h',
  records: 'rejections.listed_24h',
  otherFamily: 'rejections.other_family_24h',
  overdue: 'overdue_orders',
} as const;

async function readCounts(store: OrderStore, now: number) {
  const [unpublished, undecided, awaiting, missed, recovered, unlisted, refused, otherFamily, rejected, overdue] =
    await Promise.all([
      countUnpublished(store),
      countUndecided(store),
      countAwaited(store),
      countGaps(store, 'missed', now),
      countGaps(store, 'recovered', now),
      countUnlisted(store, now),
      countRefused(store, now),
      countOtherFamilies(store, now),
      countRejected(store, now),
      countOverdue(store),
    ]);
  return { unpublished, undecided, awaiting, missed, recovered, unlisted, refused, otherFamily, ...rejected, overdue };
}

function shownSpan({ id, from, to, since, triedAt, tries, reason }: OpenSpan): ShownSpan {
  return {
    id,
    from: timestampOf(from),
    to: timestampOf(to),
    since: timestampOf(since),
    tried_at: timestampOf(triedAt),
    tries,
    reason,
  };
}

function shownJob({ job: { id, status, created_at, error }, errorSince }: HeldJob): LedgerStatus['oldest_job'] {
  return { id, status, created_at, error, error_since: errorSince ?? null };
}

async function readShownChannels(store: Store): Promise<readonly ShownChannel[]> {
  const { rows } = await readKeys(store, controlRange('channel', { consistent: false }), undefined, MOST_CHANNELS);
  return rows.map((row) => ({
    event_type: idIn(row),
    first_at: textIn(row, 'first_at') ?? '',
    last_at: textIn(row, 'last_at') ?? '',
  }));
}

function timestampOrNull(milliseconds: number | undefined): Timestamp | null {
  return milliseconds === undefined ? null : timestampOf(milliseconds);
}

function secondsSince(milliseconds: number | undefined, now: number): number | null {
  return milliseconds === undefined ? null : Math.max(0, Math.round((now - milliseconds) / 1000));
}
