import type { EventFacts, PortingEvent } from '../../porting/event.ts';
import { readJson } from '../../porting/json.ts';
import { RECORD_TYPE } from '../table/event-keys.ts';
import { type Row, textIn } from '../table/values.ts';

/**
 * What each source said about an event, as JSON text on its row, so that no type mapping loses anything:
 * - `listing`: the record of the Events API
 * - `delivery`: the webhook in the record's shape, until the list's record has its payload
 *
 * The members that the row's keys hold are left out, which keeps most rows within one write unit (1 KB): all of them,
 * or none if one is missing or spelled differently. A text with an `id` is complete. Earlier rows have `record` and
 * `delivered` instead, which are complete.
 */

/**
 * The value of `delivery` once the list's record has its payload. A later webhook is then counted, but not stored
 * again, so a row never holds two large bodies (DynamoDB's limit is 400 KB per row).
 */
export const SUPERSEDED = 'in listing';

/** The attributes that hold the webhook. */
export const DELIVERY = ['delivery', 'delivered'] as const;

/** The attributes of earlier rows. */
export const FORMER_BODIES = ['record', 'delivered'] as const;

type Members = Readonly<Record<string, unknown>>;

/** The text of `listing` for the list's record. */
export function listingOf(record: PortingEvent, facts: EventFacts): string {
  const { id, event_type, porting_order_id, record_type, created_at, updated_at, ...rest } = record;
  const isHeld =
    isKeyed({ id, event_type, porting_order_id, record_type }, facts) &&
    created_at === facts.createdAt &&
    typeof updated_at === 'string' &&
    updated_at === updatedAtIn(facts.version);
  return JSON.stringify(isHeld ? rest : record);
}

/** The text of `delivery` for a webhook in the record's shape. */
export function deliveryOf(event: PortingEvent, facts: EventFacts): string {
  const { id, event_type, porting_order_id, record_type, updated_at, ...rest } = event;
  const { payload_status, available_notification_methods: methods, ...own } = rest;
  const isHeld =
    isKeyed({ id, event_type, porting_order_id, record_type }, facts) &&
    payload_status === 'completed' &&
    methods?.length === 1 &&
    methods[0] === 'webhook' &&
    updated_at === own.created_at;
  return JSON.stringify(isHeld ? own : event);
}

function isKeyed({ id, event_type, porting_order_id, record_type }: Members, facts: EventFacts): boolean {
  return (
    id === facts.id &&
    event_type === facts.eventType &&
    porting_order_id !== undefined &&
    porting_order_id === facts.portingOrderId &&
    record_type === RECORD_TYPE
  );
}

function updatedAtIn(version: string | undefined): string | undefined {
  return version?.slice(version.indexOf('#') + 1);
}

/** The list's record in a row. */
export function listedIn(row: Row): PortingEvent | undefined {
  const rest = parsed(textIn(row, 'listing') ?? textIn(row, 'record'));
  if (rest === undefined || rest.id !== undefined) return rest as PortingEvent | undefined;
  const created_at = textIn(row, 'created_at_id')?.split('#')[0];
  const updated_at = updatedAtIn(textIn(row, 'record_version'));
  return {
    ...keysIn(row),
    ...rest,
    record_type: RECORD_TYPE,
    ...(created_at && { created_at }),
    updated_at,
  } as PortingEvent;
}

/** The webhook in a row, in the record's shape; `undefined` once the list's record has its payload. */
export function deliveredIn(row: Row): PortingEvent | undefined {
  const text = textIn(row, 'delivery') ?? textIn(row, 'delivered');
  const rest = text?.startsWith('{') ? parsed(text) : undefined;
  if (rest === undefined || rest.id !== undefined) return rest as PortingEvent | undefined;
  const { payload, created_at, ...unknown } = rest;
  return {
    ...unknown,
    ...keysIn(row),
    payload_status: 'completed',
    payload,
    available_notification_methods: ['webhook'],
    record_type: RECORD_TYPE,
    ...(created_at !== undefined && { created_at, updated_at: created_at }),
  } as PortingEvent;
}

/** Bytes of the body that is shown. */
export function bodyBytes(row: Row): number {
  const body = textIn(row, 'listing') ?? textIn(row, 'delivery') ?? textIn(row, 'record') ?? textIn(row, 'delivered');
  return Buffer.byteLength(body ?? '');
}

function keysIn(row: Row) {
  const [id, event_type] = [textIn(row, 'id'), textIn(row, 'event_type')];
  return { id, event_type, porting_order_id: textIn(row, 'porting_order_id') };
}

function parsed(json: string | undefined): Partial<PortingEvent> | undefined {
  return json === undefined ? undefined : (readJson(json) as Partial<PortingEvent>);
}
