import { needOf, openQuestion } from './needs.ts';
import type { OrderState } from './order.ts';
import { type FocChange, focChange } from './order-details.ts';
import type { HeldReading } from './order-reading.ts';
import { millisecondsOf, type Timestamp, timestampOf } from './timestamp.ts';

const HOUR = 3_600_000;

/**
 * What was last published about an order besides its events: for the first three, the event that it was about. So each
 * thing is published once, and again only under the same id.
 */
export interface Told {
  readonly action?: string | undefined;
  readonly comment?: string | undefined;
  readonly draft?: string | undefined;
  /** The FOC date that was last published, or with which the readings began; and how many were published. */
  readonly foc?: { readonly date: Timestamp | null; readonly times: number } | undefined;
}

/** Everything that decides what is published about an order. */
export interface KnownOrder {
  readonly state: OrderState;
  readonly reading: HeldReading | undefined;
  readonly told: Told;
}

/** Something to publish about an order that no event of Telnyx's says. */
export type Derived =
  | { readonly type: 'porting_order.action_required'; readonly eventId: string; readonly actBy: Timestamp | null }
  | { readonly type: 'porting_order.comment_from_telnyx'; readonly eventId: string }
  | { readonly type: 'porting_order.draft_expiring'; readonly eventId: string; readonly actBy: Timestamp | null }
  | {
      readonly type: 'porting_order.foc_set' | 'porting_order.foc_changed';
      readonly foc: FocChange;
      /** Its number among those of its order, from 1. */
      readonly number: number;
    };

/**
 * What the order's row, as it is now, says that has not been published. The row decides, not the event or the reading
 * that changed it: an exception that has ended before it becomes known asks nothing of anyone.
 *
 * @param now milliseconds since 1970
 */
export function derivedFrom({ state, reading, told }: KnownOrder, now: number): readonly Derived[] {
  const derived: Derived[] = [];
  const { act_by: actBy } = state;
  const action = eventAskingToAct(state, now);
  if (action !== undefined && action !== told.action) {
    derived.push({ type: 'porting_order.action_required', eventId: action, actBy });
  }
  const question = openQuestion(state, now)?.event_id;
  if (question !== undefined && question !== told.comment) {
    derived.push({ type: 'porting_order.comment_from_telnyx', eventId: question });
  }
  const draft = needOf(state, now)?.why === 'draft' ? state.status_event_id : null;
  if (draft !== null && draft !== told.draft) {
    derived.push({ type: 'porting_order.draft_expiring', eventId: draft, actBy });
  }
  const foc = reading && told.foc && !state.terminal ? focChange({ foc: told.foc.date }, reading.details) : undefined;
  if (foc) {
    const type = foc.kind === 'set' ? 'porting_order.foc_set' : 'porting_order.foc_changed';
    derived.push({ type, foc, number: (told.foc?.times ?? 0) + 1 });
  }
  return derived;
}

/** What to note as published. */
export function toldBy(derived: readonly Derived[]): Told {
  return Object.assign({}, ...derived.map(noteOf));
}

function noteOf(one: Derived): Told {
  switch (one.type) {
    case 'porting_order.action_required':
      return { action: one.eventId };
    case 'porting_order.comment_from_telnyx':
      return { comment: one.eventId };
    case 'porting_order.draft_expiring':
      return { draft: one.eventId };
    default:
      return { foc: { date: one.foc.to, times: one.number } };
  }
}

/** The event that asks the customer to act on an order; `undefined` when none does, or the deadline has passed. */
function eventAskingToAct({ action_required, status_event_id, act_by }: OrderState, now: number): string | undefined {
  if (!action_required || status_event_id === null) return undefined;
  return act_by === null || act_by > timestampOf(now) ? status_event_id : undefined;
}

/**
 * True when a webhook is live: its event occurred less than an hour before its receipt. What follows from a live event
 * is published at once, whatever the sync does: an exception must reach people even while the list is down.
 */
export function isLive(occurredAt: Timestamp, receivedAt: Timestamp): boolean {
  return millisecondsOf(receivedAt) - millisecondsOf(occurredAt) < HOUR;
}
