import { actorWords } from '../../functions/porting/event-words.ts';
import { isToBeChecked, needOf } from '../../functions/porting/needs.ts';
import type { Order } from './answers.ts';
import { paintStatus } from './events-shown.ts';
import type { Screen } from './screen.ts';
import type { Column } from './table.ts';
import { counted, distance, duration, instant, shown } from './text.ts';

/** Orders as rows. */
export function orderColumns(screen: Screen): Column<Order>[] {
  return [
    { head: 'order', of: ({ id }) => id, id: true },
    { head: 'status', of: statusOf, least: 12, enough: 18, paint: (text) => paintStatus(screen, text) },
    {
      head: 'must act',
      of: actorOf,
      least: 8,
      enough: 15,
      paint: (text, { action_required }) => screen.paint(action_required ? 'yellow' : undefined, text),
    },
    { head: 'date', of: dateOf },
    { head: 'reference', of: nameOf, least: 10, enough: 14 },
    { head: 'numbers', of: ({ details }) => details?.number_count, right: true, spare: true },
    { head: 'changed (UTC)', of: ({ changed_at }) => instant(changed_at).slice(0, 16), spare: true },
  ];
}

function statusOf({ status, overdue_since }: Order): string {
  return `${status?.value ?? 'not known'}${overdue_since ? ', overdue' : ''}`;
}

/** Who must act, for the person who reads it: you, too, while Telnyx waits for an answer. */
function actorOf(order: Order): string {
  if (isToBeChecked(order, Date.now())) return 'check with Telnyx';
  return isAsked(order) ? 'you, to answer' : shown(actorWords(order.acts));
}

/** Who must act, by when, and whether Telnyx waits for an answer. */
export function dutyWords(order: Order): string {
  if (isToBeChecked(order, Date.now())) {
    return `check with Telnyx: the deadline passed ${instant(order.act_by)} UTC, ${distance(order.act_by)}`;
  }
  const until = order.act_by ? ` until ${instant(order.act_by)} UTC, ${distance(order.act_by)}` : '';
  const question = isAsked(order) ? '; you, to answer the last comment' : '';
  return `${shown(actorWords(order.acts))}${until}${question}`;
}

function isAsked(order: Order): boolean {
  return needOf(order, Date.now())?.why === 'question';
}

/** What people call an order: their reference, or else Telnyx's support key. */
function nameOf({ customer_reference, support_key, details }: Order): string | null | undefined {
  return customer_reference ?? details?.customer_reference ?? support_key ?? details?.support_key;
}

/** The one date that matters, and the time left: until when someone must act, or else when the numbers port. */
function dateOf({ act_by, terminal, details }: Order): string {
  if (act_by !== null) return `by ${dayAndTimeLeft(act_by)}`;
  const foc = details?.foc_date;
  if (!foc) return '';
  return `FOC ${terminal ? instant(foc).slice(0, 10) : dayAndTimeLeft(foc)}`;
}

const DAY_AND_MONTH = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** `4 Dec, 7 d`, or `2026-11-20, past`. */
function dayAndTimeLeft(at: string): string {
  const seconds = (Date.parse(at) - Date.now()) / 1000;
  if (!(seconds > 0)) return `${instant(at).slice(0, 10)}, past`;
  return `${DAY_AND_MONTH.format(new Date(at))}, ${duration(seconds)}`;
}

/** An order's FOC date (the losing carrier's), and where it stood before. */
export function focWords({ details, terminal }: Order): string {
  if (!details) return '';
  const { foc_date: date, foc_date_before: before, foc_date_requested: requested } = details;
  const was = before && `${instant(before)} UTC`;
  if (date) {
    const far = terminal ? '' : `, ${distance(date)}`;
    return `${instant(date)} UTC${far}${was && before !== date ? `; moved from ${was}` : ''}`;
  }
  if (was) return `taken back; it was ${was}`;
  return requested ? `none yet; you asked for ${instant(requested)} UTC` : '';
}

/** How many phone numbers an order ports, and of which type. */
export function numbersWords({ details }: Order): string {
  const { number_count: count = null, number_type: type } = details ?? {};
  return count === null
    ? ''
    : [counted(count, 'number'), type && `(${shown(type).replaceAll('_', ' ')})`].filter(Boolean).join(' ');
}

/** Telnyx's status where it differs from what the order's events say. */
export function differenceWords({ details }: Order): string {
  return details?.status ? `${shown(details.status)}, by Telnyx's own order; no event says so` : '';
}
