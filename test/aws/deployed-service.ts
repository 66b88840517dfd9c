import type { Context } from 'aws-lambda';
import { onTestFinished, vi } from 'vitest';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import { constructId } from '../../infra/aws/names.ts';
import { startBus } from '../../infra/local/bus.ts';
import { type EventsApi, startEventsApi } from '../../infra/local/simulator/events-api.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { type FunctionName, schedules } from '../../infra/service.ts';
import { startFaultyEngine } from '../faulty-engine.ts';
import { captureLog, loadHandler } from '../handlers.ts';
import { httpEvent, lambdaContext, type Request } from '../http-event.ts';
import { openStore } from '../open-store.ts';
import { startTopicAndQueues, type TopicAndQueues } from '../topic-and-queues.ts';
import '../own-time.ts';
import { listedEvent } from '../porting-events.ts';
import { bearer, operateToken } from '../query-events/reader.ts';
import { signed } from '../receive-webhook/receiver.ts';
import { startSecretsManager } from '../secrets-manager.ts';
import { type Account, openAccount } from '../telnyx/account.ts';
import { type Datapoint, datapointsIn, identityOf } from './cloudwatch.ts';
import { named, type Resource } from './synthesized.ts';

const apiKey = 'KEY0123456789ABCDEF_secret';
const NOON = Date.parse('2026-03-20T12:00:00Z');
const MINUTE = 60_000;

/** The service with the environment of its template, on a real engine, with a Telnyx, a bus and secrets over HTTP. */
export interface DeployedService {
  readonly telnyx: EventsApi;
  readonly store: OrderStore;
  /** SNS and SQS. */
  readonly aws: TopicAndQueues;
  /** While true the bus accepts nothing. */
  busIsDown: boolean;
  /** While true DynamoDB answers nothing but errors. */
  tablesAreDown: boolean;
  /** Lets minutes pass. */
  readonly wait: (minutes: number) => void;
  /** An event that Telnyx lists from now on, of a new order. */
  readonly happen: (fields?: Partial<PortingEvent>) => PortingEvent;
  /** Runs what a schedule runs. What fails three times goes to the queue, as Lambda does it. */
  readonly run: (schedule: string) => Promise<unknown>;
  /** A batch of the stream is given up, as Lambda does it. */
  readonly giveUpBatch: () => void;
  /** Lambda holds back calls of a function: it never hears of them. */
  readonly throttle: (name: FunctionName, calls: number) => void;
  /** Posts the webhooks of events, signed by Telnyx or by a stranger, and publishes what they brought. */
  readonly deliver: (events: readonly PortingEvent[], by?: Account) => Promise<void>;
  /** Asks the API with an operate token. */
  readonly ask: (name: FunctionName, request: Request) => Promise<unknown>;
  /** All metrics that the functions, and AWS about them, have written so far. */
  readonly measured: () => Datapoint[];
}

/** @param resources of the template */
export async function startDeployedService(resources: Record<string, Resource>): Promise<DeployedService> {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON });
  const store = await openStore();
  const account = openAccount();
  const tokens = JSON.stringify({ read: [], operate: [operateToken] });
  const secrets = await startSecretsManager({ tokens, key: apiKey });
  const telnyx = await startEventsApi({
    apiKey,
    requestsPerSecond: Number.POSITIVE_INFINITY,
    webhookDeliveries: () => [],
  });
  const bus = await startBus({
    name: 'bus',
    faults: { entry: () => (service.busIsDown ? 'InternalFailure' : undefined) },
  });
  const aws = await startTopicAndQueues();
  const engine = await startFaultyEngine();
  engine.fault = () => (service.tablesAreDown ? { refuse: 500, type: 'InternalServerError' } : undefined);
  const log = captureLog();
  onTestFinished(async () => {
    vi.restoreAllMocks();
    vi.useRealTimers();
    await Promise.all([secrets.close(), telnyx.close(), bus.close(), aws.close(), engine.close()]);
  });

  const here: Readonly<Record<string, string>> = {
    EVENTS_TABLE: store.events,
    ORDERS_TABLE: store.orders,
    CONTROL_TABLE: store.control,
    API_TOKENS_SECRET: 'tokens',
    TELNYX_API_KEY_SECRET: 'key',
    TELNYX_BASE_URL: telnyx.url,
    TELNYX_PUBLIC_KEY: account.publicKey,
    EVENT_BUS: 'bus',
    ALARM_TOPIC: 'arn:aws:sns:us-east-1:000000000000:alarms',
    DEAD_LETTERS_QUEUE: `${aws.endpoint}/DeadLetters`,
    FAILED_BATCHES_QUEUE: `${aws.endpoint}/FailedBatches`,
    API_URL: 'https://ledger.example',
    WEBHOOK_URL: 'https://hook.example/',
  };
  const addresses = {
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    AWS_ENDPOINT_URL_SNS: aws.endpoint,
    AWS_ENDPOINT_URL_SQS: aws.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
  };

  /** All functions share one environment: only the last one called is warm. */
  let warm: { readonly name: FunctionName; readonly handle: Awaited<ReturnType<typeof loadHandler>> } | undefined;

  async function invoke(name: FunctionName, event: unknown, context: Context = lambdaContext()): Promise<unknown> {
    const { Variables } = named(resources, constructId(name)).Properties.Environment as {
      Variables: Record<string, string>;
    };
    // Variables that the template lacks must be missing here too; AWS resources have counterparts on this machine.
    const given = Object.entries(Variables).map(([variable, value]) => [variable, here[variable] ?? value] as const);
    if (warm?.name !== name) {
      const environment = { ...Object.fromEntries(given), ...addresses };
      warm = { name, handle: await loadHandler(name, environment) };
    }
    return warm.handle(event, context);
  }

  /** What AWS writes about the service. */
  const written: Datapoint[] = [];
  const write = (Namespace: string, MetricName: string, Name: string, Value: string, value = 1) => {
    const metric = identityOf({ Namespace, MetricName, Dimensions: [{ Name, Value }] });
    written.push({ metric, at: Date.now(), value });
  };
  const writeQueues = () => {
    for (const queue of ['DeadLetters', 'FailedBatches']) {
      const [visible = 0] = aws.messages.get(queue) ?? [];
      write('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', `<${queue}.QueueName>`, visible);
    }
  };
  const add = (queue: string) => void aws.messages.set(queue, [(aws.messages.get(queue)?.[0] ?? 0) + 1, 0]);
  const isError = (answer: unknown) => Number((answer as { statusCode?: number }).statusCode) >= 500;

  let events = 0;
  const service: DeployedService = {
    telnyx,
    store,
    aws,
    busIsDown: false,
    tablesAreDown: false,
    wait: (minutes) => void vi.setSystemTime(Date.now() + minutes * MINUTE),
    happen(fields) {
      events += 1;
      const event = listedEvent(events, { created_at: new Date(Date.now() - 10_000).toISOString(), ...fields });
      telnyx.put(event);
      return event;
    },
    async run(schedule) {
      const found = schedules.find(({ name }) => name === schedule);
      if (!found) throw new Error(`no schedule ${schedule}`);
      for (let tries = 0; tries < 3; tries += 1) {
        try {
          return await invoke(found.function, found.input);
        } catch {
          // Lambda tries again.
        }
      }
      return add('DeadLetters');
    },
    giveUpBatch: () => add('FailedBatches'),
    throttle: (name, calls) => write('AWS/Lambda', 'Throttles', 'FunctionName', `<${constructId(name)}>`, calls),
    async deliver(happened, by = account) {
      const stored: string[] = [];
      for (const { id, event_type, created_at, payload } of happened) {
        const data = { id, event_type, occurred_at: created_at, payload, record_type: 'event' };
        const answer = await invoke('receive-webhook', httpEvent(signed(by, JSON.stringify({ data }))));
        if (isError(answer)) write('AWS/Lambda', 'Url5xxCount', 'FunctionName', '<ReceiveWebhook>');
        else stored.push(id);
      }
      if (stored.length === 0) return;
      const Records = stored.map((id) => ({ dynamodb: { Keys: { id: { S: id } }, SequenceNumber: id } }));
      await invoke('publish-events', { Records });
    },
    async ask(name, request) {
      const answer = await invoke(name, httpEvent({ ...request, headers: bearer(operateToken) }));
      if (isError(answer)) write('AWS/ApiGateway', '5xx', 'ApiId', '<Api>');
      return answer;
    },
    measured() {
      writeQueues();
      return [...log.metrics().flatMap(datapointsIn), ...written];
    },
  };
  return service;
}
