import { statusesWaitingFor, TERMINAL } from '../../porting/acts.ts';
import { type Day, dayAfter } from '../../porting/day.ts';
import { localDayOf } from '../../porting/local-day.ts';
import { millisecondsOf, type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { isAbove } from '../table/expressions.ts';
import { countAll } from '../table/key-range.ts';
import type { OrderStore } from '../table/store.ts';
import { ordersNeedingYou } from './needs-you.ts';
import { orderRange } from './order-keys.ts';
import { readConfirmedAt } from './order-pass.ts';
import { ordersWithFoc } from './orders-by-foc.ts';

const DAY = 24 * 3_600_000;
const ENDED_IN_DAYS = 7;
const FOC_DAYS = 14;

/** How the orders stand. */
export interface OrderSummary {
  readonly needs_you: number;
  /** The soonest deadline among the orders that need you; null when none of them has one. */
  readonly next_deadline: Timestamp | null;
  readonly waiting_for_telnyx: number;
  readonly waiting_for_losing_carrier: number;
  /** Orders that came into a status after which nothing follows. */
  readonly ended_7d: number;
  /** Today and the next 13 days, each with the number of orders that have their FOC date on it. */
  readonly foc_dates: readonly { readonly day: Day; readonly orders: number }[];
  /** When all open orders were last compared with Telnyx's own; null before the first time, and without order details. */
  readonly details_as_of: Timestamp | null;
}

/**
 * Counts the orders by who must act. An order that waits for someone else and in which Telnyx asks you something is in
 * both counts. Reads the keys of the open orders, of those that changed within a week, and of those with a FOC date
 * within two.
 *
 * @param now milliseconds since 1970
 * @param zone the IANA time zone of the days
 */
export async function summarizeOrders(store: OrderStore, now: number, zone: string): Promise<OrderSummary> {
  const inStatuses = (statuses: readonly string[]) =>
    sumOf(statuses.map((status) => countAll(store, orderRange('by_status', status))));
  const weekAgo = timestampOf(now - ENDED_IN_DAYS * DAY);
  const ended = TERMINAL.map((status) =>
    countAll(store, orderRange('by_status', status, { from: weekAgo, where: isAbove('since', weekAgo) })),
  );
  const [needing, telnyx, losingCarrier, endedLately, focDates, confirmedAt] = await Promise.all([
    ordersNeedingYou(store, now),
    inStatuses(statusesWaitingFor('telnyx')),
    inStatuses(statusesWaitingFor('losing_carrier')),
    sumOf(ended),
    focDatesOf(store, now, zone),
    readConfirmedAt(store),
  ]);
  return {
    needs_you: needing.length,
    next_deadline: needing[0]?.need.by ?? null,
    waiting_for_telnyx: telnyx,
    waiting_for_losing_carrier: losingCarrier,
    ended_7d: endedLately,
    foc_dates: focDates,
    details_as_of: confirmedAt ?? null,
  };
}

async function focDatesOf(store: OrderStore, now: number, zone: string): Promise<OrderSummary['foc_dates']> {
  const days = [localDayOf(now, zone)];
  while (days.length < FOC_DAYS) days.push(dayAfter(days.at(-1) ?? ''));
  const orders = new Map(days.map((day) => [day, 0]));
  // A day more at both ends, for any time zone.
  const [from, to] = [now - DAY, now + (FOC_DAYS + 1) * DAY].map(timestampOf);
  for await (const { foc } of ordersWithFoc(store, from ?? '', to ?? '')) {
    const day = localDayOf(millisecondsOf(foc), zone);
    const count = orders.get(day);
    if (count !== undefined) orders.set(day, count + 1);
  }
  return [...orders].map(([day, count]) => ({ day, orders: count }));
}

async function sumOf(counts: readonly Promise<number>[]): Promise<number> {
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
