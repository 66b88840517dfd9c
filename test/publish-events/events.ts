import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { listedEvent, uuid } from '../porting-events.ts';

export const ORDER = uuid(0xabc);

/** The instant `minutes` after noon of the test's day. */
export function at(minutes: number): string {
  return `${new Date(Date.parse('2026-03-20T12:00:00Z') + minutes * 60_000).toISOString().slice(0, 19)}.123456Z`;
}

/** A status change of the order. */
export function statusEvent(number: number, value: string, minutes: number, payload: object = {}): PortingEvent {
  return listedEvent(number, {
    porting_order_id: ORDER,
    payload: {
      id: ORDER,
      customer_reference: 'ticket-7',
      status: { value, details: value === 'exception' ? [{ code: 'LOA_ILLEGIBLE', description: 'Unreadable.' }] : [] },
      support_key: 'sr_1',
      updated_at: at(minutes),
      webhook_url: null,
      ...payload,
    },
    created_at: at(minutes),
    updated_at: at(minutes),
  });
}

export function commentEvent(number: number, minutes: number): PortingEvent {
  return listedEvent(number, {
    event_type: 'porting_order.new_comment',
    porting_order_id: ORDER,
    payload: {
      porting_order_id: ORDER,
      support_key: 'sr_1',
      comment: {
        id: uuid(0xc0000 + number),
        body: 'Hello.',
        inserted_at: at(minutes),
        user_id: null,
        user_type: 'admin',
      },
    },
    created_at: at(minutes),
    updated_at: at(minutes),
  });
}

export function splitEvent(number: number, minutes: number, into: string): PortingEvent {
  return listedEvent(number, {
    event_type: 'porting_order.split',
    porting_order_id: ORDER,
    payload: { from: { id: ORDER }, to: { id: into }, porting_phone_numbers: [{ id: uuid(0xf00) }] },
    created_at: at(minutes),
    updated_at: at(minutes),
  });
}
