import type { OrderFact } from './order-facts.ts';

/** One event under two ids: the list's and its webhook's. */
export interface Pair {
  readonly listedId: string;
  readonly webhookId: string;
}

/** A fact that may be joined to another one: see ledger/events/join.ts. */
export type JoinableFact = OrderFact & { readonly joined?: true };

/**
 * Pairs of facts that are one event under two ids, where ids are known to differ: only the list has brought one, only a
 * webhook the other, and both have the same natural key. Two events may share a key, such as two refusals within a
 * second. Each is in one pair at most, preferably with a fact that gives the same reasons.
 */
export function pairsAmong(facts: readonly JoinableFact[]): readonly Pair[] {
  const single = facts.filter(({ same, joined }) => same !== undefined && !joined);
  return [...Map.groupBy(single, ({ same }) => same).values()].flatMap(pairsAlike);
}

function pairsAlike(alike: readonly JoinableFact[]): readonly Pair[] {
  const listedOnly = alike.filter(({ listed, webhook }) => listed && !webhook);
  const webhookOnly = new Set(alike.filter(({ listed, webhook }) => webhook && !listed));
  const pairs: Pair[] = [];
  for (const matches of [haveOneStatus, () => true]) {
    for (const delivered of webhookOnly) {
      const place = listedOnly.findIndex((listed) => matches(listed, delivered));
      for (const { id } of place === -1 ? [] : listedOnly.splice(place, 1)) {
        pairs.push({ listedId: id, webhookId: delivered.id });
        webhookOnly.delete(delivered);
      }
    }
  }
  return pairs;
}

function haveOneStatus(one: OrderFact, other: OrderFact): boolean {
  return JSON.stringify(one.status) === JSON.stringify(other.status);
}

/**
 * Leaves out facts that are joined to another id. A joined fact that the list has shown after all is an event of its
 * own.
 */
export function withoutJoined<Fact extends JoinableFact>(facts: readonly Fact[]): readonly Fact[] {
  return facts.filter(({ joined, listed }) => !joined || listed);
}

/**
 * The present id of an event: the list's, if the event with this id came only by webhook and `present` is the same
 * event in the list.
 *
 * @param present the id of an event
 */
export function presentId(id: string | undefined, present: string | null, facts: readonly OrderFact[]) {
  const one = facts.find((fact) => fact.id === id);
  const other = facts.find((fact) => fact.id === present);
  return one && other && !one.listed && other.listed && one.same !== undefined && one.same === other.same
    ? other.id
    : id;
}
