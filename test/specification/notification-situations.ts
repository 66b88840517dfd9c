import {
  countOtherFamily,
  countRefusals,
  keepRejected,
  keepRejectedRecords,
} from '../../functions/ledger/rejections/rejections.ts';
import { passDeadlinesSoon } from '../own-time.ts';
import { uuid } from '../porting-events.ts';
import { eventAt, healed, recovered, unlisted } from '../query-events/seed.ts';
import type { Api } from './api.ts';
import {
  closed,
  INVALID,
  of,
  operator,
  REFUSED,
  reader,
  type Situation,
  whileDynamoDb,
  whileOthersWait,
} from './situation.ts';

const GAPS = 'GET /v2/gaps';
const REJECTIONS = 'GET /v2/rejections';
const DELIVERIES = 'GET /v2/webhook-deliveries/failed';

type Query = Readonly<Record<string, string>>;
const at = (operation: string, query: Query = {}) => `${operation}?${new URLSearchParams(query)}`;
const wrong = (operation: string, queries: readonly Query[]) =>
  of(
    operation,
    queries.map((query) => [422, String(new URLSearchParams(query)), (api) => api.ask(at(operation, query), reader)]),
  );

const HOUR = 3_600_000;
const gap = (number: number) => eventAt(number, Date.now() - HOUR);

const gaps: readonly Situation[] = [
  ...of(GAPS, [
    [200, 'none', (api) => api.ask(at(GAPS, { 'filter[created_at][gte]': '2099-01-01T00:00:00Z' }), reader)],
    [
      200,
      'missed ones, one of them healed',
      async (api) => {
        await healed(api.store, gap(920), Date.now());
        return api.ask(at(GAPS), operator);
      },
    ],
    [
      200,
      'recovered ones',
      async (api) => {
        await recovered(api.store, gap(921), Date.now());
        return api.ask(at(GAPS, { 'filter[kind]': 'recovered' }), reader);
      },
    ],
    [
      200,
      'unlisted ones, with every filter at once',
      async (api) => {
        const event = gap(922);
        await unlisted(api.store, event, Date.now());
        const query = {
          'filter[kind]': 'unlisted',
          'filter[type]': event.event_type,
          'filter[porting_order_id]': event.porting_order_id ?? '',
          'filter[created_at][gte]': '2020-01-01T00:00:00Z',
          'filter[created_at][lte]': '2099-12-31T23:59:59+01:00',
          'page[size]': '1',
        };
        return api.ask(at(GAPS, query), reader);
      },
    ],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, (api) => api.ask(at(GAPS), reader))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(at(GAPS), reader))],
  ]),
  ...wrong(GAPS, [
    { 'filter[kind]': 'lost' },
    { 'filter[type]': 'message.received' },
    { 'filter[porting_order_id]': '17' },
    { 'filter[created_at][lte]': 'yesterday' },
    { 'page[size]': '251' },
    { 'page[after]': 'x' },
    { sort: 'created_at' },
  ]),
  ...closed(GAPS, () => at(GAPS)),
];

const rejections: readonly Situation[] = [
  ...of(REJECTIONS, [
    [
      200,
      'refused, unreadable and listed ones',
      async (api) => {
        await countRefusals(api.store, 'signature wrong', 17, Date.now());
        await keepRejected(api.store, Buffer.from('no event'), 'not JSON', Date.now());
        await keepRejectedRecords(api.store, [{ json: '{}', reason: 'no id' }], Date.now());
        await countOtherFamily(api.store, 'message.sent', 3, Date.now());
        return api.ask(at(REJECTIONS), reader);
      },
    ],
    [
      200,
      'a page of one',
      async (api) => {
        await countRefusals(api.store, 'too old', 1, Date.now());
        await countRefusals(api.store, 'signature missing', 1, Date.now());
        return api.ask(at(REJECTIONS, { 'page[size]': '1' }), reader);
      },
    ],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, (api) => api.ask(at(REJECTIONS), reader))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(at(REJECTIONS), reader))],
  ]),
  ...wrong(REJECTIONS, [{ 'filter[kind]': 'refused' }, { 'page[size]': '0' }, { 'page[after]': 'x' }]),
  ...closed(REJECTIONS, () => at(REJECTIONS)),
];

type Answer = NonNullable<ReturnType<NonNullable<Api['telnyx']['intercept']>>>;
const whileTelnyx =
  (answer: Answer, query: Query = {}): Situation['ask'] =>
  (api) => {
    api.telnyx.intercept = () => {
      // The time for which the function waits for Telnyx.
      if (answer.hang) passDeadlinesSoon(10_000);
      return answer;
    };
    return api.ask(at(DELIVERIES, query), reader);
  };

/** Telnyx's log, with one delivery that failed. */
const log: Answer = {
  body: {
    data: [
      {
        id: uuid(931),
        status: 'failed',
        started_at: '2026-03-01T12:00:01Z',
        finished_at: '2026-03-01T12:00:31Z',
        webhook: { id: uuid(930), event_type: 'porting_order.status_changed', payload: { id: uuid(9) } },
        attempts: [{ status: 'failed', errors: [75500], http: { response: { status: 500 } } }],
      },
    ],
    meta: { page_number: 1, page_size: 20, total_pages: 1, total_results: 1 },
  },
};

const deliveries: readonly Situation[] = [
  ...of(DELIVERIES, [
    [200, 'one', whileTelnyx(log)],
    [
      200,
      'with every parameter',
      whileTelnyx(log, {
        'page[number]': '2',
        'page[size]': '5',
        'filter[type]': 'porting_order.split',
        'filter[started_at][gte]': '2020-01-01T00:00:00Z',
        'filter[started_at][lte]': '2099-01-01T00:00:00Z',
      }),
    ],
    [200, 'an account without such a log', whileTelnyx({ status: 404 })],
    [200, 'a key that may not read it', whileTelnyx({ status: 403 })],
    [
      200,
      'an account that may not have it',
      whileTelnyx({ status: 403, body: { errors: [{ code: '10038', title: 'Not permitted' }] } }),
    ],
    [429, 'Telnyx answers 429', whileTelnyx({ status: 429 })],
    [429, 'others wait already', whileOthersWait((api) => api.ask(at(DELIVERIES), reader))],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, whileTelnyx(log))],
    [502, 'Telnyx fails', whileTelnyx({ status: 500 })],
    [502, "Telnyx refuses the ledger's key", whileTelnyx({ status: 401 })],
    [502, 'Telnyx answers without a list', whileTelnyx({ body: {} })],
    [502, 'Telnyx breaks off', whileTelnyx({ status: 200, body: { data: 'half of this' }, truncate: true })],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, whileTelnyx(log))],
    [504, 'Telnyx does not answer', whileTelnyx({ hang: true })],
  ]),
  ...wrong(DELIVERIES, [{ 'page[size]': '0' }, { 'filter[started_at][gte]': '1' }, { 'page[after]': 'x' }]),
  ...closed(DELIVERIES, () => at(DELIVERIES)),
];

/** Every status of the API's routes about notifications that did not arrive. */
export const ofNotifications: readonly Situation[] = [...gaps, ...rejections, ...deliveries];
