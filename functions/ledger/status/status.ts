import { dayOf } from '../../porting/day.ts';
import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { readIdsAgree } from '../events/id-agreement.ts';
import { readHealingDay } from '../gaps/healing.ts';
import type { HeldJob } from '../jobs/job.ts';
import { oldestUnsettled } from '../jobs/republish-jobs.ts';
import { readFailingChannels } from '../notices/channels.ts';
import { readDisagreeingOrders } from '../orders/disagreements.ts';
import { readLargeOrders } from '../orders/large-orders.ts';
import { type OpenSpan, readOpenSpans } from '../runs/open-spans.ts';
import { readFailedRequests } from '../runs/requested-runs.ts';
import { listRuns } from '../runs/sync-runs.ts';
import { readSync } from '../runs/sync-state.ts';
import { readKeys } from '../table/key-range.ts';
import { controlRange } from '../table/read-rows.ts';
import type { OrderStore, Store } from '../table/store.ts';
import { idIn, textIn } from '../table/values.ts';
import { readDeadLetters } from './dead-letters.ts';
import type { LedgerStatus, ShownChannel, ShownSpan } from './ledger-status.ts';
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

const DAY = 24 * 3_600_000;
const LAST_RUNS = 5;
/** Telnyx has some ten types. Only a signed webhook makes a row. */
const MOST_CHANNELS = 100;

/**
 * Reads the ledger's status. It costs some 37 requests, all at once, whatever the size of the ledger: counts have
 * bounds.
 *
 * @param now milliseconds since 1970
 */
export async function readStatus(store: OrderStore, now: number): Promise<LedgerStatus> {
  const [
    sync,
    spans,
    largeOrders,
    runs,
    failed,
    job,
    counted,
    upstream,
    idsAgree,
    channels,
    healing,
    deadLetters,
    failing,
    disagreeing,
  ] = await Promise.all([
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
    readFailingChannels(store),
    readDisagreeingOrders(store),
  ]);
  const { unpublished, undecided, awaiting, missed, recovered, unlisted, overdue } = counted;
  const { refused, unreadable, otherFamily, records } = counted;
  const { lastFault, rateLimitedUntil, ordersRefused } = upstream;
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
      orders_refused: ordersRefused ?? null,
    },
    ids_agree: idsAgree ?? null,
    channels,
    healed_today: healing.asked,
    overdue_orders: overdue.count,
    large_orders: largeOrders,
    disagreeing_orders: disagreeing,
    oldest_job: job ? shownJob(job) : null,
    dead_letters: deadLetters,
    notices_failing: failing,
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
