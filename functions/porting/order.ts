import { type Duty, dutyOf } from './acts.ts';
import { eventCountOf } from './gathered-facts.ts';
import { mergeFacts, type OrderFact, type OrderStatus } from './order-facts.ts';
import { type Timestamp, timestampOf } from './timestamp.ts';

/** An event among an order's. */
export interface EventMark {
  readonly id: string;
  readonly event_type: string;
  readonly at: Timestamp;
}

/** What an order's events say of it together. */
export interface OrderState extends Duty {
  readonly id: string;
  readonly record_type: 'porting_order';
  /** Null as long as no event has told one. */
  readonly status: OrderStatus | null;
  /** When the order came into the status: the first event of those that tell it without another one in between. */
  readonly status_since: Timestamp | null;
  /** The newest event that tells the status. */
  readonly status_event_id: string | null;
  /** The newest text that any event gave; Telnyx leaves both out at times, which is no news. */
  readonly support_key: string | null;
  readonly customer_reference: string | null;
  /** As Telnyx tells it. */
  readonly messaging: Readonly<Record<string, unknown>> | null;
  /** Ids of orders, sorted. */
  readonly split_from: readonly string[];
  readonly split_into: readonly string[];
  readonly last_comment: { readonly at: Timestamp; readonly by: string; readonly event_id: string } | null;
  readonly deleted_at: Timestamp | null;
  readonly events: { readonly total: number; readonly by_type: Readonly<Record<string, number>> };
  readonly first_event: EventMark | null;
  readonly last_event: EventMark | null;
  /** The time of the last event, or of another order's that split this one off; the beginning of 1970 when there is none. */
  readonly changed_at: Timestamp;
}

/**
 * An order's state: the fold of its events by (time, id), the same for every order and duplication of the facts. A status counts when
 * its event is the newest that tells one, also out of a terminal status. Of a split that is among another order's events it takes only
 * what the split says about this one.
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

/** The orders at the other end of the splits that have this one at an end; each is told by as many events as there are numbers. */
function others(id: string, history: readonly OrderFact[], end: 'from' | 'into', other: 'from' | 'into'): string[] {
  const ids = history.flatMap((fact) => (fact[end] === id && fact[other] !== undefined ? [fact[other]] : []));
  return [...new Set(ids)].filter((one) => one !== id).sort();
}

/** Types are Telnyx's words: `__proto__` is one like any other here. */
function countByType(history: readonly OrderFact[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const fact of history) counts.set(fact.type, (counts.get(fact.type) ?? 0) + eventCountOf(fact));
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function markOf(fact: OrderFact | undefined): EventMark | null {
  return fact ? { id: fact.id, event_type: fact.type, at: fact.at } : null;
}
