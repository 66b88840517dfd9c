import { membersOf, PORTING_ORDER_FAMILY } from '../../functions/porting/event.ts';
import { authorWords, reasonsIn, saidIn } from '../../functions/porting/event-words.ts';
import type { LedgerEvent } from './answers.ts';
import type { Screen } from './screen.ts';
import type { Column } from './table.ts';
import { beginning, instant, shown } from './text.ts';

/** `status_changed`: the type without its common prefix. */
export function typeOf({ event_type }: { readonly event_type: string | null }): string {
  return shown(event_type).replace(PORTING_ORDER_FAMILY, '');
}

/** One long comment would make every row of a table as wide. The command `event` shows all of it. */
const LONGEST_COMMENT = 200;

/** What an event says in one line, a comment with its author; empty for types without such. */
export function saysOf(event: LedgerEvent): string {
  const { event_type, payload, payload_status } = event;
  if (payload === undefined || payload === null) return payload_status === 'created' ? 'no payload yet' : '';
  const says = shown(saidIn(event));
  if (event_type !== 'porting_order.new_comment') return says;
  const author = authorOf(membersOf(membersOf(payload).comment).user_type);
  return [author, beginning(says, LONGEST_COMMENT)].filter(Boolean).join(': ');
}

/** Who wrote a comment. */
export function authorOf(userType: unknown): string {
  return shown(authorWords(userType));
}

/** What Telnyx says about a status: each code with its description. */
export function reasonsOf(status: unknown): string[] {
  return reasonsIn(status).map(shown);
}

/** How an event came: `list`, `webhook`, `list, webhook 2x`. */
export function cameBy({ ledger }: LedgerEvent): string {
  const { webhook_deliveries: deliveries, listed_at, first_seen_by } = ledger;
  const webhook = deliveries > 1 ? `webhook ${deliveries}x` : deliveries === 1 ? 'webhook' : '';
  const ways = [webhook, listed_at ? 'list' : ''];
  return (first_seen_by === 'list' ? ways.reverse() : ways).filter(Boolean).join(', ');
}

/** An order's status in its colour. */
export function paintStatus({ paint }: Screen, text: string): string {
  if (/^exception/.test(text)) return paint('yellow', text);
  return paint(/^ported/.test(text) ? 'green' : /^(cancelled|deleted)/.test(text) ? 'dim' : undefined, text);
}

/** An event as a row. `withOrder` is for lists over several orders. */
export function eventColumns(screen: Screen, withOrder: boolean): Column<LedgerEvent>[] {
  return [
    { head: 'time (UTC)', of: ({ created_at }) => instant(created_at) },
    { head: 'type', of: typeOf, least: 8, enough: 21 },
    { head: 'says', of: saysOf, least: 9, enough: 40, paint: (text) => paintStatus(screen, text) },
    ...(withOrder
      ? [{ head: 'order', of: ({ porting_order_id }: LedgerEvent) => porting_order_id, id: true as const }]
      : []),
    { head: 'came by', of: cameBy, spare: true },
    { head: 'event', of: ({ id }) => id, id: true, spare: true },
  ];
}

/** What each event says, for rows that only name their event. */
export function saysColumn<Row extends { readonly id: string }>(
  screen: Screen,
  events: ReadonlyMap<string, LedgerEvent>,
): Column<Row> {
  const of = ({ id }: Row) => {
    const event = events.get(id);
    return event && saysOf(event);
  };
  return { head: 'says', of, least: 9, enough: 24, paint: (text) => paintStatus(screen, text) };
}
