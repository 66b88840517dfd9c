/**
 * The service, described once: functions, tables, secrets, routes and schedules.
 *
 * `infra/aws` turns this into stacks and `infra/local` into processes on one machine, so that what exists locally is what is
 * deployed. Nothing here imports a function: they are known by path.
 */

export type TableName = 'events' | 'control';
export type SecretName = 'telnyxApiKey' | 'apiTokens';
export type SettingName = 'telnyxPublicKey' | 'telnyxBaseUrl';
export type FunctionName = 'receive-webhook' | 'sync-events' | 'query-events' | 'republish-event';

/** A secondary index. All key attributes are strings. `include` names what it holds besides the keys. */
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
  readonly indexes: Readonly<Record<string, Index>>;
}

/** What a function may do with a table, as DynamoDB names its actions. Nothing else is granted, and never Scan. */
export type TableAction = 'GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem';

/** Where the value of an environment variable comes from: a table's name, a secret's ARN, or a setting of the deployment. */
export type EnvironmentValue =
  | { readonly table: TableName }
  | { readonly secret: SecretName }
  | { readonly setting: SettingName };

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

/** A route of the HTTP API. `token` is the weakest token that the function accepts on it. */
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
  readonly runs: { readonly everyMinutes: number } | { readonly dailyAt: string };
  /** The whole event that the function receives. */
  readonly input: Readonly<Record<string, unknown>>;
}

export const tables: Readonly<Record<TableName, Table>> = {
  events: {
    holds: 'one row for each port-in event, for ever',
    partitionKey: 'id',
    indexes: {
      // One partition for all events of a record type takes 1,000 writes a second, as one day's would: at 4 requests a second the
      // Events API cannot list more. With a partition a day, a page of 250 rows of a quiet account costs up to 250 queries.
      by_time: { partitionKey: 'record_type', sortKey: 'created_at_id', include: ['event_type'] },
      by_type: { partitionKey: 'event_type', sortKey: 'created_at_id', include: [] },
      by_order: { partitionKey: 'porting_order_id', sortKey: 'created_at_id', include: ['event_type'] },
    },
  },
  control: {
    holds:
      'what the service knows about its own work: cursor and lease, sync runs, counts, rejected deliveries, idempotency keys',
    partitionKey: 'kind',
    sortKey: 'id',
    timeToLive: 'expires_at',
    indexes: {},
  },
};

export const secrets: Readonly<Record<SecretName, { readonly holds: string }>> = {
  telnyxApiKey: { holds: 'the Telnyx API key, as plain text' },
  apiTokens: { holds: 'the tokens of the API, as JSON: {"read": [...], "operate": [...]}' },
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
    does: 'The Events API, a window at a time -> the ledger',
    entry: 'functions/sync-events/handler.ts',
    memoryMegabytes: 512,
    // Lambda's longest: a first run over years of events, and a nightly one over a busy week, need as few pieces as possible.
    timeoutSeconds: 900,
    environment: {
      EVENTS_TABLE: { table: 'events' },
      CONTROL_TABLE: { table: 'control' },
      TELNYX_API_KEY_SECRET: { secret: 'telnyxApiKey' },
      TELNYX_BASE_URL: { setting: 'telnyxBaseUrl' },
    },
    tables: {
      events: ['BatchGetItem', 'Query', 'UpdateItem'],
      control: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    },
  },
  'query-events': {
    does: 'The ledger -> list and show',
    entry: 'functions/query-events/handler.ts',
    memoryMegabytes: 512,
    timeoutSeconds: 29,
    environment: {
      EVENTS_TABLE: { table: 'events' },
      CONTROL_TABLE: { table: 'control' },
      API_TOKENS_SECRET: { secret: 'apiTokens' },
    },
    tables: { events: ['GetItem', 'BatchGetItem', 'Query'], control: ['GetItem', 'Query'] },
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
};

/** Telnyx posts here. A function URL on AWS, where the path is free; this path on a laptop. */
export const webhook = { function: 'receive-webhook', localPath: '/webhooks/telnyx' } as const satisfies {
  function: FunctionName;
  localPath: string;
};

export const routes: readonly Route[] = [
  { method: 'GET', path: '/v2/porting/events', function: 'query-events', token: 'read' },
  { method: 'GET', path: '/v2/porting/events/{id}', function: 'query-events', token: 'read' },
  {
    method: 'POST',
    path: '/v2/porting/events/{id}/republish',
    function: 'republish-event',
    token: 'operate',
  },
  { method: 'GET', path: '/health', function: 'query-events', token: 'none' },
];

export const schedules: readonly Schedule[] = [
  { name: 'sync', function: 'sync-events', runs: { everyMinutes: 5 }, input: {} },
  { name: 'nightly', function: 'sync-events', runs: { dailyAt: '03:17' }, input: { days: 7 } },
];
