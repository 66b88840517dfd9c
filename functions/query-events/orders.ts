import type { AuthorizedEvent } from '../http/authorize.ts';
import { orderIdIn } from '../http/path-parameter.ts';
import { json, notFound } from '../http/problem.ts';
import { readParameters } from '../http/query-parameters.ts';
import { listOrderEvents } from '../ledger/orders/order-events.ts';
import { getOrder, listOrders } from '../ledger/orders/order-list.ts';
import { LARGEST_ANSWER } from './answer-size.ts';
import { answerPage } from './cursor-answer.ts';
import { readOrdersRequest, readTimelineRequest } from './parameters.ts';
import type { ReadRoute, Resources } from './resources.ts';

/** Orders, as their events tell them, and the events of one. */
export function orderRoutes({ store, tokens }: Resources): readonly ReadRoute[] {
  async function list(event: AuthorizedEvent) {
    const { filter, sort, size, after } = readOrdersRequest(event.rawQueryString ?? '');
    const { statuses = null, actionRequired = null, customerReference = null } = filter;
    return answerPage(
      { tokens },
      {
        scope: ['orders', statuses, actionRequired, customerReference, sort],
        size,
        after,
        read: (page) => listOrders(store, filter, sort, page),
      },
    );
  }

  async function show(event: AuthorizedEvent) {
    readParameters(event.rawQueryString ?? '', {});
    const id = orderIdIn(event.pathParameters);
    const order = await getOrder(store, id);
    if (!order) throw unknown(id);
    return json(200, { data: order });
  }

  async function timeline(event: AuthorizedEvent) {
    const orderId = orderIdIn(event.pathParameters);
    const { size, after, newestFirst } = readTimelineRequest(event.rawQueryString ?? '');
    return answerPage(
      { tokens },
      {
        scope: ['order-events', orderId, newestFirst],
        size,
        after,
        async read(page) {
          const events = await listOrderEvents(store, { orderId, newestFirst }, page, LARGEST_ANSWER, Date.now());
          // The order is folded a moment after its events are written, and outlives them.
          const isEmpty = events.things.length === 0 && events.next === undefined && page.after === undefined;
          if (isEmpty && !(await getOrder(store, orderId))) throw unknown(orderId);
          return events;
        },
      },
    );
  }

  return [
    { path: '/v2/orders', handler: list },
    { path: '/v2/orders/{id}', handler: show },
    { path: '/v2/orders/{id}/events', handler: timeline },
  ];
}

const unknown = (id: string) => notFound(`The ledger has no porting order ${id}.`);
