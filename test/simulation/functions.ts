import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { type Bus, openBus } from '../../functions/bus/bus.ts';
import { readCurrent } from '../../functions/ledger/runs/current.ts';
import { requestRun } from '../../functions/ledger/runs/requested-runs.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import { readOverdueLimits } from '../../functions/porting/overdue.ts';
import { REQUESTS_A_SECOND } from '../../functions/porting/shares.ts';
import { SETTLE } from '../../functions/porting/window.ts';
import { findOverdue, findUnlisted, retireOld } from '../../functions/publish-events/close-day.ts';
import { decide } from '../../functions/publish-events/decide.ts';
import { findExpiringDrafts } from '../../functions/publish-events/find-expiring.ts';
import { findMissed } from '../../functions/publish-events/find-missed.ts';
import { publishRows } from '../../functions/publish-events/publish.ts';
import { sweep } from '../../functions/publish-events/sweep.ts';
import { readInput } from '../../functions/sync-events/input.ts';
import { requestLastDays, runRequested } from '../../functions/sync-events/requested.ts';
import { type EventsApi, eventsApi } from '../../functions/telnyx/events-api.ts';
import { type OrdersApi, ordersApi } from '../../functions/telnyx/orders-api.ts';
import { httpEvent, lambdaContext } from '../http-event.ts';
import { BUS } from './bus.ts';
import { OUR_URL } from './lives.ts';
import type { Plan } from './plan.ts';
import type { Ending, Process } from './processes.ts';
import { API_KEY, BASE_URL } from './telnyx.ts';
import { ACCOUNT_KEYS, type WebhookAnswer } from './webhooks.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Between two scheduled runs of the sync. */
export const EVERY = 5 * MINUTE;
export const GRACE = 15 * MINUTE;
export const OLDER_THAN = 300_000;
export const LIMITS = readOverdueLimits('exception=1');
const API_URL = 'https://ledger.example';

/** How a test breaks the ledger, to check that the oracle notices. */
export interface Sabotage {
  readonly api?: (api: EventsApi) => EventsApi;
  readonly orders?: (api: OrdersApi) => OrdersApi;
  readonly bus?: (bus: Bus) => Bus;
  readonly answer?: (answer: WebhookAnswer) => WebhookAnswer;
  readonly grace?: number;
  /** The instant that the search for expiring drafts takes for the present. */
  readonly draftsAt?: (now: number) => number;
  /** Decides what calls for action after each batch, whatever run is under way. */
  readonly decidesAtOnce?: true;
}

/** Starts a process of a function. */
export type Launch = <Result>(
  name: string,
  limits: { readonly timeout: number; readonly patience: number },
  work: (store: OrderStore) => Promise<Result>,
) => Promise<Ending<Result>>;

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** The handler reads its environment when it loads: once for all seeds, with table names that every engine has. */
export async function loadReceiver(): Promise<Handler> {
  Object.assign(process.env, {
    EVENTS_TABLE: 'events',
    CONTROL_TABLE: 'control',
    TELNYX_PUBLIC_KEY: ACCOUNT_KEYS.publicKeyBase64,
    AWS_REGION: 'us-east-1',
  });
  return (await import('../../functions/receive-webhook/handler.ts')).handler as unknown as Handler;
}

/** The functions as their triggers call them: receive-webhook's handler, and what the other handlers call. */
export interface Functions {
  readonly receive: (body: string, headers: Readonly<Record<string, string>>) => Promise<WebhookAnswer>;
  /** The input that the schedules and the stream send. */
  readonly sync: (input?: object) => Promise<Ending<unknown>>;
  /** A sync run over the last days, as the API requests it. */
  readonly request: (days: number) => Promise<Ending<unknown>>;
  readonly publish: (ids: readonly string[]) => Promise<Ending<ReadonlySet<string>>>;
  readonly sweep: () => Promise<Ending<number>>;
  readonly closeDay: () => Promise<Ending<void>>;
}

export const client = new DynamoDBClient({ region: 'us-east-1' });

export function openFunctions(
  plan: Plan,
  now: () => number,
  handler: Handler,
  launch: Launch,
  sabotage: Sabotage,
): Functions {
  const realBus = openBus(BUS);
  const bus = () => sabotage.bus?.(realBus) ?? realBus;
  const account = { apiKey: API_KEY, baseUrl: BASE_URL, timeout: 20_000 };
  const realApi = eventsApi(account);
  const realOrders = ordersApi(account);
  const publishing = { timeout: 240_000, patience: 5_000 };
  const everyType = new Set(
    ['status_changed', 'new_comment', 'split', 'messaging_changed', 'deleted'].map((type) => `porting_order.${type}`),
  );
  const types = plan.types === 'all' ? everyType : plan.types;
  const current = (store: OrderStore) => () => readCurrent(store, EVERY, now());
  let runs = 0;

  return {
    async receive(body, headers) {
      const limits = { timeout: 5_000, patience: Number.POSITIVE_INFINITY };
      const ending = await launch('receive-webhook', limits, async () => {
        const event = httpEvent({ method: 'POST', headers, body });
        const { statusCode = 0, body: text = '' } = await handler(
          event,
          lambdaContext(() => limits.timeout),
        );
        return { status: statusCode, text };
      });
      const answer = ending.how === 'done' ? ending.result : undefined;
      return sabotage.answer ? sabotage.answer(answer) : answer;
    },

    sync(input = {}) {
      return launch('sync-events', { timeout: 900_000, patience: 5_000 }, async (store) => {
        const options = {
          store,
          bus: bus(),
          api: async () => sabotage.api?.(realApi) ?? realApi,
          clock: {
            now,
            sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
          },
          requestsPerSecond: REQUESTS_A_SECOND.sync,
          endsAt: now() + 900_000,
          ...(plan.readsOrders && {
            orders: { store, api: async () => sabotage.orders?.(realOrders) ?? realOrders, interval: EVERY },
          }),
        };
        const asked = readInput(input);
        if (asked === 'scheduled') return runRequested(options, { scheduledFirst: true });
        if (asked !== 'requested') await requestLastDays(store, asked.lastDays, now());
        return runRequested(options);
      });
    },

    request(days) {
      runs += 1;
      const id = `${new Date(now()).toISOString()}-${runs}`;
      const window = { from: now() - days * DAY, to: now() - SETTLE };
      return launch('start-jobs', { timeout: 29_000, patience: 5_000 }, (store) =>
        requestRun(store, id, window, now()),
      );
    },

    publish: (ids) =>
      launch('publish-events (stream)', publishing, async (store) => {
        const publisher = { store, bus: bus(), apiUrl: API_URL };
        const { failed } = await publishRows(ids, publisher, now, 'stream');
        if (sabotage.decidesAtOnce)
          await decide(
            publisher,
            async () => 0,
            now,
            () => false,
          );
        return new Set(failed.keys());
      }),

    sweep: () =>
      launch('publish-events (sweep)', publishing, async (store) => {
        const endsAt = now() + publishing.timeout - 20_000;
        const outOfTime = () => now() > endsAt;
        const { left } = await sweep({ store, bus: bus(), apiUrl: API_URL }, OLDER_THAN, now, outOfTime);
        await findMissed({ store, types, grace: sabotage.grace ?? GRACE, webhookUrl: OUR_URL }, now, outOfTime);
        await decide({ store, bus: bus(), apiUrl: API_URL }, current(store), now, outOfTime);
        return left;
      }),

    closeDay: () =>
      launch('publish-events (close-day)', publishing, async (store) => {
        const day = { store, bus: bus(), limits: LIMITS, current: current(store), retainDays: plan.retainDays };
        await findUnlisted(day, now());
        await findOverdue(day, now());
        const draftsAt = sabotage.draftsAt?.(now()) ?? now();
        await findExpiringDrafts({ store, bus: bus(), apiUrl: API_URL }, current(store), draftsAt);
        await retireOld(day, now(), () => false);
      }),
  };
}

/**
 * The ledger as one execution environment of a function sees it. What a module remembers lasts as long as its
 * environment.
 */
export function storeOf(environment: string): OrderStore {
  return { client, events: 'events', orders: 'orders', control: `control@${environment}` };
}

export type { Process };
