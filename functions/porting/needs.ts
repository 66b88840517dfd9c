import type { OrderState } from './order.ts';
import { millisecondsOf, type Timestamp, timestampOf } from './timestamp.ts';

const DAY = 24 * 3_600_000;
/** Telnyx deletes a draft after 30 days. Before its last days, a draft is the customer's own business. */
export const DRAFT_NEEDS_YOU_FOR = 5 * DAY;
/** A question that no one has answered for a week is settled, or forgotten by Telnyx too. */
export const QUESTION_WAITS_FOR = 7 * DAY;
/** `user_type` of Telnyx's own people in a comment. */
const TELNYX = 'admin';

/** Why an order waits for the customer, since when, and until when; `by` is null if nothing happens at a fixed time. */
export interface Need {
  readonly why: 'exception' | 'draft' | 'question';
  readonly since: Timestamp;
  readonly by: Timestamp | null;
}

/**
 * Why an order needs you: the one definition. An exception until its deadline; a draft in its last five days; an open
 * order in which Telnyx has the last word, until a later status, a comment of the customer's, or a week. An exception
 * whose deadline has passed is not one: Telnyx has cancelled the order by then, whether or not it has said so.
 *
 * @param now milliseconds since 1970
 */
export function needOf(order: OrderState, now: number): Need | undefined {
  const { status, status_since: since, act_by: by } = order;
  if (since !== null && (status?.value === 'exception' || status?.value === 'draft')) {
    if (isToBeChecked(order, now)) return undefined;
    if (status.value === 'exception') return { why: 'exception', since, by };
    if (by !== null && millisecondsOf(by) - now <= DRAFT_NEEDS_YOU_FOR) return { why: 'draft', since, by };
  }
  const question = openQuestion(order, now);
  return question && { why: 'question', since: question.at, by: null };
}

/**
 * True when a deadline of the customer's has passed: by its own rules Telnyx has cancelled or deleted the order by now,
 * whether or not it has said so. Such an order needs no one; it is to be checked with Telnyx.
 *
 * @param now milliseconds since 1970
 */
export function isToBeChecked({ acts, act_by }: Pick<OrderState, 'acts' | 'act_by'>, now: number): boolean {
  return acts === 'customer' && act_by !== null && act_by <= timestampOf(now);
}

type Comment = NonNullable<OrderState['last_comment']>;

/**
 * The comment in which Telnyx waits for an answer: for a week, the last word in an open order.
 *
 * @param now milliseconds since 1970
 */
export function openQuestion(order: OrderState, now: number): Comment | undefined {
  const question = questionIn(order);
  return question && millisecondsOf(question.at) > now - QUESTION_WAITS_FOR ? question : undefined;
}

/** The comment with which Telnyx has the last word in an open order: nothing of the customer's, no status after it. */
export function questionIn({ terminal, last_comment: last, status_since: since }: OrderState): Comment | undefined {
  return last && !terminal && last.by === TELNYX && (since === null || since <= last.at) ? last : undefined;
}
