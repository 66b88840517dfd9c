import { membersOf } from '../../../functions/porting/event.ts';
import { type FocDate, type FocOptions, focDate } from './foc-date.ts';
import { particularsOf, phoneNumber } from './order-particulars.ts';
import type { PortingEvent } from './porting-event.ts';

/** An event that an order has lived through. `at` is milliseconds since 1970. */
export interface Lived {
  readonly event: PortingEvent;
  readonly at: number;
}

/** Of the phone numbers, an order shows the first 50. */
const shownNumbers = 50;

const dayMs = 86_400_000;
const instant = (at: number): string => new Date(at).toISOString();

/** What the events of an order say, up to a moment. */
interface Life {
  status: Readonly<Record<string, unknown>>;
  customer_reference: unknown;
  support_key: unknown;
  webhook_url: unknown;
  messaging: Readonly<Record<string, unknown>>;
  numbers: number;
  foc: number | null;
  moves: FocDate['moves'];
  confirmations: number;
  updatedAt: number;
}

const activationOf: Readonly<Record<string, string>> = {
  'foc-date-confirmed': 'Pending',
  'activation-in-progress': 'Sending',
  ported: 'Active',
  cancelled: 'Cancelled',
};

/**
 * A porting order as `GET /v2/porting_orders/{id}` shows it at a moment (milliseconds since 1970), with all its private
 * members; `undefined` before it begins and once it is deleted. It follows from its id and its events, oldest first.
 * Source: the OpenAPI document's `PortingOrder`.
 */
export const orderAt = (options: FocOptions, id: string, lived: readonly Lived[], now: number) => {
  const past = lived.filter(({ at }) => at <= now);
  const [first] = past;
  if (!first) return undefined;
  const { numbers: initially, requestedDays, fast_port_eligible, ...particulars } = particularsOf(id);
  const life: Life = {
    status: { value: 'draft', details: [] },
    customer_reference: null,
    support_key: null,
    webhook_url: null,
    messaging: { enable_messaging: true, messaging_capable: true, messaging_port_completed: false },
    numbers: initially,
    foc: null,
    moves: undefined,
    confirmations: 0,
    updatedAt: first.at,
  };
  for (const { event, at } of past) {
    if (event.event_type === 'porting_order.deleted' && event.payload) return undefined;
    moveDate(life, at);
    follow(life, options, id, event, at);
  }
  moveDate(life, now);

  const { value } = life.status;
  const activation_status = activationOf[String(value)] ?? null;
  return {
    ...particulars,
    activation_settings: {
      activation_status,
      fast_port_eligible,
      foc_datetime_actual: life.foc === null ? null : instant(life.foc),
      foc_datetime_requested: instant(first.at + requestedDays * dayMs),
    },
    additional_steps: [],
    created_at: instant(first.at),
    customer_reference: life.customer_reference,
    id,
    messaging: { messaging_port_status: 'pending', ...life.messaging },
    parent_support_key: null,
    phone_numbers: Array.from({ length: Math.min(life.numbers, shownNumbers) }, (_, index) => ({
      activation_status: activation_status ?? 'New',
      phone_number: phoneNumber(index),
      phone_number_type: particulars.phone_number_type,
      portability_status: 'confirmed',
      porting_order_id: id,
      porting_order_status: value,
      record_type: 'porting_phone_number',
      requirements_status: 'approved',
      support_key: String(life.support_key ?? ''),
    })),
    porting_phone_numbers_count: life.numbers,
    record_type: 'porting_order',
    requirements_met: value !== 'draft',
    status: life.status,
    support_key: value === 'draft' ? null : life.support_key,
    updated_at: instant(life.updatedAt),
    webhook_url: life.webhook_url,
  };
};

export type PortingOrder = NonNullable<ReturnType<typeof orderAt>>;

const moveDate = (life: Life, now: number): void => {
  if (life.moves === undefined || life.moves.at > now) return;
  life.foc = life.moves.date;
  life.updatedAt = life.moves.at;
  life.moves = undefined;
};

/** An event without its payload says nothing to the order yet. */
const follow = (
  life: Life,
  options: FocOptions,
  id: string,
  { event_type, payload }: PortingEvent,
  at: number,
): void => {
  if (!payload) return;
  life.updatedAt = Math.max(life.updatedAt, at);
  switch (event_type) {
    case 'porting_order.status_changed': {
      life.status = membersOf(payload.status);
      life.customer_reference = payload.customer_reference ?? null;
      life.support_key = payload.support_key ?? null;
      life.webhook_url = payload.webhook_url ?? null;
      const { value } = life.status;
      // A move that was due later never comes: the carrier has decided otherwise.
      life.moves = undefined;
      if (value === 'exception') life.foc = null;
      if (value !== 'foc-date-confirmed') return;
      life.confirmations += 1;
      const { date, moves } = focDate(options, id, life.confirmations, at);
      life.foc = date;
      life.moves = moves;
      return;
    }
    case 'porting_order.messaging_changed':
      life.messaging = membersOf(payload.messaging);
      return;
    case 'porting_order.split': {
      const moved = Array.isArray(payload.porting_phone_numbers) ? payload.porting_phone_numbers.length : 1;
      if (membersOf(payload.to).id !== id) {
        life.numbers = Math.max(1, life.numbers - moved);
        return;
      }
      // Orders are split while they are `submitted` (order-life.ts), and the new one begins in the same status.
      life.status = { value: 'submitted', details: [] };
      life.numbers = moved;
    }
  }
};
