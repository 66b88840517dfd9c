import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import Telnyx from 'telnyx';
import type { WebhookDelivery } from 'telnyx/resources/webhook-deliveries';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DeliveryRecord } from '../../infra/local/simulator/delivery-log.ts';
import { type EventsApi, startEventsApi } from '../../infra/local/simulator/events-api.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { codeOfFailure, codeOfStatus } from '../../infra/local/simulator/webhook-attempt.ts';
import { createKeys, startWebhooks, type Webhooks, webhookCount } from '../../infra/local/simulator/webhooks.ts';
import { lives } from '../lives.ts';

const apiKey = 'KEYtest';
const events = lives({ seed: 5, from: Date.parse('2026-11-01T00:00:00Z'), orders: 60, days: 10 })
  .map(({ event }) => event)
  .filter((event) => webhookCount(event) === 1);
const [good, lost, patient, hopeless, cut] = events.slice(0, 5) as [
  PortingEvent,
  PortingEvent,
  PortingEvent,
  PortingEvent,
  PortingEvent,
];
const comment = events.find(({ event_type }) => event_type === 'porting_order.new_comment') as PortingEvent;

/** The receiver's answer to each attempt, in turn; 0 breaks the connection. */
const answers = new Map<string, number[]>([
  [good.id, [200]],
  [patient.id, [500, 404, 200]],
  [hopeless.id, [302, 404, 418]],
  [cut.id, [0, 0, 0]],
  [comment.id, [201, 400, 500]],
]);

const server = createServer(async (request, response) => {
  const chunks = await request.toArray();
  const body = JSON.parse(Buffer.concat(chunks).toString());
  const status = answers.get(body.data?.id ?? body.id)?.shift() ?? 599;
  if (status === 0) response.destroy();
  else response.writeHead(status, { 'x-receiver': 'a' }).end('said');
});

let url: string;
let api: EventsApi;
let webhooks: Webhooks;
let telnyx: Telnyx;
let before: string;

const ask = async (query: Record<string, string> = {}, path = '') => {
  const headers = { authorization: `Bearer ${apiKey}` };
  const response = await fetch(`${api.url}/webhook_deliveries${path}?${new URLSearchParams(query)}`, { headers });
  return { status: response.status, body: JSON.parse(await response.text()) };
};

const found = async (query: Record<string, string>): Promise<string[]> => {
  const { status, body } = await ask(query);
  expect(status).toBe(200);
  return body.data.map(({ webhook }: DeliveryRecord) => webhook.id);
};

const recordOf = (event: PortingEvent): DeliveryRecord =>
  webhooks.log.find(({ webhook }) => webhook.id === event.id) as DeliveryRecord;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  // Time stands still except for the pauses, so that everything happens in the same order on every machine.
  vi.useFakeTimers({ toFake: ['Date'] });
  const sleep = async (milliseconds: number) => void vi.advanceTimersByTime(milliseconds);
  const calm = { duplicates: 0, latenessMs: 0, retriesAfterMs: [5, 5], timeoutMs: 3_600_000, sleep };
  const losses = { [lost.event_type]: 1 };
  webhooks = startWebhooks({ keys: createKeys(5), seed: 5, url: () => url, losses, ...calm });
  api = await startEventsApi({
    apiKey,
    requestsPerSecond: Number.POSITIVE_INFINITY,
    webhookDeliveries: () => webhooks.log,
  });
  telnyx = new Telnyx({ apiKey, baseURL: api.url, maxRetries: 0 });
  before = new Date().toISOString();
  webhooks.send(lost);
  for (const event of [good, patient, hopeless, cut, comment]) {
    webhooks.resend(event);
    await webhooks.idle();
    await sleep(3);
  }
  vi.useRealTimers();
});

afterAll(async () => {
  await Promise.all([webhooks.close(), api.close()]);
  server.close();
});

describe('the log of webhook deliveries', () => {
  it('has webhooks that arrived or were given up, and none that was never sent', async () => {
    const { body } = await ask();
    const told = body.data.map(({ webhook, status }: DeliveryRecord) => [webhook.id, status]);
    expect(told).toEqual([
      [comment.id, 'failed'],
      [cut.id, 'failed'],
      [hopeless.id, 'failed'],
      [patient.id, 'delivered'],
      [good.id, 'delivered'],
    ]);
    expect(webhooks.deliveries).toContainEqual({ id: lost.id, attempt: 1, outcome: 'lost' });
    expect(body.meta).toEqual({ page_number: 1, page_size: 20, total_pages: 1, total_results: 5 });
  });

  it('lists the attempts, the latest first, with status and error', () => {
    const told = (event: PortingEvent) =>
      recordOf(event).attempts.map(({ status, errors, http }) => [status, http.response?.status, errors]);
    expect(told(good)).toEqual([['delivered', 200, undefined]]);
    expect(told(patient)).toEqual([
      ['delivered', 200, undefined],
      ['failed', 404, [75_404]],
      ['failed', 500, [75_500]],
    ]);
    expect(told(hopeless)).toEqual([
      ['failed', 418, [75_499]],
      ['failed', 404, [75_404]],
      ['failed', 302, [75_300]],
    ]);
    expect(told(comment)).toEqual([
      ['failed', 500, [75_500]],
      ['failed', 400, [75_400]],
      ['failed', 201, [75_299]],
    ]);
    for (const [status, answered, errors] of told(cut)) {
      expect([status, answered]).toEqual(['failed', undefined]);
      expect(errors).toHaveLength(1);
    }
  });

  it('has the times, the request and the webhook as they were', () => {
    const record = recordOf(patient);
    const { attempts, started_at, finished_at } = record;
    expect(started_at >= before).toBe(true);
    expect([started_at, finished_at]).toEqual([attempts.at(-1)?.started_at, attempts[0]?.finished_at]);
    const instants = attempts.toReversed().flatMap((attempt) => [attempt.started_at, attempt.finished_at]);
    expect(instants.map((instant) => Date.parse(instant) - Date.parse(started_at))).toEqual([0, 0, 5, 5, 10, 10]);
    expect(attempts[0]?.http.request.url).toBe(url);
    expect(attempts[0]?.http.response?.headers).toContainEqual(['x-receiver', 'a']);
    expect(record.webhook).toMatchObject({ event_type: patient.event_type, record_type: 'event' });
    expect(record.webhook.payload.id ?? record.webhook.payload.porting_order_id).toBe(patient.porting_order_id);
  });

  it('is as the specification says, and as the official SDK types it', async () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema(JSON.parse(readFileSync('test/fixtures/telnyx/openapi-porting.json', 'utf8')), 'telnyx');
    const answer = (path: string) => `/paths/${path}/get/responses/200/content/application~1json/schema`;
    const violations = (pointer: string, value: unknown) => {
      const validate = ajv.compile({ $ref: `telnyx#${encodeURI(pointer)}` });
      return validate(value) ? [] : validate.errors;
    };
    const { body } = await ask();
    expect(violations(answer('~1webhook_deliveries'), body)).toEqual([]);
    const { id } = recordOf(good);
    const shown = await ask({}, `/${id.toUpperCase()}`);
    expect(violations(answer('~1webhook_deliveries~1{id}'), shown.body)).toEqual([]);
    expect(violations(answer('~1webhook_deliveries'), { data: [{ status: 'lost' }] })).not.toEqual([]);

    const typed: readonly WebhookDelivery[] = webhooks.log;
    const listed: WebhookDelivery[] = [];
    for await (const record of telnyx.webhookDeliveries.list({ 'page[size]': 2 })) listed.push(record);
    expect(listed).toEqual(typed.toReversed());
    expect((await telnyx.webhookDeliveries.retrieve(id)).data).toEqual(recordOf(good));
    await expect(telnyx.webhookDeliveries.retrieve(good.id)).rejects.toMatchObject({ status: 404 });
  });
});

describe('its filters', () => {
  it('status and type, several types at once', async () => {
    expect(await found({ 'filter[status][eq]': 'delivered' })).toEqual([patient.id, good.id]);
    expect(await found({ 'filter[event_type]': comment.event_type })).toEqual([comment.id]);
    const both = { 'filter[status][eq]': 'failed', 'filter[event_type]': `message.received,${comment.event_type}` };
    expect(await found(both)).toEqual([comment.id]);
    expect(await found({ 'filter[event_type]': 'porting_order' })).toEqual([]);
  });

  it('times, both bounds included', async () => {
    const { started_at, finished_at } = recordOf(hopeless);
    expect(await found({ 'filter[started_at][gte]': started_at })).toEqual([comment.id, cut.id, hopeless.id]);
    expect(await found({ 'filter[started_at][lte]': started_at })).toEqual([hopeless.id, patient.id, good.id]);
    expect(await found({ 'filter[finished_at][gte]': finished_at })).toEqual([comment.id, cut.id, hopeless.id]);
    expect(await found({ 'filter[finished_at][lte]': finished_at })).toEqual([hopeless.id, patient.id, good.id]);
  });

  it('a text in the webhook, or in the attempts', async () => {
    expect(await found({ 'filter[webhook][contains]': patient.id })).toEqual([patient.id]);
    expect(await found({ 'filter[attempts][contains]': '75499' })).toEqual([hopeless.id]);
    expect(await found({ 'filter[attempts][contains]': '0.0.0.1/nowhere' })).toEqual([]);
  });

  it('pages', async () => {
    expect(await found({ 'page[size]': '2', 'page[number]': '3' })).toEqual([good.id]);
    const { body } = await ask({ 'page[size]': '2', 'page[number]': '4' });
    expect(body).toEqual({ data: [], meta: { page_number: 4, page_size: 2, total_pages: 3, total_results: 5 } });
  });

  it.each([
    ['filter[status][eq]', 'lost', '10032'],
    ['filter[started_at][gte]', 'yesterday', '10031'],
    ['filter[finished_at][lte]', '', '10031'],
    ['page[size]', '251', '10033'],
    ['page[number]', 'x', '10026'],
  ])('%s=%s: 422', async (parameter, value, code) => {
    const { status, body } = await ask({ [parameter]: value });
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ code, source: { parameter } }]);
  });
});

it('an account may have no log: 404', async () => {
  const without = await startEventsApi({ apiKey, requestsPerSecond: Number.POSITIVE_INFINITY });
  const headers = { authorization: `Bearer ${apiKey}` };
  expect((await fetch(`${without.url}/webhook_deliveries`, { headers })).status).toBe(404);
  await without.close();
});

describe('the codes', () => {
  it.each([
    [200, undefined],
    [204, 75_299],
    [301, 75_300],
    [400, 75_400],
    [404, 75_404],
    [410, 75_499],
    [500, 75_500],
    [503, 75_599],
  ])('of %i', (status, code) => expect(codeOfStatus(status)).toBe(code));

  it('of a host name that does not exist, and of a port that no one listens on', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const codeOf = (target: string) => fetch(target).then(() => undefined, codeOfFailure);
    expect(await codeOf('http://nowhere.invalid/')).toBe(75_001);
    expect(await codeOf(`http://127.0.0.1:${port}/`)).toBe(75_002);
  });

  it.each([
    ['CERT_HAS_EXPIRED', 75_003],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 75_003],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 75_003],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 75_003],
    ['ELSE', 75_000],
  ])('of %s', (code, expected) => {
    expect(codeOfFailure(new TypeError('fetch failed', { cause: { code } }))).toBe(expected);
  });

  it('of silence', async () => {
    const late = new AbortController();
    const silent = createServer(() => late.abort(new DOMException('late', 'TimeoutError')));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const target = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    const error = await fetch(target, { signal: late.signal }).catch((cause: unknown) => cause);
    expect(codeOfFailure(error)).toBe(75_000);
    silent.close();
    silent.closeAllConnections();
  });
});
