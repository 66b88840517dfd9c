import { isObject } from './event.ts';
import { type Timestamp, timestamp } from './timestamp.ts';

/** A status as Telnyx sends it. Only `exception` has entries in `details`. */
export interface OrderStatus {
  readonly value: string;
  readonly details: readonly unknown[];
}

/**
 * What one event says about its order, as small as possible: a split order has one for each of its numbers. Plain JSON.
 * Members that this code does not know are kept.
 */
export interface OrderFact {
  /** The event's id. */
  readonly id: string;
  /** When it happened: order-fact-of.ts. */
  readonly at: Timestamp;
  /** The event's date, `created_at` or until it is listed `occurred_at`, if it is not `at`. */
  readonly created?: Timestamp;
  readonly type: string;
  /** Grows with what the ledger knows of the event: of two facts with one id, the one with the greater `v` holds. */
  readonly v: string;
  readonly listed: boolean;
  readonly webhook: boolean;
  readonly status?: OrderStatus;
  readonly supportKey?: string;
  readonly reference?: string;
  readonly messaging?: Readonly<Record<string, unknown>>;
  /** The order that the split created, and the order that has the event in its list. */
  readonly into?: string;
  readonly from?: string;
  readonly of?: string;
  readonly comment?: { readonly by: string };
  /** Null when the event says that the order has no address of its own. */
  readonly webhookUrl?: string | null;
  readonly deletedAt?: Timestamp;
  /** The payload's own `updated_at`. */
  readonly payloadAt?: Timestamp;
  /**
   * Sorted ids of other events that this fact stands for, and the number of further ones without their ids:
   * gathered-facts.ts.
   */
  readonly also?: readonly string[];
  readonly more?: number;
  /** The key by which the event can be recognised under another id. */
  readonly same?: string;
}

/** True while the event's payload has not been seen. */
export function isWithoutPayload({ v }: OrderFact): boolean {
  return v.startsWith('0#');
}

/**
 * One fact for each event, sorted by time. The result does not depend on the order or repetition of the facts, and
 * merging it again changes nothing. So an order's stored facts and new ones can be merged together.
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
 * The newer of two facts about an event, with the marks of both. A boolean member is a mark, such as where the event
 * was seen, and a stale read must not remove it. The result stands for all events that either fact stands for.
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
 * A fact without the members that merging combines. Two facts of one version say the same; if they do not, the choice
 * must not depend on which came first.
 */
function sayingOf({ also, more, ...fact }: OrderFact): string {
  return JSON.stringify(Object.entries(fact).filter(([, value]) => typeof value !== 'boolean'));
}

/**
 * The order of an order's events: by time, to the second where the payload says it; then by `created_at`; then by the
 * payload's `updated_at`, then by the record's, a missing one first; then by id, which is unique once facts are merged.
 * Two status changes may have one `created_at`, and only the payload says which is later.
 */
function inTime(one: OrderFact, other: OrderFact): number {
  const [mine, theirs] = [placeOf(one), placeOf(other)];
  const different = mine.findIndex((part, index) => part !== theirs[index]);
  return (mine[different] ?? '') < (theirs[different] ?? '') ? -1 : 1;
}

function placeOf({ at, created = at, payloadAt = '', v, id }: OrderFact): readonly string[] {
  return [at, created, payloadAt, v.slice(v.lastIndexOf('#') + 1), id];
}

/**
 * Reads facts back from the JSON that `JSON.stringify` made of them. Members that this code does not know stay.
 *
 * They are stored as they are: the fact of a split takes 34 bytes when deflated, and a mere list of its values no less.
 *
 * @throws {TypeError} when it is anything else: the order's events must be read again
 */
export function factsIn(value: unknown): OrderFact[] {
  if (!Array.isArray(value)) throw new TypeError('An order must have a list of facts.');
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
