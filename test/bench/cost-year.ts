import { REQUESTS_A_SECOND } from '../../functions/porting/shares.ts';
import { type FunctionName, functions, notifying, schedules, secrets } from '../../infra/service.ts';
import type { DetailsCost } from './cost-details.ts';
import type { Call } from './cost-handlers.ts';
import { type Priced, prices } from './cost-prices.ts';
import type { Operation } from './cost-sample.ts';
import type { RowSize, Sizes } from './cost-sizes.ts';
import { watching } from './cost-watching.ts';

/** Assumptions about a year that cannot be measured here. Everything else is measured. */
export const year = {
  days: 365,
  months: 12,
  /** Webhooks per event beyond the first. */
  repeatedWebhooks: 0.05,
  /** The share of events that the list first shows without their payload, and that are therefore written once more. */
  upgraded: 0.1,
  listPagesOf20: 100_000,
  shown: 20_000,
  orderPagesOf20: 20_000,
  statuses: 10_000,
  republished: 10_000,
  /** Items of republish jobs. */
  jobItems: 10_000,
  /** An order is open for this many days, on average; and the oldest open one was made this many days ago. */
  daysOpen: 10,
  daysOfOldest: 20,
  /** Mails about findings and alarms, including those about their end. */
  mails: 100,
  /** Milliseconds until DynamoDB, EventBridge, SQS and Telnyx answer a request. */
  dynamodb: 5,
  eventBridge: 20,
  sqs: 20,
  telnyx: 300,
  /** The share of calls that begin with a new execution environment, and the milliseconds that this takes. */
  cold: 0.01,
  coldStart: 400,
} as const;

/**
 * With this memory a function has one whole processor; with less, a proportional share. Source: Lambda's documentation.
 */
const ONE_PROCESSOR = 1_769;
const LISTED_AT_ONCE = 250;
/** Milliseconds between two requests of the sync to Telnyx, its readings of orders included. */
const SPACING = 1_000 / REQUESTS_A_SECOND.sync;
/** functions/sync-events/read-orders.ts: a pass over the open orders each hour. */
const PASSES = 365 * 24;
/**
 * Each event lies in the windows of four scheduled runs (5 minutes, with an overlap of 15) and of seven nightly ones.
 */
const LOOKED_UP = 4 + 7;
/** functions/publish-events/publish.ts */
const ORDERS_AT_ONCE = 8;
/** Requests to DynamoDB in one call that wait for each other. */
const IN_A_ROW = {
  webhook: 1,
  list: 5,
  show: 1,
  orders: 2,
  status: 2,
  republish: 4,
  page: 3,
  sweep: 8,
  look: 3,
  item: 5,
  idle: 1,
};
/**
 * The three lines that Lambda logs for each call, the line of the API's access log, and what CloudWatch adds to each.
 */
const LAMBDA_LINES = { lines: 3, logged: 330 };
const ACCESS_LINE = { lines: 1, logged: 330 };
const ADDED_TO_A_LINE = 26;
/** infra/aws/settings.ts: 90 days by default. */
const MONTHS_OF_LOGS = 3;
/** DynamoDB's own part of each row, in the table and in each index. */
const ADDED_TO_A_ROW = 100;
/** The ledger on which reading a day was measured is as dense as this many events in a year. */
const DENSE = '100,000 in 36.5 days';
const DENSE_EVENTS = 1_000_000;
/** How long an execution environment keeps a secret, and remembers which webhooks arrive. */
const MINUTES_REMEMBERED = 5;

export type Quantities = Record<Priced, number>;

/** A year's load: this many new events, spread evenly over its days, and whether the API is used. */
export interface Load {
  readonly events: number;
  readonly asked: boolean;
}

export interface Measured {
  readonly operations: readonly Operation[];
  readonly calls: readonly Call[];
  readonly sizes: Sizes;
  readonly details: DetailsCost;
}

/** Calls of one function in the year. */
interface Invoked {
  readonly function: FunctionName;
  readonly times: number;
  readonly call: Pick<Call, 'cpu' | 'lines' | 'logged'>;
  readonly waiting: number;
  readonly readsSecrets?: true;
}

/** What a year uses of everything that has a price. */
export function quantities({ events, asked }: Load, { operations, calls, sizes, details }: Measured): Quantities {
  const of = (what: string) => found([...operations, ...details.operations], what);
  const call = (what: string) => found(calls, what);
  const use = (times: number) => (asked ? times : 0);
  const webhooks = events * (1 + year.repeatedWebhooks);
  const foldedAgain = events * (sizes.foldedAgain + year.upgraded);
  const syncs = runsOf('sync') + runsOf('nightly');
  const pages = syncs + (events * LOOKED_UP) / LISTED_AT_ONCE;
  const orders = events / sizes.eventsOfAnOrder;
  const open = (orders / year.days) * year.daysOpen;
  const listed = (orders / year.days) * year.daysOfOldest;
  const readings = events * details.readings;
  const passed = events > 0 ? PASSES * (1 + listed / LISTED_AT_ONCE) : 0;
  const emptyPass = of('a pass over no open order');
  const known = call('sync-events, 300 known');
  const quiet = call('sync-events, nothing new');
  const cpuOfKnown = Math.max(0, known.cpu - quiet.cpu) / 300;

  const doing: readonly (readonly [number, Operation])[] = [
    [events, of('a webhook, first')],
    [events, of('an event published alone')],
    [readings, of('a reading of an order')],
    [events * details.decisions, of('what readings found, decided')],
    [PASSES, emptyPass],
    [PASSES * (open / details.passedOver), without(of('a pass over open orders'), emptyPass)],
    [events * year.repeatedWebhooks, of('a webhook, again')],
    [events, of('the same, when Telnyx dates the two differently')],
    [events * year.upgraded, of('a payload completed in the list, when its webhook came first')],
    [foldedAgain, of('the same, folded again')],
    [learned(events, sizes), of('that a type of webhook arrives is noted')],
    [events * LOOKED_UP, of('an event that the sync looks up (known or not)')],
    [syncs, of('a sync run with nothing new')],
    [runsOf('sweep'), of('a sweep with nothing to do')],
    [runsOf('jobs'), of('the schedule of jobs with nothing to do')],
    [runsOf('sync'), of('a sync call looks for a requested run')],
    [runsOf('watch'), of('a look of watch-ledger with nothing to tell')],
    [runsOf('close-day') * (events / DENSE_EVENTS), of(`${DENSE}: closing a day`)],
    [year.days * (events / DENSE_EVENTS), of(`${DENSE}: counting a day, once`)],
    [use(year.listPagesOf20), of(`${DENSE}: all events, middle page of 20`)],
    [use(year.shown), of(`${DENSE}: one event`)],
    [use(year.orderPagesOf20), of('a page of 20 orders')],
    [use(year.statuses), of('the status')],
    [use(year.republished), of('a republish with an Idempotency-Key')],
    [use(year.jobItems), of('an item of a republish job')],
  ];
  const sum = (kind: 'read' | 'write') =>
    doing.reduce((total, [times, operation]) => total + times * operation[kind], 0);

  const invoked: readonly Invoked[] = [
    invocation('receive-webhook', webhooks, call('receive-webhook'), IN_A_ROW.webhook),
    ...published(events, foldedAgain, calls),
    invocation('publish-events', runsOf('sweep'), call('publish-events, idle sweep'), IN_A_ROW.sweep),
    invocation('publish-events', runsOf('close-day'), call('publish-events, idle sweep'), IN_A_ROW.sweep),
    invocation('watch-ledger', runsOf('watch'), call('watch-ledger, nothing to tell'), IN_A_ROW.look, year.sqs),
    invocation('run-jobs', runsOf('jobs'), call('run-jobs, idle'), IN_A_ROW.idle),
    { ...invocation('sync-events', syncs, quiet, of('a sync run with nothing new').requests), readsSecrets: true },
    asking('query-events', use(year.listPagesOf20), call('query-events, 20'), IN_A_ROW.list),
    asking('query-events', use(year.shown), call('query-events, one'), IN_A_ROW.show),
    asking('query-events', use(year.orderPagesOf20), call('query-events, 20 orders'), IN_A_ROW.orders),
    asking('query-events', use(year.statuses), call('query-events, status'), IN_A_ROW.status),
    asking('republish-event', use(year.republished), call('republish-event'), IN_A_ROW.republish, year.telnyx),
  ];
  /** Work besides the calls: it grows with the events of a sync run, and with the items of a job. */
  const longer =
    gigabyteSeconds('sync-events', cpuOfKnown * events * LOOKED_UP, 0) +
    gigabyteSeconds('sync-events', 0, pages * (year.telnyx + IN_A_ROW.page * year.dynamodb)) +
    gigabyteSeconds('sync-events', 0, (readings + passed) * SPACING) +
    gigabyteSeconds('run-jobs', 0, use(year.jobItems) * (year.telnyx + IN_A_ROW.item * year.dynamodb));
  const requests = invoked.reduce((total, { times }) => total + times, 0);
  const apiRequests = use(year.listPagesOf20 + year.shown + year.orderPagesOf20 + year.statuses + year.republished);
  const logged =
    invoked.reduce((total, { times, call }) => total + times * logOf(call), 0) +
    requests * logOf(LAMBDA_LINES) +
    apiRequests * logOf(ACCESS_LINE);
  const answered =
    use(year.listPagesOf20) * call('query-events, 20').answered +
    use(year.shown) * call('query-events, one').answered +
    use(year.orderPagesOf20) * call('query-events, 20 orders').answered +
    use(year.statuses) * call('query-events, status').answered;
  // Events come evenly over the year, so each is stored for half of it on average.
  const kept = year.months / 2;
  return {
    lambdaRequest: requests,
    lambdaTime: longer + invoked.reduce((total, each) => total + each.times * timeOf(each), 0),
    write: sum('write'),
    read: sum('read'),
    storage: ((events * stored(sizes.event) + orders * stored(sizes.order)) / 1e9) * kept,
    recovery:
      ((events * (sizes.event.row + ADDED_TO_A_ROW) + orders * (sizes.order.row + ADDED_TO_A_ROW)) / 1e9) * kept,
    busEvent: events * (sizes.published.billed + details.decided),
    schedule: schedules.reduce(
      (total, one) => total + (one.runs && one.function !== notifying ? runsOf(one.name) : 0),
      0,
    ),
    apiRequest: apiRequests,
    ...watching(runsOf('watch')),
    log: logged / 1e9,
    logStorage: (logged / 1e9) * MONTHS_OF_LOGS,
    mail: events > 0 ? year.mails : 0,
    // Without a channel, nothing of the notices is there.
    secret: Object.keys(secrets).filter((name) => name !== 'chatWebhooks').length * year.months,
    secretCall: secretCalls(invoked),
    transfer: answered / 1e9,
  };
}

/** How often a schedule runs in the year. */
function runsOf(name: string): number {
  const runs = schedules.find((schedule) => schedule.name === name)?.runs;
  if (!runs) throw new Error(`There is no schedule "${name}".`);
  return 'everyMinutes' in runs ? (year.days * 24 * 60) / runs.everyMinutes : year.days;
}

/**
 * The stream's calls. Events come evenly, so one call publishes each webhook's event. A sync run lists its events
 * within a second, so those that are folded again share a call.
 */
function published(events: number, foldedAgain: number, calls: readonly Call[]): readonly Invoked[] {
  const [one, ten] = [found(calls, 'publish-events, 1'), found(calls, 'publish-events, 10')];
  const together = Math.min(foldedAgain, runsOf('sync'));
  const size = together === 0 ? 1 : foldedAgain / together;
  const grown = (of: 'cpu' | 'lines' | 'logged') => one[of] + ((ten[of] - one[of]) / 9) * (size - 1);
  const batch = { cpu: grown('cpu'), lines: grown('lines'), logged: grown('logged') };
  return [
    invocation('publish-events', events, one, 4, year.eventBridge),
    invocation('publish-events', together, batch, 1 + 3 * Math.ceil(size / ORDERS_AT_ONCE)),
  ];
}

/** One environment notes each type once in this many minutes in which one arrives. */
function learned(events: number, { types }: Sizes): number {
  const spans = (year.days * 24 * 60) / MINUTES_REMEMBERED;
  return Object.values(types).reduce((sum, share) => sum + spans * (1 - Math.exp((-events * share) / spans)), 0);
}

/** For each function at most one environment: it reads its secrets once in this many minutes in which it needs them. */
function secretCalls(invoked: readonly Invoked[]): number {
  const spans = (year.days * 24 * 60) / MINUTES_REMEMBERED;
  const reading = Map.groupBy(
    invoked.filter(({ readsSecrets }) => readsSecrets),
    (each) => each.function,
  );
  return [...reading].reduce((sum, [name, calls]) => {
    const times = calls.reduce((total, { times }) => total + times, 0);
    const held = Object.values(functions[name].environment).filter((value) => 'secret' in value).length;
    return sum + Math.min(times, spans) * held;
  }, 0);
}

function without(one: Operation, other: Operation): Operation {
  const { what, requests, read, write, indexes } = one;
  return { what, requests: requests - other.requests, read: read - other.read, write: write - other.write, indexes };
}

function stored({ row, entries, entriesOfARow }: RowSize): number {
  return row + entries + (1 + entriesOfARow) * ADDED_TO_A_ROW;
}

function found<Named extends { readonly what: string }>(all: readonly Named[], what: string): Named {
  const one = all.find((each) => each.what === what);
  if (!one) throw new Error(`Nothing was measured for "${what}".`);
  return one;
}

function logOf({ lines, logged }: Pick<Call, 'lines' | 'logged'>): number {
  return logged + lines * ADDED_TO_A_LINE;
}

/** @param inARow requests to DynamoDB that wait for each other */
function invocation(name: FunctionName, times: number, call: Invoked['call'], inARow: number, waiting = 0): Invoked {
  return { function: name, times, call, waiting: inARow * year.dynamodb + waiting };
}

function asking(...of: Parameters<typeof invocation>): Invoked {
  return { ...invocation(...of), readsSecrets: true };
}

function timeOf({ function: name, call, waiting }: Invoked): number {
  return gigabyteSeconds(name, call.cpu, waiting + year.cold * year.coldStart);
}

/** Lambda gives a function the share of a processor that its memory has of 1,769 MB, and bills the resulting time. */
function gigabyteSeconds(name: FunctionName, cpu: number, waiting: number): number {
  const { memoryMegabytes } = functions[name];
  const milliseconds = cpu / Math.min(1, memoryMegabytes / ONE_PROCESSOR) + waiting;
  return (milliseconds / 1000) * (memoryMegabytes / 1024);
}

export function dollars(used: Quantities): number {
  return (Object.keys(prices) as Priced[]).reduce((sum, name) => sum + used[name] * prices[name].dollars, 0);
}
