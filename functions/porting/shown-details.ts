import type { MessagingDetails } from './order-details.ts';
import type { HeldReading } from './order-reading.ts';
import type { Timestamp } from './timestamp.ts';

/** What Telnyx's own order says, as the API and the bus show it; null where Telnyx gives nothing. */
export interface ShownDetails {
  /** When Telnyx was last seen to say this. */
  readonly read_at: Timestamp;
  /** Telnyx's status where it is not the ledger's; null where no difference is known. */
  readonly status: string | null;
  /** The losing carrier's date (firm order commitment). */
  readonly foc_date: Timestamp | null;
  /** The date before the last move. */
  readonly foc_date_before: Timestamp | null;
  readonly foc_date_requested: Timestamp | null;
  readonly activation_status: string | null;
  readonly number_count: number | null;
  readonly number_type: string | null;
  readonly requirements_met: boolean | null;
  readonly support_key: string | null;
  readonly parent_support_key: string | null;
  readonly customer_reference: string | null;
  readonly customer_group_reference: string | null;
  readonly losing_carrier: string | null;
  readonly messaging: MessagingDetails | null;
  readonly created_at: Timestamp | null;
}

/**
 * Details in the API's words; null for an order that was never read.
 *
 * @param confirmedAt when Telnyx was last seen to say the same as at the reading, if it was
 */
export function shownDetails(reading: HeldReading | undefined, confirmedAt?: Timestamp): ShownDetails | null {
  if (!reading) return null;
  const { details, readAt, differs } = reading;
  return {
    read_at: confirmedAt !== undefined && confirmedAt > readAt ? confirmedAt : readAt,
    status: differs?.status ?? null,
    foc_date: details.foc ?? null,
    foc_date_before: details.focBefore ?? null,
    foc_date_requested: details.focRequested ?? null,
    activation_status: details.activationStatus ?? null,
    number_count: details.numberCount ?? null,
    number_type: details.numberType ?? null,
    requirements_met: details.requirementsMet ?? null,
    support_key: details.supportKey ?? null,
    parent_support_key: details.parentSupportKey ?? null,
    customer_reference: details.reference ?? null,
    customer_group_reference: details.groupReference ?? null,
    losing_carrier: details.losingCarrier ?? null,
    messaging: details.messaging ?? null,
    created_at: details.created ?? null,
  };
}
