import type { HeldNotice } from '../ledger/notices/notices.ts';
import { membersOf } from '../porting/event.ts';
import { NOTICE_NAMES, type NoticeName } from '../porting/notice-names.ts';
import { millisecondsOf, recordTime } from '../porting/timestamp.ts';

/** What is recorded of an event on the bus. */
export interface Recorded {
  readonly notice: Omit<HeldNotice, 'at' | 'told'> & { readonly name: NoticeName };
  /** True when it must not wait: a live webhook brought it. */
  readonly isLive: boolean;
}

/** An event as EventBridge hands it over. */
export interface FromBus {
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

const PREFIX = 'porting_order.';
const HOUR = 3_600_000;

/** What an event on the bus tells people; `undefined` when it is none of the wanted notices. */
export function recordedFrom(event: FromBus, wanted: ReadonlySet<NoticeName>): Recorded | undefined {
  const { 'detail-type': type, detail } = event;
  const recorded = type === `${PREFIX}status_changed` ? cancelledIn(detail) : derivedIn(type, detail);
  return recorded && wanted.has(recorded.notice.name) ? recorded : undefined;
}

function derivedIn(type: string, detail: FromBus['detail']): Recorded | undefined {
  const name = NOTICE_NAMES.find((one) => one !== 'cancelled' && type === PREFIX + one);
  const order = membersOf(detail.order);
  const { id } = detail;
  if (name === undefined || typeof id !== 'string') return undefined;
  return {
    notice: {
      id,
      name,
      orderId: textOrNone(order.id),
      eventId: textOrNone(detail.event_id),
      since: textOrNone(order.status_since),
      from: textOrNone(detail.from),
      to: textOrNone(detail.to),
    },
    isLive: detail.live === true,
  };
}

/**
 * An order whose status became cancelled within an hour before the ledger saw it: older ones are history, such as a
 * first sync reads it. Whether someone asked for it is only known once the list has been read up to this event, so it
 * is never live.
 */
function cancelledIn(detail: FromBus['detail']): Recorded | undefined {
  const { id, first_seen_at, order: given, event } = detail;
  const { id: orderId, status, status_event_id } = membersOf(given);
  const createdAt = recordTime(membersOf(event).created_at);
  const seenAt = recordTime(first_seen_at);
  if (typeof id !== 'string' || createdAt === undefined || seenAt === undefined) return undefined;
  if (membersOf(status).value !== 'cancelled' || status_event_id !== id) return undefined;
  if (millisecondsOf(seenAt) - millisecondsOf(createdAt) >= HOUR) return undefined;
  const about = { orderId: textOrNone(orderId), eventId: id, since: createdAt, from: undefined, to: undefined };
  return { notice: { id: `${id}:cancelled`, name: 'cancelled', ...about }, isLive: false };
}

function textOrNone(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
