import { recordReading } from '../../functions/ledger/orders/order-readings.ts';
import { uuid } from '../porting-events.ts';
import { tell } from '../query-events/seed.ts';
import type { Api } from './api.ts';
import { closed, INVALID, of, operator, REFUSED, reader, type Situation, whileDynamoDb } from './situation.ts';

const LIST = 'GET /v2/orders';
const SUMMARY = 'GET /v2/orders/summary';
const SHOW = 'GET /v2/orders/{id}';
const TIMELINE = 'GET /v2/orders/{id}/events';

const FOC = '2099-01-05T16:00:00.000000Z';
const IN_CSV = { accept: 'text/csv' };

type Query = Readonly<Record<string, string>>;
const list = (query: Query = {}) => `${LIST}?${new URLSearchParams(query)}`;
const show = (id: string) => SHOW.replace('{id}', id);
const timeline = (id: string, query: Query = {}) => `${TIMELINE.replace('{id}', id)}?${new URLSearchParams(query)}`;
const anOrder = (api: Api) => api.events[0]?.porting_order_id ?? uuid(1);

/** The second page of a list, by the cursor of the first. */
async function second(api: Api, target: (query: Query) => string, query: Query): Promise<Response> {
  const first = (await (await api.ask(target(query), reader)).json()) as { meta: { next: string | null } };
  return api.ask(target({ ...query, 'page[after]': first.meta.next ?? '' }), reader);
}

const wrong = (operation: string, target: (query: Query) => string, queries: readonly Query[]) =>
  of(
    operation,
    queries.map((query) => [422, String(new URLSearchParams(query)), (api) => api.ask(target(query), reader)]),
  );

const summarized: readonly Situation[] = [
  ...of(SUMMARY, [
    [200, 'as they are', (api) => api.ask(SUMMARY, reader)],
    [422, 'a parameter', (api) => api.ask(`${SUMMARY}?days=3`, reader)],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, (api) => api.ask(SUMMARY, reader))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(SUMMARY, reader))],
  ]),
  ...closed(SUMMARY, () => SUMMARY),
];

const listed: readonly Situation[] = [
  ...of(LIST, [
    [200, 'those that changed last', (api) => api.ask(list(), reader)],
    [200, 'in CSV', (api) => api.ask(list({ 'page[size]': '2' }), { ...reader, headers: IN_CSV })],
    [422, 'an error is JSON', (api) => api.ask(list({ sort: 'id' }), { ...reader, headers: IN_CSV })],
    [200, 'all of them, in the largest page', (api) => api.ask(list({ 'page[size]': '250' }), operator)],
    [200, 'a second page', (api) => second(api, list, { 'page[size]': '3', sort: 'changed_at' })],
    [
      200,
      'every filter at once',
      (api) =>
        api.ask(
          list({
            'filter[status]': 'exception,submitted,unheard_of',
            'filter[action_required]': 'true',
            'filter[customer_reference]': 'a reference',
            sort: '-changed_at',
          }),
          reader,
        ),
    ],
    [
      200,
      'by FOC date',
      async (api) => {
        await recordReading(
          api.store,
          anOrder(api),
          { details: { foc: FOC, numberCount: 3 }, isNews: false },
          Date.now(),
        );
        return api.ask(list({ 'filter[foc][gte]': FOC, 'filter[foc][lte]': FOC, sort: 'foc' }), reader);
      },
    ],
    [200, 'a search', (api) => api.ask(list({ 'filter[q]': 'sr_', 'filter[status]': 'exception' }), reader)],
    [200, 'those that need you', (api) => api.ask(list({ 'filter[needs]': 'you', sort: 'act_by' }), reader)],
    [
      200,
      'an order without a status',
      async (api) => {
        await tell(api.store, uuid(906), { at: Date.UTC(2099, 0) });
        return api.ask(list(), reader);
      },
    ],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, (api) => api.ask(list(), reader))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(list(), reader))],
  ]),
  ...wrong(LIST, list, [
    { 'page[size]': '0' },
    { 'page[number]': '1' },
    { 'page[after]': 'x' },
    { 'filter[status]': 'a,,b' },
    { 'filter[action_required]': '1' },
    { 'filter[needs]': 'me' },
    { 'filter[needs]': 'you', 'filter[status]': 'draft' },
    { 'filter[customer_reference]': '' },
    { 'filter[q]': ' ' },
    { 'filter[foc][gte]': 'tomorrow' },
    { 'filter[foc][gte]': FOC, sort: 'changed_at' },
    { 'filter[q]': 'port', sort: 'changed_at' },
    { sort: 'id' },
  ]),
  ...closed(LIST, () => list()),
];

const shown: readonly Situation[] = [
  ...of(SHOW, [
    [200, 'an order', (api) => api.ask(show(anOrder(api)), reader)],
    [404, 'an unknown order', (api) => api.ask(show(uuid(404)), reader)],
    [422, 'no order id', (api) => api.ask(show('17'), reader)],
    [422, 'a parameter', (api) => api.ask(`${show(anOrder(api))}?sort=id`, reader)],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, (api) => api.ask(show(anOrder(api)), reader))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(show(anOrder(api)), reader))],
  ]),
  ...closed(SHOW, (api) => show(anOrder(api))),
];

const told: readonly Situation[] = [
  ...of(TIMELINE, [
    [200, 'the events of an order', (api) => api.ask(timeline(anOrder(api)), reader)],
    [200, 'in CSV', (api) => api.ask(timeline(anOrder(api)), { ...reader, headers: IN_CSV })],
    [
      200,
      'a second page, newest first',
      (api) => second(api, (query) => timeline(anOrder(api), query), { 'page[size]': '1', sort: '-created_at' }),
    ],
    [404, 'an unknown order', (api) => api.ask(timeline(uuid(404)), reader)],
    [422, 'no order id', (api) => api.ask(timeline('17'), reader)],
    [422, 'a filter', (api) => api.ask(timeline(anOrder(api), { 'filter[type]': 'porting_order.split' }), reader)],
    [422, 'no cursor', (api) => api.ask(timeline(anOrder(api), { 'page[after]': 'x' }), reader)],
    [
      500,
      'DynamoDB finds the request invalid',
      whileDynamoDb(INVALID, (api) => api.ask(timeline(anOrder(api)), reader)),
    ],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(timeline(anOrder(api)), reader))],
  ]),
  ...closed(TIMELINE, (api) => timeline(anOrder(api))),
];

/** Every status of the API's routes about orders. */
export const ofOrders: readonly Situation[] = [...listed, ...summarized, ...shown, ...told];
