/**
 * The service, described once: functions, tables, secrets, routes and schedules.
 *
 * `infra/aws` turns this into stacks and `infra/local` into processes on one machine, so both run the same service.
 * Nothing here imports a function: each is known by its path.
 */

export type TableName = 'events' | 'orders' | 'control';
export type SecretName = 'telnyxApiKey' | 'apiTokens' | 'chatWebhooks';
/** The settings of a deployment. `ledgerName`, `apiUrl` and `webhookUrl` are not given: the host knows them. */
export type SettingName =
  | 'telnyxPublicKey'
  | 'telnyxBaseUrl'
  | 'ledgerName'
  | 'apiUrl'
  | 'webhookUrl'
  | 'webhookTypes'
  | 'graceMinutes'
  | 'overdueAfter'
  | 'retainDays'
  | 'syncIntervalSeconds'
  | 'healing'
  | 'healingPerDay'
  | 'orderDetails'
  | 'runbookUrl'
  | 'notices'
  | 'timezone'
  | 'console';
export type FunctionName =
  | 'receive-webhook'
  | 'sync-events'
  | 'query-events'
  | 'republish-event'
  | 'publish-events'
  | 'start-jobs'
  | 'run-jobs'
  | 'query-deliveries'
  | 'watch-ledger'
  | 'notify-people'
  | 'show-console';
/** The topics: alarms and findings that cannot wait; notices to porting teams. */
export type TopicName = 'alarms' | 'notices';
/** The queues of work that failed for good. */
export type QueueName = 'deadLetters' | 'failedBatches';

/** A secondary index. All key attributes are strings. `include` names the attributes that it holds besides the keys. */
export interface Index {
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly include: readonly string[];
}

/** A table. All key attributes are strings. `timeToLive` is an attribute in epoch seconds. */
export interface Table {
  readonly holds: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly timeToLive?: string;
  /** True for a table whose writes are streamed, with the new row. */
  readonly streamed?: true;
  readonly indexes: Readonly<Record<string, Index>>;
}

/** What a function may do with a table, as DynamoDB names its actions. Nothing else is granted, and never Scan. */
export type TableAction = 'GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem';

/**
 * Where the value of an environment variable comes from: a table's name, a secret's ARN, a setting of the deployment,
 * the name of the bus, the ARN of a topic, or the URL of a queue. A function that has it may read the secret, put events
 * on the bus, publish to the topic, or count the queue's messages. The value is `none` where there is no such thing: a
 * laptop has neither the topic of alarms nor queues, and on AWS what serves notices is there only if it was asked for.
 */
export type EnvironmentValue =
  | { readonly table: TableName }
  | { readonly secret: SecretName }
  | { readonly setting: SettingName }
  | { readonly bus: 'bus' }
  | { readonly topic: TopicName }
  | { readonly queue: QueueName };

/** A Lambda function. */
export interface ServiceFunction {
  readonly does: string;
  /** Path from the top of the repository; the export is `handler`. */
  readonly entry: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, EnvironmentValue>>;
  /** Actions on each table; `Query` includes the table's indexes when it has any. */
  readonly tables: Readonly<Partial<Record<TableName, readonly TableAction[]>>>;
}

/**
 * A route of the HTTP API; a GET route also takes HEAD. `token` is the weakest token that the function accepts on it.
 */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** API Gateway's form: `{id}` is a path parameter. */
  readonly path: string;
  readonly function: FunctionName;
  readonly token: 'none' | 'read' | 'operate';
}

/** An EventBridge schedule: either an interval, or a time of day in UTC (`HH:MM`). */
export interface Schedule {
  readonly name: string;
  readonly function: FunctionName;
  /** If omitted, it runs only on a laptop: on AWS a stream starts this work. */
  readonly runs?:
    | { readonly everyMinutes: number }
    | { readonly dailyAt: string }
    /** From Monday to Friday at the setting `digestAt`, in the setting `timezone`. */
    | { readonly workdaysAt: 'digestAt' };
  /** The whole event that the function receives. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Replaces interval and input on a laptop, where a person is watching and no table is streamed. */
  readonly locally?: {
    readonly everySeconds: number;
    /** How long after the start it runs first; at once if omitted. */
    readonly afterSeconds?: number;
    readonly input: Readonly<Record<string, unknown>>;
  };
}

/** A rule on the bus: each event that matches it invokes the function, as EventBridge hands it over. */
export interface Rule {
  readonly name: string;
  readonly function: FunctionName;
  /** Any of these event types. */
  readonly types: readonly string[];
  /** Only events after which their order has this status. */
  readonly orderStatus?: string;
}

/** A table's stream and the function that it feeds, with the new row. */
export interface Stream {
  readonly table: TableName;
  readonly function: FunctionName;
  /** Only rows with this partition key. If omitted, all rows. */
  readonly ofKind?: string;
  /** Only changes after which the row has this attribute: the function's own marks must not invoke it again. */
  readonly whenRowHas: string;
  readonly batchSize: number;
  /** Rows that arrive within this many seconds share a batch. */
  readonly gatherSeconds: number;
  /**
   * How often a batch is tried again. Each time, what failed of it is halved; at last the rest goes to the queue of
   * failures.
   */
  readonly retries: number;
  /**
   * For batches that only wake a function, which a schedule calls too: they are tried again as a whole, no longer than
   * this after the write, and then forgotten.
   */
  readonly forgottenAfterSeconds?: number;
}

export const tables: Readonly<Record<TableName, Table>> = {
  events: {
    holds: 'one row for each port-in event, permanently',
    partitionKey: 'id',
    indexes: {
      // One partition for all events of a record type takes 1,000 writes a second, as one day's would: at 2 requests a
      // second the sync lists 500 events. With a partition for each day, a page of 250 rows of a quiet account costs
      // up to 250 queries.
      // A type's events are found here too: an index of their own costs three write units for each event, two of them
      // when Telnyx's list dates it differently than its webhook.
      by_time: { partitionKey: 'record_type', sortKey: 'created_at_id', include: ['event_type', 'listed_first_at'] },
      by_order: { partitionKey: 'porting_order_id', sortKey: 'created_at_id', include: ['event_type'] },
      by_first_seen: {
        partitionKey: 'record_type',
        sortKey: 'first_seen_id',
        include: ['event_type', 'porting_order_id'],
      },
      // The next three are sparse: they hold a row only while work on it is due, or if its webhook was missed.
      unpublished: { partitionKey: 'unpublished', sortKey: 'unpublished_since', include: [] },
      awaiting_webhook: { partitionKey: 'awaiting_webhook', sortKey: 'awaiting_since', include: [] },
      by_gap: { partitionKey: 'gap', sortKey: 'created_at_id', include: ['event_type', 'porting_order_id'] },
    },
    timeToLive: 'expires_at',
    streamed: true,
  },
  orders: {
    holds: 'one row for each porting order: the fold of its events',
    partitionKey: 'id',
    indexes: {
      // An order's every event moves its entry here, at two write units: one such index is enough.
      by_status: {
        partitionKey: 'status',
        sortKey: 'changed_at_id',
        include: ['since', 'overdue_since', 'retired', 'asked_at', 'read_as'],
      },
      // Sparse: orders with a FOC date. An entry moves only with the date.
      by_foc: { partitionKey: 'dated', sortKey: 'foc_id', include: [] },
      // Sparse: orders about which something has not been published.
      undecided: { partitionKey: 'undecided', sortKey: 'changed_at_id', include: [] },
    },
  },
  control: {
    holds:
      'what the service knows about its own work: cursor and lease, sync runs, jobs, counts, what it learned, ' +
      'rejected deliveries, idempotency keys',
    partitionKey: 'kind',
    sortKey: 'id',
    timeToLive: 'expires_at',
    indexes: {},
    streamed: true,
  },
};

export const secrets: Readonly<Record<SecretName, { readonly holds: string }>> = {
  telnyxApiKey: { holds: 'the Telnyx API key, as plain text' },
  apiTokens: { holds: 'the tokens of the API, as JSON: {"read": [...], "operate": [...]}' },
  chatWebhooks: { holds: 'the addresses of chats, as JSON: {"slack": "https://...", "teams": "https://..."}' },
};

export const functions: Readonly<Record<FunctionName, ServiceFunction>> = {
  'receive-webhook': {
    does: 'A signed Telnyx webhook -> the ledger',
    entry: 'functions/receive-webhook/handler.ts',
    memoryMegabytes: 512,
    timeoutSeconds: 5,
    environment: {
      EVENTS_TABLE: { table: 'events' },
      CONTROL_TABLE: { table: 'control' },
      TELNYX_PUBLIC_KEY: { setting: 'telnyxPublicKey' },
    },
    tables: { events: ['GetItem', 'UpdateItem'], control: ['UpdateItem'] },
  },
  'sync-events': {
    does: 'The Events API, a window at a time, and then the orders themselves -> the ledger',
    entry: 'functions/sync-events/handler.ts',
    // It mostly waits for Telnyx, and waiting costs by memory.
    memoryMegabytes: 256,
    // Lambda's maximum: a first run over years of events should need few invocations.
    timeoutSeconds: 900,
    environment: {
      EVENTS_TABLE: { table: 'events' },
      ORDERS_TABLE: { table: 'orders' },
      CONTROL_TABLE: { table: 'control' },
      TELNYX_API_KEY_SECRET: { secret: 'telnyxApiKey' },
      TELNYX_BASE_URL: { setting: 'telnyxBaseUrl' },
      EVENT_BUS: { bus: 'bus' },
      ORDER_DETAILS: { setting: 'orderDetails' },
      SYNC_INTERVAL_SECONDS: { setting: 'syncIntervalSeconds' },
    },
    tables: {
      events: ['BatchGetItem', 'Query', 'UpdateItem'],
      orders: ['GetItem', 'Query', 'PutItem'],
      control: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    },
  },
  'query-events': {
    does: 'The ledger -> list and show: events, orders, gaps, jobs, status',
    entry: 'functions/query-events/handler.ts',
    memoryMegabytes: 512,
    timeoutSeconds: 29,
    environment: {
      EVENTS_TABLE: { table: 'events' },
      ORDERS_TABLE: { table: 'orders' },
      CONTROL_TABLE: { table: 'control' },
      API_TOKENS_SECRET: { secret: 'apiTokens' },
      HEALING: { setting: 'healing' },
      HEALING_PER_DAY: { setting: 'healingPerDay' },
      RUNBOOK_URL: { setting: 'runbookUrl' },
      TIMEZONE: { setting: 'timezone' },
    },
    tables: {
      events: ['GetItem', 'BatchGetItem', 'Query'],
      orders: ['GetItem', 'BatchGetItem', 'Query'],
      control: ['GetItem', 'Query'],
    },
  },
  'republish-event': {
    does: 'One republish, recorded',
    entry: 'functions/republish-event/handler.ts',
    memoryMegabytes: 512,
    timeoutSeconds: 29,
    environment: {
      EVENTS_TABLE: { table: 'events' },
      CONTROL_TABLE: { table: 'control' },
      API_TOKENS_SECRET: { secret: 'apiTokens' },
      TELNYX_API_KEY_SECRET: { secret: 'telnyxApiKey' },
      TELNYX_BASE_URL: { setting: 'telnyxBaseUrl' },
    },
    tables: { events: ['UpdateItem'], control: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
  },
  'publish-events': {
    does: 'What follows a write: order state, the bus, gaps, what is overdue, what may go',
    entry: 'functions/publish-events/handler.ts',
    memoryMegabytes: 256,
    timeoutSeconds: 240,
    environment: {
      EVENTS_TABLE: { table: 'events' },
      ORDERS_TABLE: { table: 'orders' },
      CONTROL_TABLE: { table: 'control' },
      EVENT_BUS: { bus: 'bus' },
      API_URL: { setting: 'apiUrl' },
      WEBHOOK_URL: { setting: 'webhookUrl' },
      WEBHOOK_TYPES: { setting: 'webhookTypes' },
      GRACE_MINUTES: { setting: 'graceMinutes' },
      OVERDUE_AFTER: { setting: 'overdueAfter' },
      RETAIN_DAYS: { setting: 'retainDays' },
      SYNC_INTERVAL_SECONDS: { setting: 'syncIntervalSeconds' },
    },
    tables: {
      events: ['GetItem', 'BatchGetItem', 'Query', 'UpdateItem'],
      orders: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
      control: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    },
  },
  'start-jobs': {
    does: 'Starts and ends work: republish jobs, sync runs over a range, open spans',
    entry: 'functions/start-jobs/handler.ts',
    memoryMegabytes: 512,
    timeoutSeconds: 29,
    environment: {
      EVENTS_TABLE: { table: 'events' },
      CONTROL_TABLE: { table: 'control' },
      API_TOKENS_SECRET: { secret: 'apiTokens' },
    },
    tables: { events: ['BatchGetItem', 'Query'], control: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'] },
  },
  'run-jobs': {
    does: 'Republish jobs, an item at a time, and the healing of missed notifications',
    entry: 'functions/run-jobs/handler.ts',
    memoryMegabytes: 512,
    timeoutSeconds: 900,
    environment: {
      EVENTS_TABLE: { table: 'events' },
      CONTROL_TABLE: { table: 'control' },
      TELNYX_API_KEY_SECRET: { secret: 'telnyxApiKey' },
      TELNYX_BASE_URL: { setting: 'telnyxBaseUrl' },
      HEALING: { setting: 'healing' },
      HEALING_PER_DAY: { setting: 'healingPerDay' },
    },
    tables: {
      events: ['Query', 'UpdateItem'],
      control: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
    },
  },
  'query-deliveries': {
    does: "Telnyx's own log of failed webhooks, beside what the ledger holds",
    entry: 'functions/query-deliveries/handler.ts',
    memoryMegabytes: 512,
    timeoutSeconds: 29,
    environment: {
      EVENTS_TABLE: { table: 'events' },
      CONTROL_TABLE: { table: 'control' },
      API_TOKENS_SECRET: { secret: 'apiTokens' },
      TELNYX_API_KEY_SECRET: { secret: 'telnyxApiKey' },
      TELNYX_BASE_URL: { setting: 'telnyxBaseUrl' },
    },
    tables: { events: ['BatchGetItem'], control: ['UpdateItem'] },
  },
  'watch-ledger': {
    does: 'Judges whether the ledger is well, and tells what is not: bus, mail, heartbeat',
    entry: 'functions/watch-ledger/handler.ts',
    memoryMegabytes: 512,
    timeoutSeconds: 60,
    environment: {
      EVENTS_TABLE: { table: 'events' },
      ORDERS_TABLE: { table: 'orders' },
      CONTROL_TABLE: { table: 'control' },
      EVENT_BUS: { bus: 'bus' },
      ALARM_TOPIC: { topic: 'alarms' },
      DEAD_LETTERS_QUEUE: { queue: 'deadLetters' },
      FAILED_BATCHES_QUEUE: { queue: 'failedBatches' },
      API_URL: { setting: 'apiUrl' },
      HEALING: { setting: 'healing' },
      HEALING_PER_DAY: { setting: 'healingPerDay' },
      RUNBOOK_URL: { setting: 'runbookUrl' },
      CONSOLE: { setting: 'console' },
      LEDGER_NAME: { setting: 'ledgerName' },
    },
    tables: {
      events: ['GetItem', 'BatchGetItem', 'Query'],
      orders: ['Query'],
      control: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    },
  },
  'notify-people': {
    does: 'Events on the bus, and a digest each working morning -> messages to porting teams',
    entry: 'functions/notify-people/handler.ts',
    memoryMegabytes: 512,
    timeoutSeconds: 240,
    environment: {
      EVENTS_TABLE: { table: 'events' },
      ORDERS_TABLE: { table: 'orders' },
      CONTROL_TABLE: { table: 'control' },
      NOTICE_TOPIC: { topic: 'notices' },
      CHAT_WEBHOOKS_SECRET: { secret: 'chatWebhooks' },
      NOTICES: { setting: 'notices' },
      TIMEZONE: { setting: 'timezone' },
      API_URL: { setting: 'apiUrl' },
      CONSOLE: { setting: 'console' },
      SYNC_INTERVAL_SECONDS: { setting: 'syncIntervalSeconds' },
    },
    tables: {
      events: ['GetItem', 'BatchGetItem', 'Query'],
      orders: ['GetItem', 'BatchGetItem', 'Query'],
      control: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    },
  },
  'show-console': {
    does: 'The console: a page for people, and the files that it loads',
    entry: 'functions/show-console/handler.ts',
    memoryMegabytes: 256,
    timeoutSeconds: 5,
    environment: {},
    tables: {},
  },
};

/**
 * What serves notices. On AWS, nothing invokes it where no channel is set: the rules and schedules that would are not
 * deployed.
 */
export const notifying = 'notify-people' satisfies FunctionName;

/** What serves the console. Where the setting `console` is off, its routes are not there. */
export const showing = 'show-console' satisfies FunctionName;

/**
 * Telnyx posts here: to this path on a laptop, with or without a slash at its end, and on AWS to a function URL, where
 * the path is free, or to this path of the HTTP API, as `webhookThrough` says.
 */
export const webhook = { function: 'receive-webhook', path: '/webhooks/telnyx' } as const satisfies {
  function: FunctionName;
  path: string;
};

export const routes: readonly Route[] = [
  { method: 'GET', path: '/', function: showing, token: 'none' },
  { method: 'GET', path: '/console/{file}', function: showing, token: 'none' },
  { method: 'GET', path: '/v2/porting/events', function: 'query-events', token: 'read' },
  { method: 'GET', path: '/v2/porting/events/{id}', function: 'query-events', token: 'read' },
  { method: 'GET', path: '/v2/arrivals', function: 'query-events', token: 'read' },
  {
    method: 'POST',
    path: '/v2/porting/events/{id}/republish',
    function: 'republish-event',
    token: 'operate',
  },
  { method: 'GET', path: '/v2/orders', function: 'query-events', token: 'read' },
  { method: 'GET', path: '/v2/orders/summary', function: 'query-events', token: 'read' },
  { method: 'GET', path: '/v2/orders/{id}', function: 'query-events', token: 'read' },
  { method: 'GET', path: '/v2/orders/{id}/events', function: 'query-events', token: 'read' },
  { method: 'GET', path: '/v2/gaps', function: 'query-events', token: 'read' },
  { method: 'GET', path: '/v2/rejections', function: 'query-events', token: 'read' },
  { method: 'GET', path: '/v2/webhook-deliveries/failed', function: 'query-deliveries', token: 'read' },
  { method: 'GET', path: '/v2/republish-jobs', function: 'query-events', token: 'read' },
  { method: 'POST', path: '/v2/republish-jobs', function: 'start-jobs', token: 'operate' },
  { method: 'GET', path: '/v2/republish-jobs/{id}', function: 'query-events', token: 'read' },
  { method: 'GET', path: '/v2/republish-jobs/{id}/items', function: 'query-events', token: 'read' },
  { method: 'POST', path: '/v2/republish-jobs/{id}/cancel', function: 'start-jobs', token: 'operate' },
  { method: 'GET', path: '/v2/sync-runs', function: 'query-events', token: 'read' },
  { method: 'POST', path: '/v2/sync-runs', function: 'start-jobs', token: 'operate' },
  { method: 'GET', path: '/v2/sync-runs/{id}', function: 'query-events', token: 'read' },
  { method: 'POST', path: '/v2/sync-runs/{id}/cancel', function: 'start-jobs', token: 'operate' },
  { method: 'POST', path: '/v2/open-spans/{id}/close', function: 'start-jobs', token: 'operate' },
  { method: 'GET', path: '/v2/status', function: 'query-events', token: 'read' },
  { method: 'GET', path: '/health', function: 'query-events', token: 'none' },
];

/** Takes every request that no route takes, and answers 404 in the documented form. It asks for no token. */
export const defaultRoute = { function: 'query-events' } as const satisfies { function: FunctionName };

/** Between two scheduled runs of the sync, on AWS. */
export const SYNC_EVERY_MINUTES = 5;

export const schedules: readonly Schedule[] = [
  { name: 'sync', function: 'sync-events', runs: { everyMinutes: SYNC_EVERY_MINUTES }, input: {} },
  { name: 'nightly', function: 'sync-events', runs: { dailyAt: '03:17' }, input: { days: 7 } },
  {
    name: 'backfills',
    function: 'sync-events',
    input: { requested: true },
    locally: { everySeconds: 2, input: { requested: true } },
  },
  {
    name: 'sweep',
    function: 'publish-events',
    runs: { everyMinutes: 5 },
    input: { sweep: { olderThanSeconds: 300 } },
    locally: { everySeconds: 1, input: { sweep: { olderThanSeconds: 0 } } },
  },
  // After the nightly sync, which may be the first to list a row.
  { name: 'close-day', function: 'publish-events', runs: { dailyAt: '04:47' }, input: { closeDay: true } },
  // For what the stream missed, jobs that wait for Telnyx, and healing.
  {
    name: 'jobs',
    function: 'run-jobs',
    runs: { everyMinutes: 5 },
    input: {},
    locally: { everySeconds: 1, input: {} },
  },
  {
    name: 'watch',
    function: 'watch-ledger',
    runs: { everyMinutes: 5 },
    input: {},
    // A look takes some 37 requests to the embedded engine. At the start, the first run must have a chance to begin.
    locally: { everySeconds: 10, afterSeconds: 10, input: {} },
  },
  {
    name: 'notices',
    function: notifying,
    runs: { everyMinutes: 5 },
    input: { notices: true },
    // Simulated orders live for minutes.
    locally: { everySeconds: 30, input: { notices: true } },
  },
  { name: 'digest', function: notifying, runs: { workdaysAt: 'digestAt' }, input: { digest: true } },
];

/** What the bus brings to functions of the service. */
export const rules: readonly Rule[] = [
  {
    name: 'notices',
    function: notifying,
    types: [
      'porting_order.action_required',
      'porting_order.comment_from_telnyx',
      'porting_order.foc_set',
      'porting_order.foc_changed',
      'porting_order.overdue',
    ],
  },
  // Not every status: most events of a ledger are changes of a status, and each would be an invocation.
  { name: 'cancelled', function: notifying, types: ['porting_order.status_changed'], orderStatus: 'cancelled' },
];

/** Wakes a worker when work for it is ready. The next call of its schedule finds what this misses. */
const wakeUp = {
  table: 'control',
  whenRowHas: 'ready_since',
  // A call finds all the work that is ready: the fewer calls, the better, and none of them waits to fill its batch.
  batchSize: 100,
  gatherSeconds: 0,
  retries: 2,
  // The schedule has called the worker by then.
  forgottenAfterSeconds: 300,
} as const;

/** What feeds functions with what is written. A schedule does what a stream misses: for publish-events, the sweep. */
export const streams: readonly Stream[] = [
  {
    table: 'events',
    function: 'publish-events',
    whenRowHas: 'unpublished',
    batchSize: 100,
    gatherSeconds: 1,
    retries: 5,
  },
  { ...wakeUp, function: 'run-jobs', ofKind: 'republish-job' },
  { ...wakeUp, function: 'sync-events', ofKind: 'requested-run' },
];
