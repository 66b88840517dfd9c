import type { Day } from '../../porting/day.ts';
import { localDayOf } from '../../porting/local-day.ts';
import { millisecondsOf, type Timestamp } from '../../porting/timestamp.ts';
import type { Order } from './answers.ts';

/** The orders that port on one day. */
export interface PortingDay {
  readonly day: Day;
  /** Of the first of them. */
  readonly at: Timestamp;
  readonly orders: readonly Order[];
}

/** Orders by the day of their FOC date in a time zone. Those that come sorted by date stay so. */
export function byDay(orders: readonly Order[], zone: string): readonly PortingDay[] {
  const days = new Map<Day, { at: Timestamp; orders: Order[] }>();
  for (const order of orders) {
    const at = order.details?.foc_date;
    if (!at) continue;
    const day = localDayOf(millisecondsOf(at), zone);
    const known = days.get(day);
    if (known) known.orders.push(order);
    else days.set(day, { at, orders: [order] });
  }
  return [...days].map(([day, { at, orders: some }]) => ({ day, at, orders: some }));
}

/** Where a date stood before, if it was moved to another instant. */
export function movedFrom({ details }: Order): Timestamp | undefined {
  const { foc_date: date, foc_date_before: before } = details ?? {};
  return date && before && before !== date ? before : undefined;
}
