import type { LedgerStatus } from '../ledger/status/status.ts';
import { millisecondsOf } from '../porting/timestamp.ts';
import type { Resources } from './resources.ts';

/** The facts that are judged: the ledger's status, and its healing of missed notifications. */
export type JudgedStatus = Omit<LedgerStatus, 'healed_today'> & {
  readonly healing: {
    readonly mode: Resources['healing']['mode'];
    readonly asked_today: number;
    readonly per_day: number;
  };
};

/** Three intervals of the schedule. */
const LONGEST_WITHOUT_SYNC = 15 * 60;
const LONGEST_LAG = 30 * 60;
/** An event without a payload is published after 15 minutes, and the sweep runs every 5. */
const LONGEST_UNPUBLISHED = 25 * 60;
/** As in the alarm `webhooks-refused`: fewer may come from scanners. */
const MOST_REFUSED = 10;
const DAY = 24 * 3_600_000;
/** In seconds. Telnyx now and then asks for a pause of a second or two. */
const LONGEST_RATE_LIMIT = 60;

/**
 * The findings, worst first: what is wrong and what to do about it, a sentence or two each.
 *
 * @param now milliseconds since 1970
 */
export function diagnose(status: JudgedStatus, now: number): readonly string[] {
  return [
    ...timed(status, now),
    ...synced(status, now),
    ...proved(status),
    ...askedTelnyx(status, now),
    ...letIn(status, now),
    ...published(status),
    ...notified(status),
    ...ported(status),
  ];
}

function timed({ sync, upstream }: JudgedStatus, now: number): string[] {
  const { clock_ahead_seconds: ahead } = upstream;
  const { cursor_set_back_at: setBackAt } = sync;
  const findings: string[] = [];
  if (ahead !== null) {
    const clocks = `${duration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} Telnyx's`;
    findings.push(`The ledger's clock is ${clocks}: correct it. Webhooks are refused when it is 5 minutes wrong.`);
  }
  if (setBackAt !== null && now - millisecondsOf(setBackAt) < DAY) {
    const found = 'A clock that was ahead made the ledger believe that it had read the list up to a future instant';
    const done = `That was corrected at ${setBackAt}, and the last 7 days were listed again`;
    findings.push(`${found}. ${done}; list the time before with POST /v2/sync-runs.`);
  }
  return findings;
}

function synced({ sync }: JudgedStatus, now: number): string[] {
  const { last_complete_at: completeAt, last_status: last, cursor_lag_seconds: lag, running } = sync;
  const error = lastError(sync);
  const why = error ?? 'see sync.last_runs';
  if (completeAt === null) {
    const isFirst = running && error === undefined;
    return [isFirst ? 'The first sync run is under way.' : `No sync run has ever completed: ${why}.`];
  }
  const age = (now - millisecondsOf(completeAt)) / 1000;
  if (age > LONGEST_WITHOUT_SYNC) return [`No sync run has completed for ${duration(age)}: ${why}.`];
  if (last === 'failed') return [`The last sync run failed: ${why}.`];
  if (lag === null || lag <= LONGEST_LAG) return [];
  return [
    `The list has been read only up to ${duration(lag)} ago: ` +
      'runs make progress, but do not catch up. See sync.last_runs.',
  ];
}

/** The error of the last failed run, if no run has completed since. */
function lastError({ last_runs: runs }: JudgedStatus['sync']): string | undefined {
  const scheduled = runs.filter(({ trigger }) => trigger !== 'requested');
  const completed = scheduled.findIndex(({ status }) => status === 'complete');
  const failed = scheduled.slice(0, completed === -1 ? undefined : completed).find(({ error }) => error !== null);
  return failed?.error?.replace(/^\w*Error: /, '').replace(/[.\s]+$/, '');
}

function proved({ sync: { open_spans: spans } }: JudgedStatus): string[] {
  const [first] = spans.toSorted((one, other) => (one.from < other.from ? -1 : 1));
  if (!first) return [];
  const where = spans.length > 1 ? `in ${spans.length} spans, the first ` : '';
  const span = `${where}from ${first.from} to ${first.to}`;
  const advice = 'Each run tries again. If all are there, close it with POST /v2/open-spans/{id}/close.';
  return [`Telnyx's list contradicts itself ${span}: events may be missing there. ${advice}`];
}

function askedTelnyx({ sync, upstream }: JudgedStatus, now: number): string[] {
  const { last_fault: fault, rate_limited_until: until } = upstream;
  const findings: string[] = [];
  const isSince = fault !== null && fault.at > (sync.last_complete_at ?? '');
  if (isSince && fault.fault === 'key refused') {
    findings.push("Telnyx refuses the ledger's API key: put a valid one into its secret.");
  }
  const wait = until === null ? 0 : (millisecondsOf(until) - now) / 1000;
  if (wait > LONGEST_RATE_LIMIT) {
    findings.push(
      `Telnyx accepts no requests for another ${duration(wait)}: another client may be using up the account's limit.`,
    );
  }
  return findings;
}

/** Only a finding if every request was refused: a few refused among accepted webhooks are scanners. */
function letIn({ rejections, channels }: JudgedStatus, now: number): string[] {
  const arrived = channels.some(({ last_at }) => now - millisecondsOf(last_at) < DAY);
  if (arrived || rejections.refused_24h <= MOST_REFUSED) return [];
  const refused = `${rejections.refused_24h} requests at the webhook URL were refused within 24 h, and no webhook came`;
  return [`${refused}: see /v2/rejections, and compare the public key with the portal's.`];
}

function published({ publishing, at_least }: JudgedStatus): string[] {
  const { unpublished, oldest_unpublished_seconds: age } = publishing;
  if (age === null || age <= LONGEST_UNPUBLISHED) return [];
  const many = at_least.includes('publishing.unpublished') ? 'At least ' : '';
  const events = counted(unpublished, 'event waits', 'events wait');
  return [
    `${many}${events} to be published, one for ${duration(age)}: see the log and the failure queue of publish-events.`,
  ];
}

function notified({ gaps, rejections, healing }: JudgedStatus): string[] {
  const findings: string[] = [];
  if (gaps.missed_24h > 0) {
    const missed = counted(gaps.missed_24h, 'notification', 'notifications');
    const events = 'of events of the last 24 h did not come';
    findings.push(`${missed} ${events}: see /v2/gaps, and request them again with POST /v2/republish-jobs.`);
  }
  if (gaps.missed_24h > 0 && healing.mode === 'republish' && healing.asked_today >= healing.per_day) {
    findings.push(`Healing has used up its ${healing.per_day} republishes of today, and continues tomorrow (UTC).`);
  }
  if (gaps.unlisted_24h > 0) {
    const unlisted = counted(gaps.unlisted_24h, 'event came', 'events came');
    findings.push(`${unlisted} by webhook and not by the list: see /v2/gaps?filter[kind]=unlisted.`);
  }
  if (rejections.unreadable_24h > 0) {
    const unreadable = counted(
      rejections.unreadable_24h,
      'webhook that Telnyx signed is',
      'webhooks that Telnyx signed are',
    );
    findings.push(`${unreadable} no event: see /v2/rejections. Telnyx may have changed its format.`);
  }
  if (rejections.listed_24h > 0) {
    const records = counted(rejections.listed_24h, 'record that Telnyx lists is', 'records that Telnyx lists are');
    findings.push(`${records} no event: see /v2/rejections. Telnyx may have changed its format.`);
  }
  return findings;
}

function ported({ overdue_orders: overdue, large_orders: large }: JudgedStatus): string[] {
  const findings: string[] = [];
  if (overdue > 0) {
    const orders = counted(overdue, 'order has been in its', 'orders have been in their');
    findings.push(`${orders} status for longer than its limit: see overdue_since in /v2/orders.`);
  }
  if (large.length > 0) {
    const orders = counted(large.length, 'order has', 'orders have');
    const ids = large.slice(0, 5).join(', ');
    findings.push(`${orders} too many events: the state only counts the oldest. All of them are kept. See ${ids}.`);
  }
  return findings;
}

function counted(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** `42 minutes`, `3 hours`, `2 days`: whole numbers, at least one minute. */
function duration(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 120) return counted(minutes, 'minute', 'minutes');
  const hours = Math.round(minutes / 60);
  return hours < 48 ? counted(hours, 'hour', 'hours') : counted(Math.round(hours / 24), 'day', 'days');
}
