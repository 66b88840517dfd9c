import { dayName, daysLeft, daysUntil, isMonday, timeName } from './local-day.ts';
import { type Message, type MessageSection, subjectOf } from './message.ts';
import { isToBeChecked, needOf } from './needs.ts';
import type { Wording } from './notice.ts';
import type { OrderState } from './order.ts';
import { type NamedOrder, numbersIn, orderName, shortReason, statusWords, supportKeyOf } from './order-words.ts';
import type { Timestamp } from './timestamp.ts';

export type DigestOrder = OrderState & NamedOrder;

/** How the orders stand this morning. */
export interface Morning {
  /** False when the ledger does not know the present; and up to when it knows everything, if that is known. */
  readonly current: boolean;
  readonly completeThrough: Timestamp | undefined;
  /** The orders that need you, the soonest deadline first. */
  readonly needing: readonly DigestOrder[];
  /** Orders with a FOC date, by date: all from today on for {@link DIGEST_DAYS} days. Others are left out. */
  readonly dated: readonly DigestOrder[];
  readonly overdue: readonly DigestOrder[];
  /** Orders that ended since the last digest. */
  readonly ended: readonly DigestOrder[];
}

/** How many days of FOC dates a digest shows, today included. */
export const DIGEST_DAYS = 7;

/** Lines of one section: together they fit into every channel. */
const MOST_LINES = 15;

/** Whether there is anything to say. On Mondays a digest is sent even so: a dead sender must be noticed. */
export function isWorthSending(morning: Morning, wording: Wording): boolean {
  const { needing, overdue, ended } = morning;
  const { today, later } = byDate(morning, wording);
  const isQuiet = [needing, today, later, overdue, ended].every(({ length }) => length === 0);
  return !morning.current || isMonday(wording.now, wording.zone) || !isQuiet;
}

/** The orders that port today, and those in the days after. */
function byDate({ dated }: Morning, { now, zone }: Wording) {
  const daysTo = ({ details }: DigestOrder) => (details?.foc_date ? daysUntil(details.foc_date, now, zone) : -1);
  const open = dated.filter(({ terminal }) => !terminal);
  const later = open.filter((order) => daysTo(order) > 0 && daysTo(order) < DIGEST_DAYS);
  return { today: open.filter((order) => daysTo(order) === 0), later };
}

/** The digest. An order appears once among those that need you, and again under its date. */
export function digestMessage(morning: Morning, wording: Wording): Message {
  const { now, zone } = wording;
  const why = (order: DigestOrder) => needOf(order, now)?.why;
  const refused = morning.needing.filter((order) => why(order) === 'exception');
  const drafts = morning.needing.filter((order) => why(order) === 'draft');
  const asked = morning.needing.filter((order) => why(order) === 'question');
  const { today, later } = byDate(morning, wording);
  const needing = new Set(morning.needing.map(({ id }) => id));
  const overdue = morning.overdue.filter(({ id }) => !needing.has(id));
  const by = ({ act_by }: DigestOrder) =>
    act_by === null ? '' : ` - by ${dayName(act_by, zone)}, ${daysLeft(act_by, now, zone)}`;
  const sections: MessageSection[] = [
    { lines: morning.current ? [] : [notCurrent(morning, wording)] },
    section('Refused: correct them, or Telnyx cancels them', refused, (one) => `${dash(shortReason(one))}${by(one)}`),
    section('Drafts that Telnyx deletes soon', drafts, by),
    section('Telnyx asks', asked, ({ last_comment: last }) => (last ? ` - since ${dayName(last.at, zone)}` : '')),
    section('Porting today', today, ({ details }) =>
      details?.foc_date ? ` - ${timeName(details.foc_date, zone)}` : '',
    ),
    section('Porting in the days after', later, ({ details }) =>
      details?.foc_date ? ` - ${dayName(details.foc_date, zone)}, ${timeName(details.foc_date, zone)}` : '',
    ),
    section('Overdue', overdue, (one) => {
      const since = one.status_since === null ? '' : ` since ${dayName(one.status_since, zone)}`;
      const check = isToBeChecked(one, now) ? '; check with Telnyx: the deadline has passed' : '';
      return ` - ${statusWords(one)}${since}${check}`;
    }),
    section('Ended', morning.ended, (one) => ` - ${statusWords(one)}`),
  ].filter(({ lines }) => lines.length > 0);
  const counts = [
    [morning.needing.length, 'need you', 'needs you'],
    [today.length, 'port today', 'ports today'],
    [later.length, 'in the days after'],
    [overdue.length, 'overdue'],
    [morning.ended.length, 'ended'],
  ] as const;
  const said = counts.flatMap(([count, many, one = many]) => (count > 0 ? `${count} ${count === 1 ? one : many}` : []));
  const day = dayName(new Date(now).toISOString(), zone);
  return {
    subject: subjectOf(`Porting, ${day}: `, morning.current ? '' : 'NOT UP TO DATE, ', [
      said.join(', ') || 'nothing needs you',
    ]),
    sections: sections.length > 0 ? sections : [{ lines: ['No order needs you, and none ports this week.'] }],
  };
}

function section(
  heading: string,
  orders: readonly DigestOrder[],
  rest: (order: DigestOrder) => string,
): MessageSection {
  const lines = orders.slice(0, MOST_LINES).map((order) => {
    const key = supportKeyOf(order);
    const name = orderName(order);
    return `${name}${numbersIn(order)}${rest(order)}${key === '' || key === name ? '' : ` - ${key}`}`;
  });
  const left = orders.length - lines.length;
  return { heading: `${heading} (${orders.length})`, lines: left > 0 ? [...lines, `and ${left} more`] : lines };
}

function dash(words: string): string {
  return words === '' ? '' : ` - ${words.length > 80 ? `${[...words].slice(0, 79).join('')}…` : words}`;
}

function notCurrent({ completeThrough: at }: Morning, { zone }: Wording): string {
  const known = at === undefined ? '' : ` All is known up to ${dayName(at, zone)}, ${timeName(at, zone)} (${zone}).`;
  return `This may not be up to date: the ledger cannot read Telnyx's list at the moment.${known}`;
}
