import { readEvents } from '../ledger/events/read-events.ts';
import type { HeldNotice } from '../ledger/notices/notices.ts';
import { orderEventIds } from '../ledger/orders/order-events.ts';
import { readPresentOrder } from '../ledger/orders/order-list.ts';
import { readSync } from '../ledger/runs/sync-state.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import { portingStatusOf } from '../porting/event.ts';
import { isToBeChecked, needOf, openQuestion } from '../porting/needs.ts';
import type { Notice } from '../porting/notice.ts';
import { NOTICE_NAMES } from '../porting/notice-names.ts';
import { millisecondsOf, timestampOf } from '../porting/timestamp.ts';

/** A day after it happened, an order that no one cancelled is in the digest, and no news. */
const CANCELLED_IS_NEWS_FOR = 24 * 3_600_000;

/**
 * What a recorded notice says now, by everything the ledger holds: nobody is told to act on an order that no longer
 * needs it, nor of a date that has passed or been replaced.
 *
 * @param now milliseconds since 1970
 * @returns `over` when it no longer holds, `later` when that is not known yet
 */
export async function noticeNow(store: OrderStore, held: HeldNotice, now: number): Promise<Notice | 'over' | 'later'> {
  const name = NOTICE_NAMES.find((one) => one === held.name);
  const order = held.orderId === undefined ? undefined : await readPresentOrder(store, held.orderId);
  if (name === undefined || order === undefined) return 'over';
  const notice: Notice = { name, order, from: held.from ?? null, to: held.to ?? null };
  if (name === 'cancelled') return notByYou(store, held, notice, now);
  return holds(held, notice, now) ? notice : 'over';
}

function holds({ at, eventId, since }: HeldNotice, { name, order, to }: Notice, now: number): boolean {
  switch (name) {
    case 'action_required':
      return needOf(order, now)?.why === 'exception' && !isAnother(order.status_event_id, order.status_since);
    case 'comment_from_telnyx': {
      const question = openQuestion(order, now);
      return question !== undefined && !isAnother(question.event_id, question.at);
    }
    case 'foc_set':
    case 'foc_changed': {
      const date = order.details?.foc_date ?? null;
      return !order.terminal && order.details !== null && date === to && (to === null || to > timestampOf(now));
    }
    case 'overdue':
      return order.status_since === since && !order.terminal && !isToBeChecked(order, now);
    default:
      return false;
  }

  /** True when something later of the same kind has come, which has a notice of its own. An event may change its id. */
  function isAnother(id: string | null | undefined, happenedAt: string | null | undefined): boolean {
    return id !== eventId && (happenedAt ?? '') > at;
  }
}

/** No one asked for it when no event of the order has the status `cancel-pending`; all must have been read for that. */
async function notByYou(
  store: OrderStore,
  { orderId = '', since = '' }: HeldNotice,
  notice: Notice,
  now: number,
): Promise<Notice | 'over' | 'later'> {
  const happenedAt = millisecondsOf(since);
  if (notice.order.status?.value !== 'cancelled' || now - happenedAt > CANCELLED_IS_NEWS_FOR) return 'over';
  const { completeThrough = 0 } = await readSync(store, now);
  if (completeThrough < happenedAt) return 'later';
  const events = await readEvents(store, await orderEventIds(store, orderId));
  return events.some((event) => portingStatusOf(event) === 'cancel-pending') ? 'over' : notice;
}
