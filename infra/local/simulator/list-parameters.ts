import type { ApiError } from './answers.ts';
import { typesWithoutWebhook, typesWithWebhook } from './porting-event.ts';
import { toMicroseconds } from './timestamp.ts';

/** Which events are wanted. Bounds are microseconds since 1970 and inclusive; an absent filter takes everything. */
export interface EventFilter {
  readonly type?: string;
  readonly portingOrderId?: string;
  readonly createdFrom: number;
  readonly createdTo: number;
}

export interface ListParameters {
  readonly filter: EventFilter;
  readonly pageNumber: number;
  readonly pageSize: number;
}

const eventTypes: readonly string[] = [...typesWithWebhook, ...typesWithoutWebhook];
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const reasons = {
  '10026': 'Invalid parameter type',
  '10031': 'Invalid filter',
  '10032': 'Invalid enumerated value',
  '10033': 'Value outside of range',
} as const;

/**
 * Reads the query of the list as the OpenAPI document describes it; parameters it does not know are passed over.
 * The first wrong one comes back as a 422 that names it.
 */
export const parseListParameters = (query: Readonly<Record<string, string>>): ListParameters | { error: ApiError } => {
  let error: ApiError | undefined;
  const refuse = (parameter: string, code: keyof typeof reasons, detail: string): void => {
    error ??= { status: 422, code, title: reasons[code], detail, parameter };
  };

  const integer = (parameter: string, standard: number, most: number): number => {
    const text = query[parameter];
    if (text === undefined) return standard;
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(value)) refuse(parameter, '10026', 'The value must be an integer.');
    else if (value < 1 || value > most) refuse(parameter, '10033', `The value must be from 1 to ${most}.`);
    return value;
  };

  const instant = (parameter: string, standard: number): number => {
    const text = query[parameter];
    if (text === undefined) return standard;
    const value = toMicroseconds(text);
    if (value === undefined) refuse(parameter, '10031', 'The value must be an ISO 8601 date-time.');
    return value ?? standard;
  };

  const pageNumber = integer('page[number]', 1, Number.MAX_SAFE_INTEGER);
  const pageSize = integer('page[size]', 20, 250);
  const type = query['filter[type]'];
  if (type !== undefined && !eventTypes.includes(type)) {
    refuse('filter[type]', '10032', `The value must be one of ${eventTypes.join(', ')}.`);
  }
  const portingOrderId = query['filter[porting_order_id]'];
  if (portingOrderId !== undefined && !uuid.test(portingOrderId)) {
    refuse('filter[porting_order_id]', '10031', 'The value must be a UUID.');
  }
  const createdFrom = instant('filter[created_at][gte]', Number.NEGATIVE_INFINITY);
  const createdTo = instant('filter[created_at][lte]', Number.POSITIVE_INFINITY);

  if (error) return { error };
  const filter = {
    ...(type !== undefined && { type }),
    ...(portingOrderId !== undefined && { portingOrderId: portingOrderId.toLowerCase() }),
    createdFrom,
    createdTo,
  };
  return { filter, pageNumber, pageSize };
};
