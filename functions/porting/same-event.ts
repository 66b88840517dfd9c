import { inOneCase, isName, membersOf, type PortingEvent, portingOrderIdOf, portingStatusOf } from './event.ts';
import { recordTime } from './timestamp.ts';

/**
 * The natural key of an event, which is the same under its webhook's id and the list's (docs/telnyx.md §3.2): a status
 * change by order, status and `payload.updated_at`; a comment by its own id; a deletion by its order.
 *
 * @returns `undefined` when nothing is safe: for splits, messaging and unknown types, and while the payload is missing
 */
export function sameEventKey(event: PortingEvent): string | undefined {
  const payload = membersOf(event.payload);
  const order = orderIdOf(event);
  switch (event.event_type) {
    case 'porting_order.status_changed': {
      const status = portingStatusOf(event);
      // Webhooks print this instant to the second, the list prints microseconds.
      const second = recordTime(payload.updated_at)?.slice(0, 19);
      // A separator inside a status would make two keys equal.
      if (order === undefined || !status || status.includes('#') || second === undefined) return undefined;
      return `status#${second}Z#${status}#${order}`;
    }
    case 'porting_order.new_comment': {
      const comment = membersOf(payload.comment).id;
      return isName(comment) ? `comment#${inOneCase(comment)}` : undefined;
    }
    case 'porting_order.deleted':
      return order === undefined ? undefined : `deleted#${order}`;
    default:
      return undefined;
  }
}

/** The order that an event is listed under, or else the one that its payload names. */
export function orderIdOf(event: PortingEvent): string | undefined {
  const { porting_order_id: listed } = event;
  return isName(listed) ? listed : portingOrderIdOf(event);
}
