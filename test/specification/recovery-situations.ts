import { recordOpenSpan } from '../../functions/ledger/runs/open-spans.ts';
import { uuid } from '../porting-events.ts';
import { ran } from '../query-events/seed.ts';
import type { Api } from './api.ts';
import { closed, INVALID, of, operator, REFUSED, reader, type Situation, whileDynamoDb } from './situation.ts';

const JOBS = 'GET /v2/republish-jobs';
const START = 'POST /v2/republish-jobs';
const JOB = 'GET /v2/republish-jobs/{id}';
const ITEMS = 'GET /v2/republish-jobs/{id}/items';
const CANCEL_JOB = 'POST /v2/republish-jobs/{id}/cancel';
const RUNS = 'GET /v2/sync-runs';
const REQUEST = 'POST /v2/sync-runs';
const RUN = 'GET /v2/sync-runs/{id}';
const CANCEL_RUN = 'POST /v2/sync-runs/{id}/cancel';

const CLOSE = 'POST /v2/open-spans/{id}/close';

const NONE = '2020-01-01T00:00:00.000Z-00000000';
const to = (operation: string, id: string) => operation.replace('{id}', encodeURIComponent(id));
const post = (operation: string, body: unknown, key?: string) => (api: Api) =>
  api.ask(operation, {
    ...operator,
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const selection = { ids: [uuid(940), uuid(941), uuid(942)] };
const range = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' };

/** Starts a job or a run, and returns its id. */
async function started(operation: string, body: unknown, api: Api): Promise<string> {
  const answer = await post(operation, body)(api);
  return ((await answer.json()) as { data: { id: string } }).data.id;
}

/** Sends the same request twice under one key. */
const twice = (operation: string, body: unknown, key: string) => async (api: Api) => {
  await (await post(operation, body, key)(api)).text();
  return post(operation, body, key)(api);
};

const lists: readonly Situation[] = [JOBS, RUNS].flatMap((operation) => [
  ...of(operation, [
    [
      200,
      'all of them',
      async (api) => {
        await started(START, selection, api);
        await started(REQUEST, range, api);
        await ran(api.store, Date.now(), { status: 'failed', error: 'Telnyx answered 500' });
        return api.ask(operation, reader);
      },
    ],
    [200, 'a page of one', (api) => api.ask(`${operation}?page[size]=1`, operator)],
    [422, 'no such size', (api) => api.ask(`${operation}?page[size]=0`, reader)],
    [422, 'no cursor', (api) => api.ask(`${operation}?page[after]=x`, reader)],
    [422, 'a filter', (api) => api.ask(`${operation}?filter[status]=running`, reader)],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, (api) => api.ask(operation, reader))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(operation, reader))],
  ]),
  ...closed(operation, () => operation),
]);

const shows: readonly Situation[] = [
  [JOB, START, selection] as const,
  [ITEMS, START, selection] as const,
  [RUN, REQUEST, range] as const,
].flatMap(([operation, start, body]) => [
  ...of(operation, [
    [200, 'one that waits', async (api) => api.ask(to(operation, await started(start, body, api)), reader)],
    [404, 'an unknown one', (api) => api.ask(to(operation, NONE), reader)],
    [404, 'what can be none', (api) => api.ask(to(operation, 'a b'), reader)],
    [422, 'a parameter', (api) => api.ask(`${to(operation, NONE)}?sort=id`, reader)],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, (api) => api.ask(to(operation, NONE), reader))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(to(operation, NONE), reader))],
  ]),
  ...closed(operation, () => to(operation, NONE)),
]);

const jobs: readonly Situation[] = [
  ...of(START, [
    [200, 'a dry run', post(START, { filter: { type: 'porting_order.status_changed' }, dry_run: true })],
    [200, 'a dry run of ids that the ledger lacks', post(START, { ...selection, dry_run: true })],
    [200, 'asked for before, under this key', twice(START, selection, 'a job')],
    [202, 'ids', post(START, selection, 'another job')],
    [202, 'a filter', post(START, { filter: { from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' } })],
    [403, 'a read token', (api) => api.ask(START, { ...reader, body: JSON.stringify(selection) })],
    [422, 'no body', (api) => api.ask(START, operator)],
    [422, 'no JSON', post(START, '{')],
    [422, 'an unknown member', post(START, { ...selection, dryrun: true })],
    [422, 'no event id', post(START, { ids: ['17'] })],
    [422, 'nothing that is selected', post(START, { filter: { porting_order_id: uuid(404) } })],
    [422, 'a key that is too long', post(START, selection, 'x'.repeat(256))],
    [
      422,
      'a key of another request',
      async (api) => {
        await (await post(START, selection, 'taken by a job')(api)).text();
        return post(START, { ids: [uuid(1)] }, 'taken by a job')(api);
      },
    ],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, post(START, selection))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, post(START, selection))],
  ]),
  ...closed(START, () => START),
];

const runs: readonly Situation[] = [
  ...of(REQUEST, [
    [200, 'asked for before, under this key', twice(REQUEST, range, 'a run')],
    [202, 'a range', post(REQUEST, range)],
    [202, 'a range into the future', post(REQUEST, { ...range, to: '2099-01-01T00:00:00Z' }, 'another run')],
    [403, 'a read token', (api) => api.ask(REQUEST, { ...reader, body: JSON.stringify(range) })],
    [422, 'no body', (api) => api.ask(REQUEST, operator)],
    [422, 'a range that ends before it begins', post(REQUEST, { from: range.to, to: range.from })],
    [422, 'no end', post(REQUEST, { from: range.from })],
    [422, 'no instant', post(REQUEST, { ...range, from: 'yesterday' })],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, post(REQUEST, range))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, post(REQUEST, range))],
  ]),
  ...closed(REQUEST, () => REQUEST),
];

const cancels: readonly Situation[] = [
  [CANCEL_JOB, START, selection] as const,
  [CANCEL_RUN, REQUEST, range] as const,
].flatMap(([operation, start, body]) => [
  ...of(operation, [
    [200, 'one that waits', async (api) => api.ask(to(operation, await started(start, body, api)), operator)],
    [
      200,
      'one that was cancelled',
      async (api) => {
        const id = await started(start, body, api);
        await (await api.ask(to(operation, id), operator)).text();
        return api.ask(to(operation, id), operator);
      },
    ],
    [403, 'a read token', (api) => api.ask(to(operation, NONE), reader)],
    [404, 'an unknown one', (api) => api.ask(to(operation, NONE), operator)],
    [
      500,
      'DynamoDB finds the request invalid',
      whileDynamoDb(INVALID, (api) => api.ask(to(operation, NONE), operator)),
    ],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(to(operation, NONE), operator))],
  ]),
  ...closed(operation, () => to(operation, NONE)),
]);

const closes: readonly Situation[] = [
  ...of(CLOSE, [
    [
      204,
      'an open span',
      async (api) => {
        await recordOpenSpan(api.store, { from: 0, to: 1_000 }, 'it contradicts itself', Date.now());
        return api.ask(to(CLOSE, '1970-01-01T00:00:00.000Z--1970-01-01T00:00:01.000Z'), operator);
      },
    ],
    [403, 'a read token', (api) => api.ask(to(CLOSE, NONE), reader)],
    [404, 'an unknown one', (api) => api.ask(to(CLOSE, NONE), operator)],
    [500, 'DynamoDB finds the request invalid', whileDynamoDb(INVALID, (api) => api.ask(to(CLOSE, NONE), operator))],
    [503, 'DynamoDB refuses', whileDynamoDb(REFUSED, (api) => api.ask(to(CLOSE, NONE), operator))],
  ]),
  ...closed(CLOSE, () => to(CLOSE, NONE)),
];

/** Every status of republish jobs, sync runs and open spans. */
export const ofRecovery: readonly Situation[] = [...lists, ...shows, ...jobs, ...runs, ...cancels, ...closes];
