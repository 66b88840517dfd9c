import { claimKey } from '../../functions/ledger/jobs/idempotency-keys.ts';
import { uuid } from '../porting-events.ts';
import type { Api } from './api.ts';
import { ofNotifications } from './notification-situations.ts';
import { ofOrders } from './order-situations.ts';
import { ofRecovery } from './recovery-situations.ts';
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
import { ofStatus } from './status-situations.ts';

const LIST = 'GET /v2/porting/events';
const ARRIVALS = 'GET /v2/arrivals';
const SHOW = 'GET /v2/porting/events/{id}';
const REPUBLISH = 'POST /v2/porting/events/{id}/republish';
const HEALTH = 'GET /health';
const WEBHOOK = 'POST /webhooks/telnyx';

const anId = (api: Api) => api.events[0]?.id ?? uuid(1);
/** A comment that has not come by webhook. */
const onlyListed = (api: Api) =>
  api.events.find(({ event_type }, index) => index % 2 === 1 && event_type === 'porting_order.new_comment')?.id ?? '';
const list = (query: Readonly<Record<string, string>> = {}) => `${LIST}?${new URLSearchParams(query)}`;
const arrivals = (query: Readonly<Record<string, string>>) => `${ARRIVALS}?${new URLSearchParams(query)}`;
const show = (id: string) => SHOW.replace('{id}', id);
const republish = (id: string) => REPUBLISH.replace('{id}', id);
const keyed = (key: string) => ({ ...operator, headers: { 'idempotency-key': key } });
const webhookOf = (id: string, type = 'porting_order.new_comment') =>
  JSON.stringify({ data: { id, event_type: type, occurred_at: '2026-03-01T12:00:00Z', payload: { id: uuid(9) } } });

const listed: readonly Situation[] = [
  ...of(LIST, [
    [200, 'the newest events', (api) => api.ask(list(), reader)],
    [200, 'all events, in the largest page', (api) => api.ask(list({ 'page[size]': '250' }), operator)],
    [200, 'behind the last page', (api) => api.ask(list({ 'page[number]': '1000000000' }), reader)],
    [
      200,
      'every parameter at once',
      (api) =>
        api.ask(
          list({
            'page[number]': '1',
            'page[size]': '3',
            'filter[type]': 'porting_order.status_changed',
            'filter[porting_order_id]': api.events[0]?.porting_order_id ?? '',
            'filter[created_at][gte]': '2020-01-01T00:00:00Z',
            'filter[created_at][lte]': '2099-12-31T23:59:59.999999+01:00',
          }),
          reader,
        ),
    ],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, (api) => api.ask(list(), reader))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(list(), reader))],
  ]),
  ...of(
    LIST,
    [
      { 'page[size]': '251' },
      { 'page[number]': '0' },
      { 'page[number]': 'one' },
      { 'filter[type]': 'message.received' },
      { 'filter[porting_order_id]': '17' },
      { 'filter[created_at][gte]': 'yesterday' },
      { 'filter[status]': 'exception' },
    ].map((query) => [422, String(new URLSearchParams(query)), (api: Api) => api.ask(list(query), reader)] as const),
  ),
  ...of(LIST, [[422, 'a parameter twice', (api) => api.ask(`${list()}page[size]=1&page[size]=2`, reader)]]),
  ...closed(LIST, () => list()),
];

const arrived: readonly Situation[] = [
  ...of(ARRIVALS, [
    [200, 'what is new', (api) => api.ask(ARRIVALS, reader)],
    [
      200,
      'every parameter at once',
      (api) =>
        api.ask(
          arrivals({
            'page[size]': '3',
            'filter[first_seen_at][gte]': '2020-01-01T00:00:00Z',
            'filter[type]': 'porting_order.status_changed',
            'filter[porting_order_id]': api.events[0]?.porting_order_id ?? '',
          }),
          reader,
        ),
    ],
    [422, 'no cursor', (api) => api.ask(arrivals({ 'page[after]': 'x' }), reader)],
    [
      422,
      'another list’s filter',
      (api) => api.ask(arrivals({ 'filter[created_at][gte]': '2020-01-01T00:00:00Z' }), reader),
    ],
    [422, 'no instant', (api) => api.ask(arrivals({ 'filter[first_seen_at][gte]': 'yesterday' }), reader)],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, (api) => api.ask(ARRIVALS, reader))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(ARRIVALS, reader))],
  ]),
  ...closed(ARRIVALS, () => ARRIVALS),
];

const shown: readonly Situation[] = [
  ...of(SHOW, [
    [200, 'an event', (api) => api.ask(show(anId(api)), reader)],
    [200, 'an event without its payload', (api) => api.ask(show(api.events.at(-1)?.id ?? ''), reader)],
    [404, 'an unknown event', (api) => api.ask(show(uuid(404)), reader)],
    [422, 'no event id', (api) => api.ask(show('17'), reader)],
    [422, 'no event id, and not even text', (api) => api.ask(show('%ff%2f'), reader)],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, (api) => api.ask(show(anId(api)), reader))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(show(anId(api)), reader))],
  ]),
  ...closed(SHOW, (api) => show(anId(api))),
];

/** A first request with this key, made this long ago by a function that has not recorded its outcome. */
const claimed = (api: Api, key: string, ago: number) =>
  claimKey(api.store, key, anId(api), 'another request', Date.now() - ago);

/** The first look finds that the key is taken; the second one would find the outcome. */
const whileLooking = (fault: typeof REFUSED | typeof INVALID) => async (api: Api) => {
  await claimed(api, 'waited for', 0);
  let looks = 0;
  api.engine.fault = (operation) => {
    if (operation === 'GetItem') looks += 1;
    return looks > 1 ? fault : undefined;
  };
  return api.ask(republish(anId(api)), keyed('waited for'));
};

type UpstreamFault = NonNullable<ReturnType<NonNullable<Api['telnyx']['intercept']>>>;
const whileTelnyx = (fault: UpstreamFault) => (api: Api) => {
  api.telnyx.intercept = () => fault;
  return api.ask(republish(anId(api)), operator);
};

const republished: readonly Situation[] = [
  ...of(REPUBLISH, [
    [204, 'sent', (api) => api.ask(republish(anId(api)), operator)],
    [
      204,
      'sent before, under this key',
      async (api) => {
        await api.ask(republish(anId(api)), keyed('again'));
        return api.ask(republish(anId(api)), keyed('again'));
      },
    ],
    [403, 'a read token', (api) => api.ask(republish(anId(api)), reader)],
    [404, 'Telnyx has no such event', (api) => api.ask(republish(uuid(404)), operator)],
    [
      409,
      'the first request is under way',
      async (api) => {
        await claimed(api, 'under way', 0);
        api.remaining = 1_000;
        return api.ask(republish(anId(api)), keyed('under way'));
      },
    ],
    [422, 'no event id', (api) => api.ask(republish('17'), operator)],
    [422, 'a key that is too long', (api) => api.ask(republish(anId(api)), keyed('x'.repeat(256)))],
    [
      422,
      'a key of another event',
      async (api) => {
        await claimed(api, 'taken', 0);
        return api.ask(republish(uuid(77)), keyed('taken'));
      },
    ],
    [429, 'Telnyx answers 429', whileTelnyx({ status: 429 })],
    [429, 'others wait already', whileOthersWait((api) => api.ask(republish(anId(api)), operator))],
    [
      502,
      'not available for the account',
      whileTelnyx({ status: 403, body: { errors: [{ code: '10038', title: 'Not permitted' }] } }),
    ],
    [500, 'DynamoDB finds the look at the first request invalid', whileLooking(INVALID)],
    [503, 'DynamoDB refuses the look at the first request', whileLooking(REFUSED)],
    [502, 'Telnyx fails', whileTelnyx({ status: 500 })],
    [502, "Telnyx refuses the ledger's key", whileTelnyx({ status: 401 })],
    [502, 'Telnyx refuses', whileTelnyx({ status: 422 })],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(republish(anId(api)), operator))],
    [504, 'Telnyx breaks off', whileTelnyx({ status: 200, body: { data: 'half of this' }, truncate: true })],
    [
      504,
      'the first request died',
      async (api) => {
        await claimed(api, 'died', 31_000);
        return api.ask(republish(anId(api)), keyed('died'));
      },
    ],
  ]),
  ...closed(REPUBLISH, (api) => republish(anId(api))),
];

const healthy: readonly Situation[] = of(HEALTH, [
  [200, 'before any sync', (api) => api.ask(HEALTH)],
  [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, (api) => api.ask(HEALTH))],
  [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(HEALTH))],
]);

const PAGE = 'GET /';
const PAGE_FILE = 'GET /console/{file}';
const seen: readonly Situation[] = [
  ...of(PAGE, [
    [200, 'compressed', (api) => api.ask(PAGE)],
    [200, 'for a client that takes no compression', (api) => api.ask(PAGE, { headers: { 'accept-encoding': '' } })],
  ]),
  ...of(PAGE_FILE, [
    [200, 'its script', (api) => fileOfPage(api, 'js')],
    [200, 'its style', (api) => fileOfPage(api, 'css')],
    [200, 'its icon', (api) => fileOfPage(api, 'svg')],
    [404, 'of another deployment', (api) => api.ask('GET /console/0123456789ab.js')],
  ]),
];

async function fileOfPage(api: Api, kind: string): Promise<Response> {
  const html = await (await api.ask(PAGE)).text();
  const [path] = new RegExp(`/console/[0-9a-f]+\\.${kind}`).exec(html) ?? [];
  return api.ask(`GET ${path}`);
}

const received: readonly Situation[] = of(WEBHOOK, [
  [200, 'stored', (api) => api.deliver(webhookOf(uuid(901)))],
  [
    200,
    'duplicate',
    async (api) => {
      await api.deliver(webhookOf(uuid(902)));
      return api.deliver(webhookOf(uuid(902)));
    },
  ],
  [200, 'confirmed', (api) => api.deliver(webhookOf(onlyListed(api)))],
  [200, 'ignored', (api) => api.deliver(webhookOf(uuid(903), 'message.received'))],
  [200, 'rejected', (api) => api.deliver('no JSON')],
  [401, 'no signature', (api) => api.ask(WEBHOOK, { body: '{}' })],
  [
    401,
    'a wrong signature',
    (api) =>
      api.ask(WEBHOOK, {
        headers: {
          'telnyx-timestamp': String(Math.floor(Date.now() / 1000)),
          'telnyx-signature-ed25519': Buffer.alloc(64).toString('base64'),
        },
        body: '{}',
      }),
  ],
  [413, 'too large', (api) => api.deliver('x'.repeat(256 * 1024 + 1))],
  [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.deliver(webhookOf(uuid(904))))],
]);

/** Every status that the API gives, each in at least one way. */
export const situations: readonly Situation[] = [
  ...listed,
  ...arrived,
  ...shown,
  ...ofOrders,
  ...ofNotifications,
  ...ofRecovery,
  ...ofStatus,
  ...republished,
  ...healthy,
  ...seen,
  ...received,
];
