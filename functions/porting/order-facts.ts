import { isObject } from './event.ts';
import { type Timestamp, timestamp } from './timestamp.ts';

/** A status as Telnyx tells it. `details` has entries on `exception` only. */
export interface OrderStatus {
  readonly value: string;
  readonly details: readonly unknown[];
}

/**
 * What one event says about its order, as small as can be: an order that was split has one for each of its numbers.
 * Plain JSON. Members that this code does not know are kept.
 */
export interface OrderFact {
  /** The event's. */
  readonly id: string;
  readonly at: Timestamp;
  readonly type: string;
  /** Grows with what the ledger knows of the event: of two facts with one id, the bigger one holds. */
  readonly v: string;
  readonly listed: boolean;
  readonly webhook: boolean;
  readonly status?: OrderStatus;
  readonly supportKey?: string;
  readonly reference?: string;
  readonly messaging?: Readonly<Record<string, unknown>>;
  /** The orders of a split, and the one among whose events it is. */
  readonly into?: string;
  readonly from?: string;
  readonly of?: string;
  readonly comment?: { readonly by: string };
  /** Null when the event says that the order has none of its own. */
  readonly webhookUrl?: string | null;
  readonly deletedAt?: Timestamp;
  /** The payload's own `updated_at`. */
  readonly payloadAt?: Timestamp;
  /**
   * Ids of other events that this one stands for, sorted; and the number of those whose ids are not kept:
   * gathered-facts.ts.
   */
  readonly also?: readonly string[];
  readonly more?: number;
  /** What the event can be recognised by under another id. */
  readonly same?: string;
}

/**
 * One fact for each event, in time. The outcome is the same for every order and duplication of what is given, and
 * merging it again changes nothing: what an order's row holds and what is new go in together.
 */
export function mergeFacts(facts: Iterable<OrderFact>): OrderFact[] {
  const all = [...facts];
  const gathered = new Set(all.flatMap(({ also = [] }) => also));
  const merged = new Map<string, OrderFact>();
  for (const fact of all) {
    if (gathered.has(fact.id)) continue;
    const held = merged.get(fact.id);
    merged.set(fact.id, held ? mergeTwo(held, fact) : fact);
  }
  return [...merged.values()].sort(inTime);
}

/**
 * The newer one of two facts about an event, with the marks of both: a member that is true or false is a mark, such as
 * where the event was seen, and a stale read must not take it away. It stands for all that either of them stands for.
 */
function mergeTwo(one: OrderFact, other: OrderFact): OrderFact {
  const isOther = one.v === other.v ? sayingOf(other) > sayingOf(one) : other.v > one.v;
  const newer = isOther ? other : one;
  const marks = [...marksOf(one), ...marksOf(other)];
  const also = [...new Set([...(one.also ?? []), ...(other.also ?? [])])].sort();
  const more = Math.max(one.more ?? 0, other.more ?? 0);
  return {
    ...newer,
    ...(also.length > 0 && { also }),
    ...(more > 0 && { more }),
    ...Object.fromEntries(marks.sort(([, before], [, after]) => Number(before) - Number(after))),
  };
}

function marksOf(fact: OrderFact): [string, boolean][] {
  return Object.entries(fact).filter((member): member is [string, boolean] => typeof member[1] === 'boolean');
}

/**
 * What a fact says, without what merging keeps of both. Two facts of one version say the same; if they do not, the
 * choice must not depend on which one came first.
 */
function sayingOf({ also, more, ...fact }: OrderFact): string {
  return JSON.stringify(Object.entries(fact).filter(([, value]) => typeof value !== 'boolean'));
}

/**
 * The order of an order's events: by `created_at`; at one instant by the payload's `updated_at`, then by the record's,
 * a missing one first; and by id in the end, which no two facts share once they are merged. Two status changes may
 * share the instant at which they were created, and the payload tells which was the later.
 */
function inTime(one: OrderFact, other: OrderFact): number {
  const [mine, theirs] = [placeOf(one), placeOf(other)];
  const different = mine.findIndex((part, index) => part !== theirs[index]);
  return (mine[different] ?? '') < (theirs[different] ?? '') ? -1 : 1;
}

function placeOf({ at, payloadAt = '', v, id }: OrderFact): readonly string[] {
  return [at, payloadAt, v.slice(v.lastIndexOf('#') + 1), id];
}

/**
 * Reads facts back from the JSON that `JSON.stringify` made of them. Members that this code does not know stay.
 *
 * They are stored as they are: deflated, the fact of a split takes 34 bytes, and as a mere list of its values no less.
 *
 * @throws {TypeError} when it is anything else: the order's events have to be read again
 */
export function factsIn(value: unknown): OrderFact[] {
  if (!Array.isArray(value)) throw new TypeError('An order has a list of facts.');
  return value.map((fact) => {
    if (isFact(fact)) return fact;
    throw new TypeError("A fact has an event's id, time, type and version, and says where it was seen.");
  });
}

function isFact(value: unknown): value is OrderFact {
  if (!isObject(value)) return false;
  const texts = [value.id, value.at, value.type, value.v];
  const marks = [value.listed, value.webhook];
  return (
    texts.every((text) => typeof text === 'string') &&
    marks.every((mark) => typeof mark === 'boolean') &&
    timestamp(value.at) === value.at
  );
}
