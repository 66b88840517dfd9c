import { inOneCase, isName, isObject, membersOf } from './event.ts';
import { numberOf } from './json.ts';
import { only, textOf } from './members.ts';
import { recordTime, type Timestamp } from './timestamp.ts';

/**
 * What only the order itself says (docs/telnyx.md §6.1), and the whole of what is kept of it: no names, addresses,
 * account numbers, PINs, documents or phone numbers. Plain JSON; what the order lacks, or has in another type, is left
 * out. Statuses and types are open sets. `updated_at` may be kept but is not: each event moves it, and would cost a
 * write that says nothing else.
 */
export interface OrderDetails {
  readonly status?: string;
  readonly focRequested?: Timestamp;
  /** The losing carrier's date (firm order commitment); null when Telnyx says that there is none. */
  readonly foc?: Timestamp | null;
  /** The date before the last move; only {@link refreshedBy} knows it. */
  readonly focBefore?: Timestamp;
  readonly activationStatus?: string;
  readonly numberCount?: number;
  readonly numberType?: string;
  readonly requirementsMet?: boolean;
  readonly supportKey?: string;
  readonly parentSupportKey?: string;
  readonly reference?: string;
  readonly groupReference?: string;
  /** Telnyx's `old_service_provider_ocn`. */
  readonly losingCarrier?: string;
  /** With Telnyx's own names, as in an event of type `messaging_changed`. */
  readonly messaging?: MessagingDetails;
  readonly created?: Timestamp;
}

export interface MessagingDetails {
  readonly enable_messaging?: boolean;
  readonly messaging_capable?: boolean;
  readonly messaging_port_completed?: boolean;
  readonly messaging_port_status?: string;
}

/** Reads a porting order of Telnyx's by an allow-list. `undefined` when the record has no id, and so is no order. */
export function readDetails(order: unknown): { readonly id: string; readonly details: OrderDetails } | undefined {
  if (!isObject(order) || !isName(order.id)) return undefined;
  const activation = membersOf(order.activation_settings);
  const details = {
    status: textOf(membersOf(order.status).value),
    focRequested: recordTime(activation.foc_datetime_requested),
    foc: activation.foc_datetime_actual === null ? null : recordTime(activation.foc_datetime_actual),
    activationStatus: textOf(activation.activation_status),
    numberCount: countOf(order.porting_phone_numbers_count),
    numberType: textOf(order.phone_number_type),
    requirementsMet: flagOf(order.requirements_met),
    supportKey: textOf(order.support_key),
    parentSupportKey: textOf(order.parent_support_key),
    reference: textOf(order.customer_reference),
    groupReference: textOf(order.customer_group_reference),
    losingCarrier: textOf(order.old_service_provider_ocn),
    messaging: messagingOf(membersOf(order.messaging)),
    created: recordTime(order.created_at),
  };
  return { id: inOneCase(order.id), details: only(details) };
}

/** How an order's FOC date differs between two readings; `from` is null when there was none, `to` when it is gone. */
export type FocChange =
  | { readonly kind: 'set'; readonly from: null; readonly to: Timestamp }
  | { readonly kind: 'moved'; readonly from: Timestamp; readonly to: Timestamp }
  | { readonly kind: 'taken back'; readonly from: Timestamp; readonly to: null };

/**
 * What happened to the FOC date between two readings; `undefined` when nothing did. A reading without the date, or with
 * one that cannot be read, says nothing about it: only null takes it back.
 *
 * @param before `{}` when nothing was known: then any date is `set`
 */
export function focChange(before: OrderDetails, after: OrderDetails): FocChange | undefined {
  const from = before.foc ?? null;
  const to = after.foc;
  if (to === undefined || to === from) return undefined;
  if (from === null) return to === null ? undefined : { kind: 'set', from, to };
  return to === null ? { kind: 'taken back', from, to } : { kind: 'moved', from, to };
}

/**
 * The details to keep after another reading. A FOC date that the reading says nothing about stays: lost for one
 * reading, it would be announced again by the next.
 *
 * @param before what was kept; `undefined` at the first reading
 */
export function refreshedBy(reading: OrderDetails, before: OrderDetails | undefined): OrderDetails {
  if (before === undefined) return reading;
  const focBefore = focChange(before, reading)?.from ?? before.focBefore;
  return only({ ...reading, foc: reading.foc === undefined ? before.foc : reading.foc, focBefore });
}

function flagOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function countOf(value: unknown): number | undefined {
  const count = numberOf(value);
  return count !== undefined && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

function messagingOf(given: Readonly<Record<string, unknown>>): MessagingDetails | undefined {
  const messaging = only({
    enable_messaging: flagOf(given.enable_messaging),
    messaging_capable: flagOf(given.messaging_capable),
    messaging_port_completed: flagOf(given.messaging_port_completed),
    messaging_port_status: textOf(given.messaging_port_status),
  });
  return Object.keys(messaging).length > 0 ? messaging : undefined;
}
