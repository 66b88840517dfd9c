import type { AuthorizedEvent } from '../http/authorize.ts';
import { eventIdIn } from '../http/path-parameter.ts';
import { json, notFound } from '../http/problem.ts';
import { dateTime, eventType, orderId, readNumberedQuery } from '../http/query-parameters.ts';
import { getEvent, listEvents } from '../ledger/events/event-list.ts';
import { LARGEST_ANSWER, orTooLarge } from './answer-size.ts';
import type { ReadRoute, Resources } from './resources.ts';

/** The filters of the list: the parameters of Telnyx's Events API. */
export const EVENT_QUERY = {
  type: ['filter[type]', eventType],
  portingOrderId: ['filter[porting_order_id]', orderId],
  createdFrom: ['filter[created_at][gte]', dateTime],
  createdTo: ['filter[created_at][lte]', dateTime],
} as const;

/** Telnyx's Port In Events API: list by page number, and show. */
export function eventRoutes({ store }: Resources): readonly ReadRoute[] {
  async function list(event: AuthorizedEvent) {
    const { page, given: filter } = readNumberedQuery(event, EVENT_QUERY);
    return orTooLarge(page.size, async () => {
      const { total, events } = await listEvents(store, filter, page, LARGEST_ANSWER);
      const meta = {
        page_number: page.number,
        page_size: page.size,
        total_pages: Math.ceil(total / page.size),
        total_results: total,
      };
      return json(200, { data: events, meta });
    });
  }

  async function show(event: AuthorizedEvent) {
    const id = eventIdIn(event.pathParameters);
    const found = await getEvent(store, id);
    if (!found) throw notFound(`The ledger has no event ${id}.`);
    return json(200, { data: found });
  }

  return [
    { path: '/v2/porting/events', handler: list },
    { path: '/v2/porting/events/{id}', handler: show },
  ];
}
