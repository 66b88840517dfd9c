import { type Duty, dutyOf } from './acts.ts';
import { eventCountOf } from './gathered-facts.ts';
import { mergeFacts, type OrderFact, type OrderStatus } from './order-facts.ts';
import { type Timestamp, timestampOf } from './timestamp.ts';

/** One of an order's events. */
export interface EventMark {
  readonly id: string;
  readonly event_type: string;
  readonly at: Timestamp;
}

/** What an order's events say about it together. */
export interface OrderState extends Duty {
  readonly id: string;
  readonly record_type: 'porting_order';
  /** Null while no event has named a status. */
  readonly status: OrderStatus | null;
  /** When the order entered the status: the first of the last unbroken series of events that name it. */
  readonly status_since: Timestamp | null;
  /** The newest event that names the status. */
  readonly status_event_id: string | null;
  /** The newest text of any event. Telnyx sometimes leaves both out, which changes nothing. */
  readonly support_key: string | null;
  readonly customer_reference: string | null;
  /** As Telnyx sends it. */
  readonly messaging: Readonly<Record<string, unknown>> | null;
  /** Sorted ids of orders. */
  readonly split_from: readonly string[];
  readonly split_into: readonly string[];
  readonly last_comment: { readonly at: Timestamp; readonly by: string; readonly event_id: string } | null;
  readonly deleted_at: Timestamp | null;
  readonly events: { readonly total: number; readonly by_type: Readonly<Record<string, number>> };
  readonly first_event: EventMark | null;
  readonly last_event: EventMark | null;
  /**
   * The time of the last event, or of the split in another order's events; the beginning of 1970 when there is none.
   */
  readonly changed_at: Timestamp;
}

/**
 * An order's state: the fold of its events by (time, id), independent of the order and repetition of the facts. The
 * status comes from the newest event that names one, even after a terminal status. A split among another order's events
 * counts only for what it says about this order.
 *
 * @param id the order's
 */
export function foldOrder(id: string, facts: readonly OrderFact[]): OrderState {
  const history = mergeFacts(facts);
  const own = history.filter(({ of = id }) => of === id);
  const newest = <Name extends keyof OrderFact>(name: Name) => own.findLast((fact) => fact[name] !== undefined);
  const status = newest('status');
  const since = beginningOfRun(own);
  const commented = newest('comment');
  return {
    id,
    record_type: 'porting_order',
    status: status?.status ?? null,
    status_since: since ?? null,
    status_event_id: status?.id ?? null,
    ...dutyOf(status?.status?.value, since),
    support_key: newest('supportKey')?.supportKey ?? null,
    customer_reference: newest('reference')?.reference ?? null,
    messaging: newest('messaging')?.messaging ?? null,
    split_from: others(id, history, 'into', 'from'),
    split_into: others(id, history, 'from', 'into'),
    last_comment: commented?.comment ? { at: commented.at, by: commented.comment.by, event_id: commented.id } : null,
    deleted_at: newest('deletedAt')?.deletedAt ?? null,
    events: { total: own.reduce((total, fact) => total + eventCountOf(fact), 0), by_type: countByType(own) },
    first_event: markOf(own[0]),
    last_event: markOf(own.at(-1)),
    changed_at: history.at(-1)?.at ?? timestampOf(0),
  };
}

function beginningOfRun(history: readonly OrderFact[]): Timestamp | undefined {
  let value: string | undefined;
  let since: Timestamp | undefined;
  for (const { at, status } of history) {
    if (status === undefined || status.value === value) continue;
    value = status.value;
    since = at;
  }
  return since;
}

/** The orders at the other end of this order's splits. Each split is one event per number. */
function others(id: string, history: readonly OrderFact[], end: 'from' | 'into', other: 'from' | 'into'): string[] {
  const ids = history.flatMap((fact) => (fact[end] === id && fact[other] !== undefined ? [fact[other]] : []));
  return [...new Set(ids)].filter((one) => one !== id).sort();
}

/** Types are Telnyx's words: even `__proto__` is an ordinary one here. */
function countByType(history: readonly OrderFact[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const fact of history) counts.set(fact.type, (counts.get(fact.type) ?? 0) + eventCountOf(fact));
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function markOf(fact: OrderFact | undefined): EventMark | null {
  return fact ? { id: fact.id, event_type: fact.type, at: fact.at } : null;
}
