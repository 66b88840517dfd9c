import { millisecondsOf, type Timestamp, timestampOf } from '../porting/timestamp.ts';
import { counted, duration } from './amounts.ts';
import type { Found } from './findings.ts';
import type { JudgedStatus } from './judged-status.ts';

/** An event without a payload is published after 15 minutes, and the sweep runs every 5. In seconds. */
const LONGEST_UNPUBLISHED = 25 * 60;
/** In seconds. While Telnyx is away for a moment, a job only waits. */
const LONGEST_STANDSTILL = 30 * 60;
/** Six tries: a chat that is down for a moment is no news. In seconds. */
const LONGEST_SILENCE = 30 * 60;
/**
 * An order stays too large permanently, and may disagree as long: after a week, everyone who must know it does.
 */
const ORDER_IS_NEWS_FOR = 7 * 24 * 3_600_000;

/** Is the work done that follows: publishing, jobs, messages to people, orders? */
export function judgeWork(status: JudgedStatus, now: number): Found[] {
  return [
    ...published(status, now),
    ...jobs(status, now),
    ...deadLetters(status),
    ...notices(status, now),
    ...orders(status, now),
  ];
}

function published({ publishing, at_least }: JudgedStatus, now: number): Found[] {
  const { unpublished, oldest_unpublished_seconds: age } = publishing;
  if (age === null || age <= LONGEST_UNPUBLISHED) return [];
  const many = at_least.includes('publishing.unpublished') ? 'At least ' : '';
  const events = counted(unpublished, 'event waits', 'events wait');
  const what = `${many}${events} to be published, one for ${duration(age)}.`;
  return [{ code: 'publishing_behind', what, since: timestampOf(now - age * 1000) }];
}

function jobs({ oldest_job: job }: JudgedStatus, now: number): Found[] {
  if (job === null) return [];
  const since = job.status === 'pending' ? job.created_at : job.error_since;
  const seconds = since === null ? 0 : (now - millisecondsOf(since)) / 1000;
  if (seconds <= LONGEST_STANDSTILL) return [];
  const why = job.error === null ? 'it has not begun' : job.error.replace(/[.\s]+$/, '');
  const what = `A republish job has made no progress for ${duration(seconds)}: ${why}.`;
  return [{ code: 'job_stuck', what, since: since ?? undefined }];
}

function deadLetters({ dead_letters: letters }: JudgedStatus): Found[] {
  if (letters === null) return [];
  const { scheduled_runs: runs, stream_batches: batches } = letters;
  const parts = [
    ...(runs > 0 ? [counted(runs, 'scheduled run', 'scheduled runs')] : []),
    ...(batches > 0 ? [counted(batches, "batch of the table's stream", "batches of the table's stream")] : []),
  ];
  if (parts.length === 0) return [];
  return [{ code: 'dead_letters', what: `${parts.join(' and ')} failed for good.` }];
}

const CHANNEL_NAMES = { mail: 'Mail', slack: 'Slack', teams: 'Teams' } as const;

function notices({ notices_failing: failing }: JudgedStatus, now: number): Found[] {
  const secondsOf = (since: string) => (now - millisecondsOf(since)) / 1000;
  const lasting = failing.filter(({ since }) => secondsOf(since) > LONGEST_SILENCE);
  const since = lasting.map((one) => one.since).sort()[0];
  if (since === undefined) return [];
  const names = lasting.map(({ channel }) => CHANNEL_NAMES[channel]).join(' and ');
  const what = `${names} ${lasting.length === 1 ? 'has' : 'have'} taken no message to porting teams for ${duration(secondsOf(since))}.`;
  return [{ code: 'notices_failing', what, since }];
}

function isNews(since: Timestamp, now: number): boolean {
  return now - millisecondsOf(since) < ORDER_IS_NEWS_FOR;
}

function orders({ overdue_orders: overdue, large_orders, disagreeing_orders }: JudgedStatus, now: number): Found[] {
  const found: Found[] = [];
  if (overdue > 0) {
    const orders = counted(overdue, 'order has been in its', 'orders have been in their');
    found.push({ code: 'orders_overdue', what: `${orders} status for longer than its limit.` });
  }
  const large = large_orders.filter(({ since }) => isNews(since, now));
  if (large.length > 0) {
    const orders = counted(large.length, 'order has', 'orders have');
    const ids = large.slice(0, 5).map(({ id }) => id);
    const what = `${orders} too many events: the state only counts the oldest of them. See ${ids.join(', ')}.`;
    found.push({ code: 'order_too_large', what, since: large.map(({ since }) => since).sort()[0] });
  }
  const disagreeing = disagreeing_orders.filter(({ since }) => isNews(since, now));
  const [first] = disagreeing;
  if (first) {
    const orders = counted(disagreeing.length, 'order has', 'orders have');
    const such = `${first.id} is ${first.telnyx} there, and ${first.ledger} here`;
    const what = `${orders} another status at Telnyx than any event says: ${such}.`;
    found.push({ code: 'order_disagrees', what, since: disagreeing.map(({ since }) => since).sort()[0] });
  }
  return found;
}
