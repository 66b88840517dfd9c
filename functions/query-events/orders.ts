import type { AuthorizedEvent } from '../http/authorize.ts';
import { orderIdIn } from '../http/path-parameter.ts';
import { json, notFound } from '../http/problem.ts';
import { oneOf, readCursorQuery, readParameters } from '../http/query-parameters.ts';
import { listOrderEvents } from '../ledger/orders/order-events.ts';
import { getOrder } from '../ledger/orders/order-list.ts';
import { type OrderSummary, summarizeOrders } from '../ledger/orders/order-summary.ts';
import type { PageRequest } from '../ledger/table/cursor-page.ts';
import { type Timestamp, timestampOf } from '../porting/timestamp.ts';
import { LARGEST_ANSWER } from './answer-size.ts';
import { EVENT_COLUMNS, ORDER_COLUMNS } from './csv-columns.ts';
import { answerPage } from './cursor-answer.ts';
import { ORDER_QUERY, orderList } from './order-lists.ts';
import type { ReadRoute, Resources } from './resources.ts';

/** The summary as the API shows it, with the time zone of its days. */
export type ShownSummary = OrderSummary & { readonly timezone: string; readonly as_of: Timestamp };

const TIMELINE_QUERY = { sort: ['sort', oneOf('created_at', '-created_at')] } as const;

/** Orders, as their events show them, and the events of one. */
export function orderRoutes({ store, tokens, zone }: Resources): readonly ReadRoute[] {
  async function list(event: AuthorizedEvent) {
    const { page, given } = readCursorQuery(event, ORDER_QUERY);
    return answerPage(
      { tokens },
      { page, ...orderList(store, given), inCsv: { request: event, columns: ORDER_COLUMNS } },
    );
  }

  async function summary(event: AuthorizedEvent) {
    readParameters(event, {});
    const now = Date.now();
    return json(200, {
      data: {
        ...(await summarizeOrders(store, now, zone)),
        timezone: zone,
        as_of: timestampOf(now),
      } satisfies ShownSummary,
    });
  }

  async function show(event: AuthorizedEvent) {
    readParameters(event, {});
    const id = orderIdIn(event.pathParameters);
    const order = await getOrder(store, id);
    if (!order) throw unknown(id);
    return json(200, { data: order });
  }

  async function timeline(event: AuthorizedEvent) {
    const orderId = orderIdIn(event.pathParameters);
    const { page, given } = readCursorQuery(event, TIMELINE_QUERY);
    const newestFirst = given.sort === '-created_at';
    const read = async (part: PageRequest) => {
      const events = await listOrderEvents(store, { orderId, newestFirst }, part, LARGEST_ANSWER, Date.now());
      // The order is folded a moment after its events are written, and outlives them.
      const isEmpty = events.things.length === 0 && events.next === undefined && part.after === undefined;
      if (isEmpty && !(await getOrder(store, orderId))) throw unknown(orderId);
      return events;
    };
    return answerPage(
      { tokens },
      { scope: ['order-events', orderId, newestFirst], page, read, inCsv: { request: event, columns: EVENT_COLUMNS } },
    );
  }

  return [
    { path: '/v2/orders', handler: list },
    // Before the orders, whose ids it would otherwise be among.
    { path: '/v2/orders/summary', handler: summary },
    { path: '/v2/orders/{id}', handler: show },
    { path: '/v2/orders/{id}/events', handler: timeline },
  ];
}

const unknown = (id: string) => notFound(`The ledger has no porting order ${id}.`);
