import type { ApiError } from './answers.ts';
import { typesWithoutWebhook, typesWithWebhook } from './porting-event.ts';
import { readQuery } from './query-reader.ts';

/**
 * The events that are asked for. Bounds are microseconds since 1970 and inclusive; an absent filter excludes nothing.
 */
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

/**
 * Reads the query of the list as the OpenAPI document describes it; unknown parameters are ignored. The first wrong one
 * comes back as a 422 that names it.
 */
export const parseListParameters = (query: Readonly<Record<string, string>>): ListParameters | { error: ApiError } => {
  const read = readQuery(query);
  const page = read.page();
  const type = read.oneOf('filter[type]', eventTypes);
  const portingOrderId = read.uuid('filter[porting_order_id]');
  const createdFrom = read.instant('filter[created_at][gte]', Number.NEGATIVE_INFINITY);
  const createdTo = read.instant('filter[created_at][lte]', Number.POSITIVE_INFINITY);

  const error = read.error();
  if (error) return { error };
  const filter = {
    ...(type !== undefined && { type }),
    ...(portingOrderId !== undefined && { portingOrderId }),
    createdFrom,
    createdTo,
  };
  return { filter, ...page };
};
