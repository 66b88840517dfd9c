import type { DeliveryMark } from '../ledger/events/delivery-marks.ts';
import type { FailedAttempt, FailedDelivery } from '../telnyx/failed-delivery.ts';

/** A webhook that Telnyx could not deliver, with what the ledger holds of its event. */
export interface ShownDelivery {
  readonly id: string | null;
  readonly event_id: string | null;
  readonly event_type: string | null;
  readonly porting_order_id: string | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly attempts: readonly FailedAttempt[];
  /** False also for an event that the list brought under a different id from its webhook's. */
  readonly in_ledger: boolean;
  /** True when a later delivery of the webhook arrived. */
  readonly webhook_arrived: boolean;
}

/**
 * The ids under which the ledger may hold the event: Telnyx's sample of its log has one in capitals, all else is in
 * lower case.
 */
export function idsOf({ eventId }: FailedDelivery): readonly string[] {
  return eventId === null ? [] : [eventId, eventId.toLowerCase()];
}

/** A delivery with the mark of its event. */
export function beside(delivery: FailedDelivery, marks: ReadonlyMap<string, DeliveryMark>): ShownDelivery {
  const { id, eventId, eventType, portingOrderId, startedAt, finishedAt, attempts } = delivery;
  const mark = idsOf(delivery)
    .map((one) => marks.get(one))
    .find((one) => one !== undefined);
  return {
    id,
    event_id: eventId,
    event_type: eventType,
    porting_order_id: mark?.portingOrderId ?? portingOrderId,
    started_at: startedAt,
    finished_at: finishedAt,
    attempts,
    in_ledger: mark !== undefined,
    webhook_arrived: mark?.webhookArrived ?? false,
  };
}
