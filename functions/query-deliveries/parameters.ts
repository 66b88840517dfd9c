import { dateTime, eventType, pageNumber, pageSize, readParameters } from '../http/query-parameters.ts';
import type { DeliveryFilter } from '../telnyx/deliveries-api.ts';

const DEFAULT_SIZE = 20;

const READERS = {
  'page[number]': pageNumber,
  'page[size]': pageSize,
  'filter[type]': eventType,
  'filter[started_at][gte]': dateTime,
  'filter[started_at][lte]': dateTime,
};

/** What a request for failed deliveries asks for. */
export interface DeliveriesRequest {
  readonly filter: DeliveryFilter;
  readonly page: { readonly number: number; readonly size: number };
}

/**
 * Reads the parameters of the list of failed deliveries.
 *
 * @throws a 422 that names the parameter, what was given and what is allowed
 */
export function readDeliveriesRequest(rawQueryString: string): DeliveriesRequest {
  const {
    'page[number]': number = 1,
    'page[size]': size = DEFAULT_SIZE,
    'filter[type]': type,
    'filter[started_at][gte]': startedFrom,
    'filter[started_at][lte]': startedTo,
  } = readParameters(rawQueryString, READERS);
  const filter = {
    ...(type !== undefined && { type }),
    ...(startedFrom !== undefined && { startedFrom }),
    ...(startedTo !== undefined && { startedTo }),
  };
  return { filter, page: { number, size } };
}
