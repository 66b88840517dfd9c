import type { Status } from './answers.ts';
import { LEDGER } from './context.ts';
import { counted, duration, instant, shown } from './text.ts';

/** What is listed is in the ledger within 20 minutes: with a cursor further back, something is wrong. */
const LONGEST_LAG = 20 * 60;
/** The sweep takes what is 5 minutes old, every 5 minutes. */
const LONGEST_UNPUBLISHED = 15 * 60;

/** What is wrong, and what is only worth a look. Each is a line for people that says where to go on. */
export interface Judgement {
  readonly wrong: readonly string[];
  readonly worthALook: readonly string[];
}

/** Judges a status by what a person would want to be woken for. `now` in milliseconds since 1970. */
export function judge(status: Status, now = Date.now()): Judgement {
  const { sync, publishing, gaps, rejections, upstream, healing, overdue_orders: overdue } = status;
  const wrong: string[] = [];
  const worthALook: string[] = [];

  if (sync.last_complete_at === null) wrong.push('no sync run has completed yet');
  else if ((sync.cursor_lag_seconds ?? 0) > LONGEST_LAG) {
    wrong.push(`the ledger knows nothing of the last ${duration(sync.cursor_lag_seconds ?? 0)}: ${LEDGER} runs`);
  }
  if (sync.last_status === 'failed') wrong.push(`the last sync run failed: ${LEDGER} runs`);
  if (faultedSince(status)) wrong.push(`Telnyx: ${shown(upstream.last_fault?.fault)}`);
  if ((publishing.oldest_unpublished_seconds ?? 0) > LONGEST_UNPUBLISHED) {
    const waiting = duration(publishing.oldest_unpublished_seconds ?? 0);
    wrong.push(`${counted(publishing.unpublished, 'event')} not on the bus yet, one for ${waiting}`);
  }
  if (gaps.missed_24h > 0) {
    wrong.push(`${counted(gaps.missed_24h, 'notification')} of the last 24 h never came: ${LEDGER} gaps --from 24h`);
  }
  if (overdue > 0) wrong.push(`${counted(overdue, 'order is', 'orders are')} overdue: ${LEDGER} orders --all`);

  if (upstream.rate_limited_until !== null && Date.parse(upstream.rate_limited_until) > now) {
    worthALook.push(`Telnyx takes no requests until ${instant(upstream.rate_limited_until)} UTC`);
  }
  if (gaps.unlisted_24h > 0) {
    const events = counted(gaps.unlisted_24h, 'event');
    worthALook.push(`${events} of the last 24 h came by webhook and not by the list: ${LEDGER} gaps --kind unlisted`);
  }
  if (rejections.unreadable_24h > 0) {
    worthALook.push(`${counted(rejections.unreadable_24h, 'signed webhook')} nobody can read: ${LEDGER} rejections`);
  }
  if (status.ids_agree === false) worthALook.push("the webhooks' ids are not those of the list");
  if (healing.mode !== 'off' && healing.asked_today >= healing.per_day) {
    worthALook.push(`healing has used up its ${healing.per_day} republishes of today`);
  }
  return { wrong, worthALook };
}

/** True when Telnyx failed after the last run that completed. */
function faultedSince({ sync, upstream }: Status): boolean {
  if (!upstream.last_fault) return false;
  return Date.parse(upstream.last_fault.at) > Date.parse(sync.last_complete_at ?? '1970-01-01T00:00:00Z');
}
