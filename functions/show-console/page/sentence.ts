import { howMany } from '../../porting/message.ts';
import type { ShownSummary } from './answers.ts';
import { nearDay } from './instants.ts';

const WEEK_DAYS = 7;

/**
 * How the orders stand, in one breath: "3 ports need you. The next is due Thursday. 4 port this week. 12 wait for
 * others." What ports is left out while no date was read from Telnyx.
 *
 * @param now milliseconds since 1970
 * @param isComplete false before a sync was complete for the first time: until then, orders may be missing
 */
export function sentenceOf(summary: ShownSummary, now: number, zone: string, isComplete: boolean): string {
  if (!isComplete && isAllZero(summary)) return 'Nothing is known yet: the ledger has not read your orders.';
  const { needs_you: needing, next_deadline: next } = summary;
  const thisWeek = summary.foc_dates.slice(0, WEEK_DAYS).reduce((sum, { orders }) => sum + orders, 0);
  const knowsDates = summary.details_as_of !== null || thisWeek > 0;
  const waiting = summary.waiting_for_telnyx + summary.waiting_for_losing_carrier;
  const sentence = [
    needing === 0 ? 'Nothing needs you.' : `${howMany(needing, 'port')} ${needing === 1 ? 'needs' : 'need'} you.`,
    ...(needing > 0 && next !== null
      ? [`${needing === 1 ? 'It' : 'The next'} is due ${nearDay(next, now, zone)}.`]
      : []),
    ...(knowsDates ? [`${thisWeek === 0 ? 'Nothing' : thisWeek} ${thisWeek > 1 ? 'port' : 'ports'} this week.`] : []),
    `${waiting === 0 ? 'Nothing' : waiting} ${waiting > 1 ? 'wait' : 'waits'} for others.`,
  ].join(' ');
  return isComplete ? sentence : `So far, ${sentence.replace(/^N/, 'n')}`;
}

/** True if the summary counts nothing at all: the account may have no order. */
export function isAllZero(summary: ShownSummary): boolean {
  const { needs_you, waiting_for_telnyx, waiting_for_losing_carrier, ended_7d, foc_dates } = summary;
  const dated = foc_dates.reduce((sum, { orders }) => sum + orders, 0);
  return needs_you + waiting_for_telnyx + waiting_for_losing_carrier + ended_7d + dated === 0;
}
