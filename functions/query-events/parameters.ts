import {
  anyText,
  dateTime,
  eventType,
  flag,
  oneOf,
  orderId,
  pageNumber,
  pageSize,
  readParameters,
  statusList,
} from '../http/query-parameters.ts';
import type { ListFilter } from '../ledger/events/event-list.ts';
import type { OrderFilter, OrderSort } from '../ledger/orders/order-list.ts';

const DEFAULT_SIZE = 20;

const OF_EVENTS = {
  'page[number]': pageNumber,
  'page[size]': pageSize,
  'filter[type]': eventType,
  'filter[porting_order_id]': orderId,
  'filter[created_at][gte]': dateTime,
  'filter[created_at][lte]': dateTime,
};

const OF_ORDERS = {
  'page[size]': pageSize,
  'page[after]': anyText,
  'filter[status]': statusList,
  'filter[action_required]': flag,
  'filter[customer_reference]': anyText,
  sort: oneOf<OrderSort>('-changed_at', 'changed_at'),
};

const OF_TIMELINE = {
  'page[size]': pageSize,
  'page[after]': anyText,
  sort: oneOf('created_at', '-created_at'),
};

/** What a list request asks for. */
export interface ListRequest {
  readonly filter: ListFilter;
  readonly page: { readonly number: number; readonly size: number };
}

/**
 * Reads the parameters of the list of events, those of Telnyx's Events API (docs/telnyx.md §1).
 *
 * @throws a 422 that names the parameter, what was given and what is allowed
 */
export function readListRequest(rawQueryString: string): ListRequest {
  const {
    'page[number]': number = 1,
    'page[size]': size = DEFAULT_SIZE,
    'filter[type]': type,
    'filter[porting_order_id]': portingOrderId,
    'filter[created_at][gte]': createdFrom,
    'filter[created_at][lte]': createdTo,
  } = readParameters(rawQueryString, OF_EVENTS);
  const filter = {
    ...(type !== undefined && { type }),
    ...(portingOrderId !== undefined && { portingOrderId }),
    ...(createdFrom !== undefined && { createdFrom }),
    ...(createdTo !== undefined && { createdTo }),
  };
  return { filter, page: { number, size } };
}

/** What a request asks for whose pages are read on by cursors. `after` is the value of page[after]. */
export interface CursorPageRequest {
  readonly size: number;
  readonly after: string | undefined;
}

/**
 * Reads the parameters of the list of orders.
 *
 * @throws a 422 that names the parameter, what was given and what is allowed
 */
export function readOrdersRequest(rawQueryString: string): CursorPageRequest & {
  readonly filter: OrderFilter;
  readonly sort: OrderSort;
} {
  const {
    'page[size]': size = DEFAULT_SIZE,
    'page[after]': after,
    'filter[status]': statuses,
    'filter[action_required]': actionRequired,
    'filter[customer_reference]': customerReference,
    sort = '-changed_at',
  } = readParameters(rawQueryString, OF_ORDERS);
  const filter = {
    ...(statuses !== undefined && { statuses }),
    ...(actionRequired !== undefined && { actionRequired }),
    ...(customerReference !== undefined && { customerReference }),
  };
  return { filter, sort, size, after };
}

/**
 * Reads the parameters of an order's timeline.
 *
 * @throws a 422 that names the parameter, what was given and what is allowed
 */
export function readTimelineRequest(rawQueryString: string): CursorPageRequest & { readonly newestFirst: boolean } {
  const {
    'page[size]': size = DEFAULT_SIZE,
    'page[after]': after,
    sort = 'created_at',
  } = readParameters(rawQueryString, OF_TIMELINE);
  return { size, after, newestFirst: sort === '-created_at' };
}
