import { membersOf } from '../../functions/porting/event.ts';
import type { LedgerEvent } from './answers.ts';
import { cameBy, paintStatus, saysOf, typeOf } from './events-shown.ts';
import type { Screen } from './screen.ts';
import { beginning, instant, shortId, shown } from './text.ts';

/**
 * An event in one line that fits the terminal. A narrow one shows the date only of an event that came on another day.
 * Where there is no room, the event's id is left out first, then how it came, most of the order's id, and all of it if
 * there is a reference. What the event says is cut last.
 */
export function arrivalLine(event: LedgerEvent, screen: Screen): string {
  const { id, created_at, porting_order_id, ledger } = event;
  const { customer_reference } = membersOf(event.payload);
  const says = saysOf(event);
  const [order, reference] = [shown(porting_order_id), shown(customer_reference)];
  const called = named('reference', quoted(reference));
  const short = named('order', shortId(order));
  const by = `by ${cameBy(event)}`;
  const whole = instant(created_at);
  const day = whole.slice(0, 'YYYY-MM-DD '.length);
  const isBrief = screen.width < WITH_DATE && instant(ledger.first_seen_at).startsWith(day);
  const time = isBrief ? whole.slice(day.length) : whole;
  const type = typeOf(event).padEnd(TYPE);
  const ends: readonly (readonly string[])[] = [
    [called, named('order', order), named('event', shown(id)), by],
    [called, named('order', order), by],
    [called, named('order', order)],
    [called, short],
    [named('reference', quoted(beginning(reference, REFERENCE))) || short],
  ];
  const room = (end: readonly string[]) => screen.width - joined(time, type, ...end).length - 1;
  const end = ends.find((one) => room(one) >= Math.min(says.length, ENOUGH)) ?? ends.at(-1) ?? [];
  return joined(screen.paint('dim', time), type, paintStatus(screen, beginning(says, room(end))), ...end);
}

const WITH_DATE = 120;
const TYPE = 14;
/** As much of what an event says is worth more than an id. */
const ENOUGH = 60;
/** A longer reference is cut where nothing else can give room. */
const REFERENCE = 20;

function joined(...parts: readonly string[]): string {
  return parts.filter(Boolean).join(' ');
}

function named(name: string, value: string): string {
  return value && `${name}=${value}`;
}

function quoted(text: string): string {
  return /[\s"]/.test(text) ? JSON.stringify(text) : text;
}
