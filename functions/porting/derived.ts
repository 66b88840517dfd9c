import type { OrderState } from './order.ts';
import { millisecondsOf, type Timestamp, timestampOf } from './timestamp.ts';

const HOUR = 3_600_000;

/**
 * The event that asks the customer to act on an order; `undefined` when none does, the deadline has passed, or its
 * action_required was published.
 *
 * @param published the event whose action_required was last published
 * @param now milliseconds since 1970
 */
export function eventAskingToAct(order: OrderState, published: string | undefined, now: number): string | undefined {
  const { action_required, status_event_id, act_by } = order;
  if (!action_required || status_event_id === null || status_event_id === published) return undefined;
  return act_by === null || act_by > timestampOf(now) ? status_event_id : undefined;
}

/**
 * True when a webhook is live: its event occurred less than an hour before its receipt. A live event's action_required
 * is published at once, whatever the sync does: an exception must reach people even while the list is down.
 */
export function isLive(occurredAt: Timestamp, receivedAt: Timestamp): boolean {
  return millisecondsOf(receivedAt) - millisecondsOf(occurredAt) < HOUR;
}
