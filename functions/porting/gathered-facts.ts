import type { OrderFact } from './order-facts.ts';

/** An order with too many splits keeps the other order's id in this many of them, the newest. */
const SPLITS_KEPT = 1_000;

/**
 * Reduces the number of an order's facts. `facts` are sorted by time, as {@link mergeFacts} returns them; so is the
 * result.
 */
export type Gather = (orderId: string, facts: readonly OrderFact[]) => OrderFact[];

/**
 * Combines facts that no longer decide anything, one for each kind. It keeps the ids of the others, so that a repeated
 * event is recognised. The order's state does not change.
 */
export const gatherEqual: Gather = (orderId, facts) => gather(orderId, facts, ({ status }) => status === undefined);

/** As {@link gatherEqual}; also combines the statuses before the present one. */
export const gatherPast: Gather = (orderId, facts) => {
  const present = facts.findLast(({ status }) => status)?.status?.value;
  const turn = facts.findLastIndex(({ status }) => status && status.value !== present);
  const past = new Set(facts.slice(0, Math.max(0, turn)));
  return gather(orderId, facts, (fact) => fact.status === undefined || past.has(fact));
};

/** As {@link gatherPast}, but only counts the ids: a repeated event is counted again. */
export const countGathered: Gather = (orderId, facts) =>
  gatherPast(orderId, facts).map(({ also = [], ...fact }) =>
    also.length > 0 ? { ...fact, more: (fact.more ?? 0) + also.length } : fact,
  );

/**
 * As {@link countGathered}, but only the newest splits keep the order at their other end; the state shows these alone.
 */
export const countSplits: Gather = (orderId, facts) => {
  const splits = facts.filter(({ into }) => into !== undefined);
  const old = new Set(splits.slice(0, -SPLITS_KEPT));
  const shortened = facts.map((fact) => {
    const { into, from, ...rest } = fact;
    return old.has(fact) ? rest : fact;
  });
  return countGathered(orderId, shortened);
};

/** The number of events that a fact stands for. */
export function eventCountOf({ also = [], more = 0 }: OrderFact): number {
  return 1 + also.length + more;
}

function gather(orderId: string, facts: readonly OrderFact[], isSpent: (fact: OrderFact) => boolean): OrderFact[] {
  const telling = tellingAmong(orderId, facts);
  const kindOf = (fact: OrderFact) => (isSpent(fact) && !telling.has(fact) && isSettled(fact) ? kind(fact) : fact.id);
  const place = new Map(facts.map(({ id }, index) => [id, index]));
  return [...Map.groupBy(facts, kindOf).values()]
    .map(asOne)
    .sort((one, other) => (place.get(one.id) ?? 0) - (place.get(other.id) ?? 0));
}

function asOne(group: readonly OrderFact[]): OrderFact {
  const newest = group.at(-1) as OrderFact;
  if (group.length === 1) return newest;
  const { status, ...rest } = newest;
  const also = group.flatMap(({ id, also = [] }) => (id === newest.id ? also : [id, ...also])).sort();
  const more = group.reduce((sum, { more = 0 }) => sum + more, 0);
  return { ...rest, also, ...(more > 0 && { more }) };
}

/** The facts that determine the state: the first, the last, and the newest of each member. */
function tellingAmong(orderId: string, facts: readonly OrderFact[]): ReadonlySet<OrderFact> {
  const own = facts.filter(({ of = orderId }) => of === orderId);
  const names = ['supportKey', 'reference', 'messaging', 'comment', 'deletedAt', 'webhookUrl', 'status'] as const;
  const newest = names.map((name) => own.findLast((fact) => fact[name] !== undefined));
  return new Set([own[0], own.at(-1), facts.at(-1), ...newest].flatMap((fact) => fact ?? []));
}

/** True when nothing marks the fact, and no pairing with another id is expected. */
function isSettled(fact: OrderFact): boolean {
  const isMarked = 'gone' in fact || 'joined' in fact;
  return !isMarked && (fact.same === undefined || (fact.listed && fact.webhook));
}

function kind({ type, of, from, into, listed, webhook }: OrderFact): string {
  return JSON.stringify([type, of, from, into, listed, webhook]);
}
