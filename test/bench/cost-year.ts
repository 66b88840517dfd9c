import { functions, schedules, secrets } from '../../infra/service.ts';
import type { Call } from './cost-handlers.ts';
import type { Operation, RowSize } from './cost-operations.ts';
import { type Priced, prices } from './cost-prices.ts';

/** What is assumed of a year, because it cannot be measured here. Everything else is. */
export const year = {
  days: 365,
  months: 12,
  /** Webhooks an event beyond the first. */
  repeatedWebhooks: 0.05,
  /** Events that the list first shows without their payload, so that they are written once more. */
  upgraded: 0.1,
  listPagesOf20: 100_000,
  shown: 20_000,
  republished: 10_000,
  /** Milliseconds until DynamoDB answers a request, and until Telnyx does. */
  dynamodb: 5,
  telnyx: 300,
  /** Calls that begin with a new execution environment, and the milliseconds that this takes. */
  cold: 0.01,
  coldStart: 400,
} as const;

/** At this memory a function has one whole processor; with less, that part of one. Source: Lambda's documentation. */
const ONE_PROCESSOR = 1_769;
const LISTED_AT_ONCE = 250;
/** Requests that wait for each other: what a page of 20 reads, and a republish with a key writes. */
const IN_A_ROW = { webhook: 1, list: 5, show: 1, republish: 4, page: 3 };
/** The three lines that Lambda logs of each call, the one of the API's access log, and what CloudWatch adds to each line. */
const LAMBDA_LINES = { lines: 3, bytes: 330 };
const ACCESS_LINE = 330;
const ADDED_TO_A_LINE = 26;
/** infra/aws/settings.ts: 90 days unless told. */
const MONTHS_OF_LOGS = 3;
/** DynamoDB's own part of each row, in the table and in each index. */
const ADDED_TO_A_ROW = 100;

export type Quantities = Record<Priced, number>;

/** What a year with so many new events, evenly over its days, uses of everything that has a price. */
export function quantities(
  events: number,
  units: readonly Operation[],
  calls: readonly Call[],
  size: RowSize,
): Quantities {
  const of = (what: string) => found(units, what);
  const call = (what: string) => found(calls, what);
  const runs = year.days * ((24 * 60) / 5);
  const nightly = year.days;
  /** Each event lies in the windows of four scheduled runs (5 minutes and an overlap of 15), and of seven nightly ones. */
  const looked = 4 + 7;
  const knownPage = call('sync-events, 300 known');
  const sync = {
    calls: runs + nightly,
    pages: runs + nightly + (events * looked) / LISTED_AT_ONCE,
    cpu: call('sync-events, nothing new').cpu,
    cpuOfEvent: Math.max(0, knownPage.cpu - call('sync-events, nothing new').cpu) / 300,
  };

  const doing: readonly (readonly [number, Operation])[] = [
    [events, of('a webhook, first')],
    [events * year.repeatedWebhooks, of('a webhook, again')],
    [events, of('the same, when Telnyx dates the two differently')],
    [events * year.upgraded, of('a listed event whose payload has been completed')],
    [events * looked, of('an event that the sync looks up (known or not)')],
    [sync.calls, of('a sync run with nothing new')],
    // As dense as a million in a year.
    [year.listPagesOf20, of('100,000 in 36.5 days: all events, middle page of 20')],
    [year.shown, of('100,000 in 36.5 days: one event')],
    [year.republished, of('a republish with an Idempotency-Key')],
    [year.days, of('100,000 in 36.5 days: counting a day, once')],
  ];
  const sum = (kind: 'read' | 'write') =>
    doing.reduce((total, [times, operation]) => total + times * operation[kind], 0);

  const webhooks = events * (1 + year.repeatedWebhooks);
  const invoked = [
    invocations('receive-webhook', webhooks, call('receive-webhook').cpu, IN_A_ROW.webhook * year.dynamodb),
    invocations('query-events', year.listPagesOf20, call('query-events, 20').cpu, IN_A_ROW.list * year.dynamodb),
    invocations('query-events', year.shown, call('query-events, one').cpu, IN_A_ROW.show * year.dynamodb),
    invocations(
      'republish-event',
      year.republished,
      call('republish-event').cpu,
      IN_A_ROW.republish * year.dynamodb + year.telnyx,
    ),
    invocations('sync-events', sync.calls, sync.cpu, of('a sync run with nothing new').requests * year.dynamodb),
    {
      requests: 0,
      gigabyteSeconds:
        gigabyteSeconds('sync-events', sync.cpuOfEvent * events * looked, 0) +
        gigabyteSeconds('sync-events', 0, sync.pages * (year.telnyx + IN_A_ROW.page * year.dynamodb)),
    },
  ];
  const apiRequests = year.listPagesOf20 + year.shown + year.republished;
  const requests = invoked.reduce((total, each) => total + each.requests, 0);
  const logged =
    webhooks * line(call('receive-webhook').logged) +
    year.republished * line(call('republish-event').logged) +
    sync.calls * line(call('sync-events, nothing new').logged) +
    apiRequests * line(ACCESS_LINE) +
    requests * (LAMBDA_LINES.bytes + LAMBDA_LINES.lines * ADDED_TO_A_LINE);
  const answered =
    year.listPagesOf20 * call('query-events, 20').answered + year.shown * call('query-events, one').answered;
  const indexes = 3;
  // They come evenly over the year: each is there for half of it.
  const kept = year.months / 2;
  return {
    lambdaRequest: requests,
    lambdaTime: invoked.reduce((total, each) => total + each.gigabyteSeconds, 0),
    write: sum('write'),
    read: sum('read'),
    storage: ((events * (size.row + size.entries + (1 + indexes) * ADDED_TO_A_ROW)) / 1e9) * kept,
    recovery: ((events * (size.row + ADDED_TO_A_ROW)) / 1e9) * kept,
    apiRequest: apiRequests,
    schedule: year.days * (schedules.length - 1) + runs,
    log: logged / 1e9,
    logStorage: (logged / 1e9) * MONTHS_OF_LOGS,
    secret: Object.keys(secrets).length * year.months,
    // Each function keeps a secret for five minutes: at most one fetch of each in that time, were it busy all the time.
    secretCall: runs * 4,
    transfer: answered / 1e9,
  };
}

function found<Named extends { readonly what: string }>(all: readonly Named[], what: string): Named {
  const one = all.find((each) => each.what === what);
  if (!one) throw new Error(`Nothing was measured for "${what}".`);
  return one;
}

function line(bytes: number): number {
  return bytes === 0 ? 0 : bytes + ADDED_TO_A_LINE;
}

/** Lambda gives a function the part of a processor that its memory is of 1,769 MB, and bills the time that it then takes. */
function gigabyteSeconds(name: keyof typeof functions, cpu: number, waiting: number): number {
  const { memoryMegabytes } = functions[name];
  const milliseconds = cpu / Math.min(1, memoryMegabytes / ONE_PROCESSOR) + waiting;
  return (milliseconds / 1000) * (memoryMegabytes / 1024);
}

function invocations(name: keyof typeof functions, requests: number, cpu: number, waiting: number) {
  const one = gigabyteSeconds(name, cpu, waiting + year.cold * year.coldStart);
  return { requests, gigabyteSeconds: requests * one };
}

export function dollars(used: Quantities): number {
  return (Object.keys(prices) as Priced[]).reduce((sum, name) => sum + used[name] * prices[name].dollars, 0);
}
