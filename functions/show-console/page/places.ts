import { isToBeChecked, needOf } from '../../porting/needs.ts';
import { reasonWords } from '../../porting/order-words.ts';
import type { Order } from './answers.ts';

/** Where an order stands, in the words of the person who has ordered it. */
export function placeOf(order: Order, now: number): string {
  if (isToBeChecked(order, now)) return 'Check with Telnyx';
  if (needOf(order, now)) return 'Needs you';
  const status = order.status?.value;
  const known = PLACES.get(status ?? '');
  if (known !== undefined) return known;
  if (order.acts === 'telnyx') return 'Waiting for Telnyx';
  if (order.acts === 'losing_carrier') return 'Waiting for the old carrier';
  return status?.replaceAll('-', ' ') ?? 'Not known yet';
}

const PLACES: ReadonlyMap<string, string> = new Map([
  ['draft', 'Draft'],
  ['foc-date-confirmed', 'Date set'],
  ['ported', 'Ported'],
  ['cancelled', 'Cancelled'],
  ['deleted', 'Deleted'],
]);

/** What is wrong with an order that needs you, one line for each reason; in Telnyx's words where it has any. */
export function wrongIn(order: Order, now: number): readonly string[] {
  switch (needOf(order, now)?.why) {
    case 'draft':
      return ['A draft that was not sent. Telnyx deletes it after 30 days.'];
    case 'question':
      return ['Telnyx wrote, and waits for your answer.'];
    case 'exception':
      return refusalsOf(order);
    default:
      return [];
  }
}

function refusalsOf({ status }: Order): readonly string[] {
  const reasons = (status?.details ?? []).map(reasonWords).filter((words) => words !== '');
  return reasons.length > 0 ? [...new Set(reasons)] : ['Telnyx refused it and gives no reason.'];
}

/** Since when an order waits for whom it waits for. */
export function waitingSince(order: Order, now: number): string | null {
  return needOf(order, now)?.since ?? order.status_since;
}
