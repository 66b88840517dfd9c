import type { CsvColumn } from '../http/csv.ts';
import type { LedgerEvent } from '../ledger/events/row.ts';
import type { Order } from '../ledger/orders/order-list.ts';
import { membersOf, PORTING_ORDER_FAMILY } from '../porting/event.ts';
import { actorWords, authorWords, reasonsIn, saidIn } from '../porting/event-words.ts';
import { recordTime } from '../porting/timestamp.ts';

/** Orders as a spreadsheet shows them. */
export const ORDER_COLUMNS: readonly CsvColumn<Order>[] = [
  {
    head: 'Customer reference',
    of: ({ customer_reference, details }) => customer_reference ?? details?.customer_reference,
  },
  { head: 'Status', of: ({ status }) => status?.value ?? 'not known' },
  { head: 'Status since (UTC)', of: ({ status_since }) => instant(status_since) },
  { head: 'Reason', of: ({ status }) => reasonsIn(status).join('; ') },
  { head: 'Must act', of: ({ acts }) => actorWords(acts) },
  { head: 'Act by (UTC)', of: ({ act_by }) => instant(act_by) },
  { head: 'FOC date (UTC)', of: ({ details }) => instant(details?.foc_date) },
  { head: 'FOC date before (UTC)', of: ({ details }) => instant(details?.foc_date_before) },
  { head: 'Numbers', of: ({ details }) => details?.number_count },
  { head: 'Overdue since (UTC)', of: ({ overdue_since }) => instant(overdue_since) },
  { head: 'Last comment (UTC)', of: ({ last_comment }) => instant(last_comment?.at) },
  { head: 'Last comment by', of: ({ last_comment }) => authorWords(last_comment?.by) },
  { head: 'Last change (UTC)', of: ({ changed_at }) => instant(changed_at) },
  { head: 'Support key', of: ({ support_key, details }) => support_key ?? details?.support_key },
  { head: 'Order ID', of: ({ id }) => id },
];

/** An order's events as a spreadsheet shows them. */
export const EVENT_COLUMNS: readonly CsvColumn<LedgerEvent>[] = [
  { head: 'Time (UTC)', of: ({ created_at }) => instant(created_at) },
  { head: 'What', of: ({ event_type }) => event_type?.replace(PORTING_ORDER_FAMILY, '').replaceAll('_', ' ') },
  { head: 'Says', of: saidIn },
  { head: 'Reason', of: ({ payload }) => reasonsIn(membersOf(payload).status).join('; ') },
  { head: 'Written by', of: ({ payload }) => authorWords(membersOf(membersOf(payload).comment).user_type) },
  { head: 'Order ID', of: ({ porting_order_id }) => porting_order_id },
  { head: 'Event ID', of: ({ id }) => id },
];

/** `2026-12-09 15:41:06`, which spreadsheets read as a time. */
function instant(at: string | null | undefined): string {
  const time = recordTime(at);
  return time === undefined ? (at ?? '') : time.slice(0, 19).replace('T', ' ');
}
