import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { countDays } from '../../functions/ledger/counts/day-counts.ts';
import { requestRun } from '../../functions/ledger/runs/requested-runs.ts';
import { controlKey } from '../../functions/ledger/table/store.ts';
import { remove } from '../../functions/ledger/table/verbs.ts';
import { SETTLE } from '../../functions/porting/window.ts';
import { startBus } from '../../infra/local/bus.ts';
import { startSecrets } from '../../infra/local/secrets.ts';
import { startEventsApi } from '../../infra/local/simulator/events-api.ts';
import { createKeys, webhookBody, webhookCount, webhookHeaders } from '../../infra/local/simulator/webhooks.ts';
import { httpEvent, lambdaContext } from '../http-event.ts';
import { openStoreAt } from '../open-store-at.ts';
import { startTopicAndQueues } from '../topic-and-queues.ts';
import { eventsOf, seed } from './seed.ts';

/** How much is measured: by `npm run bench:cost`, and by the test that it still runs. */
export interface Sample {
  readonly calls: number;
  readonly warmUp: number;
  /** Days of a year whose counts a list adds up. */
  readonly events: number;
  /** The newest events, which the sync lists again. */
  readonly listed: number;
  /** How many of the webhooks' events are published one by one; the others are published in tens. */
  readonly alone: number;
}

const WHOLE: Sample = { calls: 300, warmUp: 60, events: 20_000, listed: 300, alone: 100 };
const DAYS = 365.5;
const TEN = 10;
/** Milliseconds that each call has left. */
const REMAINING = 240_000;
const API_KEY = 'KEYbench';
const TOKEN = 'operate-token-of-the-bench';

/** The part of the functions' environment that does not depend on addresses. */
const SETTINGS = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  API_URL: 'https://abcdefghij.execute-api.us-east-1.amazonaws.com',
  WEBHOOK_URL: 'https://example.com/',
  WEBHOOK_TYPES: 'learned',
  GRACE_MINUTES: '15',
  OVERDUE_AFTER: 'default',
  RETAIN_DAYS: 'none',
  SYNC_INTERVAL_SECONDS: '300',
  ORDER_DETAILS: 'on',
  HEALING: 'off',
  HEALING_PER_DAY: '50',
  TIMEZONE: 'UTC',
  RUNBOOK_URL: 'https://example.com/operations.md',
  LEDGER_NAME: 'PortInLedger',
  CONSOLE: 'on',
  ALARM_TOPIC: 'arn:aws:sns:us-east-1:000000000000:alarms',
  TELNYX_API_KEY_SECRET: 'key',
  API_TOKENS_SECRET: 'tokens',
};

/**
 * What one call of a handler takes: milliseconds of processor time, lines and bytes that it logs, and bytes of its
 * answer.
 */
export interface Call {
  readonly what: string;
  readonly cpu: number;
  readonly lines: number;
  readonly logged: number;
  readonly answered: number;
}

/**
 * Calls each handler some hundred times, in a process that does nothing else: engine, Telnyx, bus and secrets are
 * elsewhere.
 */
export async function calls(endpoint: string, sample = WHOLE): Promise<readonly Call[]> {
  const account = { events: sample.events, days: DAYS };
  const keys = createKeys(1);
  const secrets = await startSecrets({ key: API_KEY, tokens: JSON.stringify({ read: [], operate: [TOKEN] }) });
  const telnyx = await startEventsApi({ apiKey: API_KEY, requestsPerSecond: Number.POSITIVE_INFINITY });
  const bus = await startBus({ name: 'bus' });
  const aws = await startTopicAndQueues();
  const store = await openStoreAt(endpoint);
  const begun = Date.now();
  await seed(store, { ...account, now: begun });
  await countDays(store, () => begun, Number.POSITIVE_INFINITY);
  const events = [...eventsOf({ ...account, now: begun })].slice(0, sample.listed);
  for (const event of events) telnyx.put(event);
  const now = Date.now();
  const told = events.filter((event) => webhookCount(event) > 0);
  const job: Job = {
    sample,
    environment: {
      ...SETTINGS,
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_ENDPOINT_URL_SNS: aws.endpoint,
      AWS_ENDPOINT_URL_SQS: aws.endpoint,
      DEAD_LETTERS_QUEUE: `${aws.endpoint}/DeadLetters`,
      FAILED_BATCHES_QUEUE: `${aws.endpoint}/FailedBatches`,
      EVENTS_TABLE: store.events,
      ORDERS_TABLE: store.orders,
      CONTROL_TABLE: store.control,
      EVENT_BUS: bus.name,
      TELNYX_PUBLIC_KEY: keys.publicKeyBase64,
      TELNYX_BASE_URL: telnyx.url,
    },
    webhooks: told.map((event) => {
      const fresh = { ...event, id: randomUUID(), created_at: new Date(now).toISOString() };
      const body = webhookBody(fresh, { url: 'https://example.com/', attempt: 1 });
      return { id: fresh.id, method: 'POST', headers: { ...webhookHeaders(keys, body, now) }, body };
    }),
    ids: events.map(({ id }) => id),
  };
  const child = fork(import.meta.filename, ['calls'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  child.send(job);
  // A child that dies sends no message.
  const [result] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [readonly Call[] | number];
  await Promise.all([secrets.close(), telnyx.close(), bus.close(), aws.close()]);
  if (!Array.isArray(result)) throw new Error(`The process that calls the handlers ended with ${result}.`);
  return result;
}

interface Job {
  readonly sample: Sample;
  readonly environment: Readonly<Record<string, string>>;
  readonly webhooks: readonly { id: string; method: string; headers: Record<string, string>; body: string }[];
  readonly ids: readonly string[];
}

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

interface Answer {
  readonly statusCode?: number;
  readonly body?: string;
  readonly batchItemFailures?: readonly unknown[];
}

async function measureCalls(
  what: string,
  handler: Handler,
  event: (number: number) => unknown,
  { many, warmUp }: { readonly many: number; readonly warmUp: number },
) {
  let logged = 0;
  let lines = 0;
  let answered = 0;
  const write = process.stdout.write;
  process.stdout.write = ((text: string) => {
    logged += Buffer.byteLength(text);
    lines += 1;
    return true;
  }) as typeof write;
  let cpu = 0;
  for (let number = 0; number < many; number += 1) {
    if (number === warmUp) [cpu, logged, lines, answered] = [0, 0, 0, 0];
    const given = await event(number);
    const begun = process.cpuUsage();
    const answer = (await handler(
      given,
      lambdaContext(() => REMAINING),
    )) as Answer;
    const { user, system } = process.cpuUsage(begun);
    cpu += (user + system) / 1000;
    const failed = (answer.statusCode ?? 200) >= 300 || (answer.batchItemFailures ?? []).length > 0;
    if (failed) throw new Error(`${what}: ${JSON.stringify(answer)}`);
    answered += Buffer.byteLength(answer.body ?? '');
  }
  process.stdout.write = write;
  const each = (sum: number) => sum / (many - warmUp);
  return {
    what,
    cpu: each(cpu),
    lines: each(lines),
    logged: each(logged),
    answered: each(answered),
  };
}

/** The stream's records as Lambda hands them over. Only the keys of their rows are used. */
function streamOf(ids: readonly string[]) {
  return { Records: ids.map((id) => ({ dynamodb: { Keys: { id: { S: id } }, SequenceNumber: '1' } })) };
}

async function work({ sample, environment, webhooks, ids }: Job): Promise<readonly Call[]> {
  Object.assign(process.env, environment);
  const measure = (what: string, handler: Handler, event: (number: number) => unknown, many = sample.calls) =>
    measureCalls(what, handler, event, { many, warmUp: Math.min(sample.warmUp, Math.ceil(many / 5)) });
  const load = async (name: string) => (await import(`../../functions/${name}/handler.ts`)).handler as Handler;
  const receive = await load('receive-webhook');
  const publish = await load('publish-events');
  const query = await load('query-events');
  const republish = await load('republish-event');
  const sync = await load('sync-events');
  const run = await load('run-jobs');
  const watch = await load('watch-ledger');
  const headers = { authorization: `Bearer ${TOKEN}` };
  const get = (target: string) => () => httpEvent({ target, headers });
  const target = (number: number) => `/v2/porting/events/${ids[number % ids.length]}`;
  const again = (number: number) => ({
    method: 'POST',
    target: `${target(number)}/republish`,
    headers: { ...headers, 'idempotency-key': randomUUID() },
  });
  const told = webhooks.map(({ id }) => id);
  const tens = Array.from({ length: Math.floor((told.length - sample.alone) / TEN) }, (_, index) =>
    told.slice(sample.alone + index * TEN, sample.alone + (index + 1) * TEN),
  );
  const sweep = { sweep: { olderThanSeconds: 300 } };
  const requested = { requested: true };
  const store = {
    client: new DynamoDBClient({}),
    events: environment.EVENTS_TABLE ?? '',
    control: environment.CONTROL_TABLE ?? '',
  };
  const requestedOver = async (days: number) => {
    const now = Date.now();
    const id = `${new Date(now).toISOString()}-${randomUUID().slice(0, 8)}`;
    await requestRun(store, id, { from: now - days * 24 * 3_600_000, to: now - SETTLE }, now);
    return requested;
  };
  await sync(
    {},
    lambdaContext(() => REMAINING),
  );
  return [
    await measure('receive-webhook', receive, (number) => httpEvent(webhooks[number] ?? {}), webhooks.length),
    await measure('publish-events, 1', publish, (number) => streamOf(told.slice(number, number + 1)), sample.alone),
    await measure('publish-events, 10', publish, (number) => streamOf(tens[number] ?? []), tens.length),
    await measure('publish-events, idle sweep', publish, () => sweep),
    await measure('run-jobs, idle', run, () => ({})),
    await measure('watch-ledger, nothing to tell', watch, () => ({})),
    await measure('query-events, 20', query, get('/v2/porting/events?page[size]=20')),
    await measure('query-events, 250', query, get('/v2/porting/events?page[size]=250')),
    await measure('query-events, one', query, (number) => httpEvent({ target: target(number), headers })),
    await measure('query-events, 20 orders', query, get('/v2/orders?page[size]=20')),
    await measure('query-events, status', query, get('/v2/status')),
    await measure('republish-event', republish, async (number) => {
      // So that no call waits for the turn of the one before.
      await remove(store, 'control', controlKey('upstream', 'single-calls'));
      return httpEvent(again(number));
    }),
    await measure('sync-events, nothing new', sync, () => ({}), 20),
    await measure(`sync-events, ${ids.length} known`, sync, () => requestedOver(30), 20),
  ];
}

if (process.send && process.argv[2] === 'calls') {
  process.once('message', async (job: Job) => {
    process.send?.(await work(job));
    process.disconnect();
  });
}
