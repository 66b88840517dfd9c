import { dayName, daysLeft, timeName } from './local-day.ts';
import { type Message, type MessageSection, subjectOf } from './message.ts';
import type { NoticeName } from './notice-names.ts';
import type { OrderState } from './order.ts';
import {
  type NamedOrder,
  numbersIn,
  orderName,
  reasonLines,
  shortReason,
  statusWords,
  supportKeyOf,
} from './order-words.ts';
import { plain, plainLines } from './plain.ts';
import type { Timestamp } from './timestamp.ts';

/** Something that happened to an order, and all that is said about it. */
export interface Notice {
  readonly name: NoticeName;
  readonly order: OrderState & NamedOrder;
  /** The FOC date before and after, for `foc_set` and `foc_changed`; null when there is none. */
  readonly from: Timestamp | null;
  readonly to: Timestamp | null;
  /** The text of the order's last comment, if it is known. */
  readonly comment?: string | undefined;
}

/** What a message depends on besides the order. */
export interface Wording {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The IANA time zone in which days are named. */
  readonly zone: string;
  /** The page of an order, where there is a console. */
  readonly pageOf?: ((orderId: string) => string) | undefined;
}

const LONGEST_COMMENT = 500;

/** The message of one notice. */
export function noticeMessage(notice: Notice, wording: Wording): Message {
  return {
    subject: noticeSubject(notice, wording),
    sections: [
      { lines: [whatHappened(notice, wording)] },
      reasonsIn(notice),
      commentIn(notice, wording),
      { heading: 'The order', lines: aboutOrder(notice, wording) },
    ].filter(({ lines }) => lines.length > 0),
  };
}

/** The notices that one message lists; the rest is counted. With their comments, they fit into every channel. */
const MOST_LISTED = 40;

/**
 * The message of several notices, the soonest deadline first. One alone has its own message.
 *
 * @param notices at least one
 */
export function noticesMessage(notices: readonly [Notice, ...Notice[]], wording: Wording): Message {
  if (notices.length === 1) return noticeMessage(notices[0], wording);
  const soonest = notices.toSorted((one, other) => (deadlineOf(one) < deadlineOf(other) ? -1 : 1));
  const listed = soonest.slice(0, MOST_LISTED).map((notice) => noticeSubject(notice, wording));
  const left = notices.length - listed.length;
  const acts = notices.filter(({ name }) => name === 'action_required').length;
  return {
    subject: subjectOf(`${notices.length} porting notices`, acts > 0 ? `, ${acts} with a deadline` : '', ': first ', [
      orderName((soonest[0] ?? notices[0]).order),
    ]),
    sections: [
      { heading: 'The soonest deadline first', lines: listed },
      { lines: left > 0 ? [`And ${left} more: see the list of orders that need you.`] : [] },
    ].filter(({ lines }) => lines.length > 0),
  };
}

function deadlineOf({ name, order, to }: Notice): string {
  const by = name === 'action_required' ? order.act_by : to;
  return by ?? '~';
}

function noticeSubject(notice: Notice, { zone }: Wording): string {
  const { name, order, from, to, comment } = notice;
  const about = [[orderName(order)] as const, numbersIn(order)];
  const day = (at: Timestamp) => dayName(at, zone);
  switch (name) {
    case 'action_required': {
      const reason = shortReason(order);
      const by = order.act_by === null ? '' : ` - fix by ${day(order.act_by)}`;
      return subjectOf('Refused: ', ...about, reason && ' - ', [reason], by);
    }
    case 'comment_from_telnyx': {
      const words = plain(comment ?? '', 60);
      return subjectOf('Telnyx wrote: ', ...about, words && ' - ', [words]);
    }
    case 'foc_set':
    case 'foc_changed':
      if (to === null) return subjectOf('Date taken back: ', ...about, from ? ` - was ${day(from)}` : '');
      return from === null
        ? subjectOf('Porting date: ', ...about, ` - ${day(to)}`)
        : subjectOf('Date moved: ', ...about, ` - now ${day(to)}, was ${day(from)}`);
    case 'overdue':
      return subjectOf('Overdue: ', ...about, ` - ${statusWords(order)}${sinceIn(order, zone)}`);
    case 'cancelled':
      return subjectOf('Cancelled, not by you: ', ...about);
  }
}

function sinceIn({ status_since: since }: OrderState, zone: string): string {
  return since === null ? '' : ` since ${dayName(since, zone)}`;
}

function whatHappened({ name, order, from, to }: Notice, { now, zone }: Wording): string {
  const at = (instant: Timestamp) => `${dayName(instant, zone)}, ${timeName(instant, zone)} (${zone})`;
  switch (name) {
    case 'action_required':
      return order.act_by === null
        ? 'Telnyx refused this order. It stands still until you correct it.'
        : `Telnyx refused this order. Correct it by ${at(order.act_by)}: ${daysLeft(order.act_by, now, zone)}. ` +
            'After that, Telnyx cancels it.';
    case 'comment_from_telnyx':
      return 'Telnyx wrote a comment and waits for your answer.';
    case 'foc_set':
    case 'foc_changed':
      if (to === null) return `The date${from ? `, ${at(from)},` : ''} was taken back. There is no new one yet.`;
      return from === null
        ? `The old carrier confirmed the date: the numbers port on ${at(to)}.`
        : `The date has moved: the numbers port on ${at(to)}, not on ${at(from)}.`;
    case 'overdue':
      return order.acts === 'customer'
        ? `This order has been ${statusWords(order)}${sinceIn(order, zone)}, longer than usual. It waits for you.`
        : `This order has been ${statusWords(order)}${sinceIn(order, zone)}, longer than usual. ` +
            'Ask Telnyx about it, with the support key.';
    case 'cancelled':
      return 'This order was cancelled, and nobody asked Telnyx for it. The numbers stay with the old carrier.';
  }
}

function reasonsIn({ name, order }: Notice): MessageSection {
  const isAsked = name === 'action_required' || name === 'overdue' || name === 'cancelled';
  return { heading: 'What Telnyx says', lines: isAsked ? reasonLines(order) : [] };
}

function commentIn({ order, comment }: Notice, { zone }: Wording): MessageSection {
  const { last_comment: last } = order;
  if (last === null || comment === undefined) return { lines: [] };
  const by = last.by === 'admin' ? 'Telnyx' : 'you';
  return { heading: `Last comment, by ${by}, ${dayName(last.at, zone)}`, lines: plainLines(comment, LONGEST_COMMENT) };
}

function aboutOrder({ order }: Notice, { zone, now, pageOf }: Wording): readonly string[] {
  const key = supportKeyOf(order);
  const { number_count: count = null, foc_date: foc = null } = order.details ?? {};
  return [
    `Order: ${orderName(order)}`,
    ...(count === null ? [] : [`Numbers: ${count}`]),
    `Now: ${statusWords(order)}`,
    ...(order.act_by === null || order.acts !== 'customer'
      ? []
      : [`Act by: ${dayName(order.act_by, zone)}, ${daysLeft(order.act_by, now, zone)}`]),
    ...(foc === null ? [] : [`Porting date: ${dayName(foc, zone)}, ${timeName(foc, zone)} (${zone})`]),
    ...(key === '' ? [] : [`Support key, for Telnyx: ${key}`]),
    `Order id: ${plain(order.id, 200)}`,
    ...(pageOf === undefined ? [] : [`More: ${pageOf(order.id)}`]),
  ];
}
