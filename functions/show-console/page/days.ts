import { daysUntil } from '../../porting/local-day.ts';
import type { Timestamp } from '../../porting/timestamp.ts';
import type { Order } from './answers.ts';
import { dayWords } from './instants.ts';

/** The orders that port on one day, or whose day has passed. */
export interface PortingDay {
  /** `Today, Tue 3 Mar`. */
  readonly name: string;
  readonly orders: readonly Order[];
}

/** Orders that are yet to port by the day of their date in a time zone. Those that come sorted by date stay so. */
export function byDay(orders: readonly Order[], now: number, zone: string): readonly PortingDay[] {
  const days = Map.groupBy(
    orders.filter(({ details }) => details?.foc_date),
    ({ details }) => dayNamed(details?.foc_date ?? '', now, zone),
  );
  return [...days].map(([name, some]) => ({ name, orders: some }));
}

function dayNamed(at: Timestamp, now: number, zone: string): string {
  const ahead = daysUntil(at, now, zone);
  if (ahead < 0) return 'The date has passed';
  const name = dayWords(at, now, zone);
  return ahead === 0 ? `Today, ${name}` : ahead === 1 ? `Tomorrow, ${name}` : name;
}

/** Where a date stood before, if it was moved to another instant. */
export function movedFrom({ details }: Order): Timestamp | undefined {
  const { foc_date: date, foc_date_before: before } = details ?? {};
  return date && before && before !== date ? before : undefined;
}
