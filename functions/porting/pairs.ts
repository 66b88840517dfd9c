import type { OrderFact } from './order-facts.ts';

/** One event under two ids: the list's and its webhook's. */
export interface Pair {
  readonly listedId: string;
  readonly webhookId: string;
}

/** A fact that may have been joined to another one: see ledger/events/join.ts. */
export type JoinableFact = OrderFact & { readonly joined?: true };

/**
 * Facts of an order that are one event under two ids, where ids are known to differ: one fact that only the list has brought and one that
 * only a webhook has, with one natural key. Two events may share a key, such as two refusals within a second: each is in one pair at most,
 * with a fact that gives the same reasons if there is one.
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

/** Facts without those that are another one under its webhook's id. One that the list has shown after all is an event of its own. */
export function withoutJoined<Fact extends JoinableFact>(facts: readonly Fact[]): readonly Fact[] {
  return facts.filter(({ joined, listed }) => !joined || listed);
}

/**
 * The id under which an event stands now: the list's, where the event with this id came by webhook only and `present` is the same event in
 * the list.
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
