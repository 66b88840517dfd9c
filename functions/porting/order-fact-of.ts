import { DELETED } from './acts.ts';
import { hasPayload, inOneCase, isName, isObject, membersOf, type PortingEvent, portingStatusOf } from './event.ts';
import { isDeeperThan } from './json.ts';
import { only, textOf } from './members.ts';
import type { OrderFact, OrderStatus } from './order-facts.ts';
import { orderIdOf, sameEventKey } from './same-event.ts';
import { millisecondsOf, recordTime, type Timestamp } from './timestamp.ts';

/** What the ledger knows about an event beside its record. */
export interface Knowledge {
  /** The sort key of the event. */
  readonly createdAt: Timestamp;
  /** The version of the list's record; undefined while only the webhook has been seen. */
  readonly version: string | undefined;
  readonly listed: boolean;
  readonly webhook: boolean;
}

const LONGEST_URL = 2_000;

/** The most characters of JSON for details or a messaging status: all 21 codes with descriptions have some 3,000. */
const MOST_CHARACTERS = 10_000;
/** Levels below a detail or a messaging status. JSON.stringify is recursive and fails on deeper nesting. */
const MOST_LEVELS = 15;

/** Reads what an event says about its order. No payload makes it throw; it leaves out what it cannot read. */
export function orderFactOf(event: PortingEvent, { createdAt, version, listed, webhook }: Knowledge): OrderFact {
  const payload = membersOf(event.payload);
  const at = timeOf(createdAt, ownTimeOf(event, payload));
  return {
    id: event.id,
    at,
    ...(at !== createdAt && { created: createdAt }),
    type: event.event_type,
    v: `${hasPayload(event) ? 1 : 0}#${listed ? 1 : 0}#${version ?? ''}`,
    listed,
    webhook,
    ...only({
      supportKey: textOf(payload.support_key),
      reference: textOf(payload.customer_reference),
      webhookUrl: payload.webhook_url === null ? null : textOf(payload.webhook_url, LONGEST_URL),
      ...ownOf(event, payload),
      payloadAt: recordTime(payload.updated_at),
      same: sameEventKey(event),
    }),
  };
}

/**
 * True when two facts about one event say the same of its order, so that folding the second changes nothing unless
 * another event has the same second. Where they come from, and the dates that only one source has, do not matter.
 */
export function sayTheSame(one: OrderFact, other: OrderFact): boolean {
  const sayingOf = ({ v, listed, webhook, created, payloadAt, ...saying }: OrderFact) => JSON.stringify(saying);
  return sayingOf(one) === sayingOf(other);
}

/** A payload's own time that is further from the event's date is about something else, or wrong. */
const NEAR = 60_000;

/**
 * When the event happened: the payload's own time if it has one, to the second, which is the precision of webhooks.
 * The list's `created_at` and the webhook's `occurred_at` of one event are some seconds apart (docs/telnyx.md §3.2);
 * the payload's time is the same in both, so the order's state does not depend on which came first.
 */
function timeOf(createdAt: Timestamp, own: Timestamp | undefined): Timestamp {
  if (own === undefined || Math.abs(millisecondsOf(own) - millisecondsOf(createdAt)) > NEAR) return createdAt;
  return `${own.slice(0, 19)}.000000Z`;
}

function ownTimeOf({ event_type }: PortingEvent, payload: Readonly<Record<string, unknown>>): Timestamp | undefined {
  switch (event_type) {
    case 'porting_order.status_changed':
      return recordTime(payload.updated_at);
    case 'porting_order.deleted':
      return recordTime(payload.deleted_at);
    case 'porting_order.new_comment':
      return recordTime(membersOf(payload.comment).inserted_at);
    default:
      return undefined;
  }
}

/** Members that only one type has. In an unknown type, a member of the same name may mean something else. */
function ownOf(event: PortingEvent, payload: Readonly<Record<string, unknown>>) {
  switch (event.event_type) {
    case 'porting_order.status_changed':
      return { status: statusOf(event, payload.status) };
    case 'porting_order.deleted':
      return { status: { value: DELETED, details: [] }, deletedAt: recordTime(payload.deleted_at) };
    case 'porting_order.new_comment':
      return {
        comment: { by: textOf(membersOf(payload.comment).user_type) ?? 'unknown' },
      };
    case 'porting_order.messaging_changed':
      return { messaging: isSmallObject(payload.messaging) ? payload.messaging : undefined };
    case 'porting_order.split':
      return splitOf(event, payload);
    default:
      return {};
  }
}

/** A split that does not name the order it comes from comes from the order that it is listed under. */
function splitOf(event: PortingEvent, payload: Readonly<Record<string, unknown>>) {
  const of = orderIdOf(event);
  return { into: idOf(payload.to), from: idOf(payload.from) ?? of, of };
}

function statusOf(event: PortingEvent, told: unknown): OrderStatus | undefined {
  const value = textOf(portingStatusOf(event));
  if (value === undefined) return undefined;
  const given = membersOf(told).details;
  const details = Array.isArray(given) ? given : [];
  let characters = 0;
  const tooMuch = details.findIndex((detail) => {
    if (isDeeperThan(MOST_LEVELS, detail)) return true;
    characters += JSON.stringify(detail).length;
    return characters > MOST_CHARACTERS;
  });
  return { value, details: tooMuch === -1 ? details : details.slice(0, tooMuch) };
}

function idOf(value: unknown): string | undefined {
  const { id } = membersOf(value);
  return isName(id) ? inOneCase(id) : undefined;
}

function isSmallObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && !isDeeperThan(MOST_LEVELS, value) && JSON.stringify(value).length <= MOST_CHARACTERS;
}
