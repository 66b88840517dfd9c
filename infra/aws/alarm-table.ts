import { functions, type ServiceFunction, type TableAction, type TableName, webhook } from '../service.ts';
import { type AwsReading, type CodeReading, ofEveryFunction } from './readings.ts';

/** The question that an alarm helps to answer. The dashboard has a section for each. */
export type Question = 'listed' | 'received' | 'notified' | 'published' | 'orders' | 'machinery';

interface Described {
  /** Its heading in docs/operations.md is `Alarm: <name>`. */
  readonly name: string;
  readonly about: Question;
  /** When it rises, and why at that threshold. The mail shows this text. */
  readonly why: string;
  /** CloudWatch metric math over the names in `reads`. Without it the alarm takes its one reading as it is. */
  readonly formula?: string;
  /** Length of one period. */
  readonly minutes: number;
  /** How many periods are examined, and how many of them must exceed the threshold. One of one when left out. */
  readonly periods?: { readonly of: number; readonly breaching: number };
  readonly threshold: { readonly above: number } | { readonly below: number };
  /** What a period without a value means; `same` keeps the alarm's state. */
  readonly silence: 'bad' | 'good' | 'same';
}

/** An alarm, its readings, and whether the code or AWS writes them. */
export type Alarm = Described &
  (
    | { readonly from: 'code'; readonly reads: Readonly<Record<string, CodeReading>> }
    | { readonly from: 'aws'; readonly reads: Readonly<Record<string, AwsReading>> }
  );

/** Every kind of write to every table: a table or index with a hot partition throttles its writers. */
function everyWrite(): Record<string, AwsReading> {
  const done = Object.values<ServiceFunction>(functions).flatMap(({ tables }) =>
    Object.entries(tables).flatMap(([table, actions]) => actions.map((action) => [table, action] as const)),
  ) as [TableName, TableAction][];
  const writes = done.filter(([, action]) => /^(Put|Update|Delete)Item$/.test(action));
  return Object.fromEntries(
    writes.map(([table, operation]) => [
      `${table}-${operation}`,
      { table, operation, metric: 'ThrottledRequests', statistic: 'Sum' } as const,
    ]),
  );
}

/**
 * Every alarm.
 *
 * The formulas use FILL because a count has no value where nothing was counted. CloudWatch would then use older values
 * before it applies `silence`, and for DynamoDB's metrics permanently. They use SUM and MAX over METRICS() because
 * these skip a metric that was never counted, where `a + b` would have no value.
 */
export const alarms: readonly Alarm[] = [
  {
    name: 'sync-stopped',
    about: 'listed',
    why: 'No scheduled sync run has completed for three intervals: an event without a notification goes unnoticed.',
    from: 'code',
    reads: { completed: { metric: 'SyncCompleted', statistic: 'Sum' } },
    formula: 'FILL(completed, 0)',
    minutes: 5,
    periods: { of: 3, breaching: 3 },
    threshold: { below: 1 },
    silence: 'bad',
  },
  {
    name: 'cursor-behind',
    about: 'listed',
    why: 'The list has been read only up to over 30 minutes ago: runs make progress, but do not catch up.',
    from: 'code',
    reads: { lag: { metric: 'CursorLagSeconds', statistic: 'Maximum' } },
    minutes: 5,
    threshold: { above: 1_800 },
    // The alarm sync-stopped covers the case that no run reports anything.
    silence: 'same',
  },
  {
    name: 'key-refused',
    about: 'listed',
    why: 'Telnyx answered 401 or 403. Nothing is listed or republished until the API key is right.',
    from: 'code',
    reads: { refused: { metric: 'UpstreamKeyRefused', statistic: 'Sum' } },
    formula: 'FILL(refused, 0)',
    minutes: 15,
    threshold: { above: 0 },
    silence: 'good',
  },
  {
    name: 'rate-limited',
    about: 'listed',
    why: 'Telnyx answered 429 more than 10 times in 15 minutes. We stay below its limit: another client uses it up.',
    from: 'code',
    reads: { limited: { metric: 'UpstreamRateLimited', statistic: 'Sum' } },
    formula: 'FILL(limited, 0)',
    minutes: 15,
    threshold: { above: 10 },
    silence: 'good',
  },
  {
    name: 'webhooks-refused',
    about: 'received',
    why: 'Over half of the requests in 15 minutes, and over 10, had no valid signature: the wrong key, or a stranger.',
    from: 'code',
    reads: {
      refused: { metric: 'WebhooksRefused', statistic: 'Sum' },
      received: { metric: 'WebhooksReceived', statistic: 'Sum' },
    },
    formula: 'IF(FILL(refused, 0) > 10, 100 * FILL(refused, 0) / SUM(FILL(METRICS(), 0)), 0)',
    minutes: 15,
    threshold: { above: 50 },
    silence: 'good',
  },
  {
    name: 'webhook-errors',
    about: 'received',
    why: 'Telnyx got more than two 5xx answers in 15 minutes: it repeats the request after a single one.',
    from: 'aws',
    reads: { errors: { function: webhook.function, metric: 'Url5xxCount', statistic: 'Sum' } },
    formula: 'FILL(errors, 0)',
    minutes: 15,
    threshold: { above: 2 },
    silence: 'good',
  },
  {
    name: 'webhook-slow',
    about: 'received',
    why: 'One webhook in a hundred took over 1.5 seconds, for 10 of 15 minutes. Telnyx gives up after 2.',
    from: 'aws',
    reads: { latency: { function: webhook.function, metric: 'UrlRequestLatency', statistic: 'p99' } },
    minutes: 5,
    periods: { of: 3, breaching: 2 },
    threshold: { above: 1_500 },
    silence: 'good',
  },
  {
    name: 'notifications-missed',
    about: 'notified',
    why: 'Of the webhooks due within an hour over 5 % and at least 5 never came, or none of two or more.',
    from: 'code',
    reads: {
      missed: { metric: 'NotificationsMissed', statistic: 'Sum' },
      due: { metric: 'NotificationsDue', statistic: 'Sum' },
    },
    // A quiet account never has 5 due within an hour: there, the sign is that none of two or more came. Those missed
    // within an hour may have been due in the hour before.
    formula:
      'IF(FILL(missed, 0) >= 5 || (FILL(missed, 0) >= 2 && FILL(missed, 0) >= FILL(due, 0)), ' +
      '100 * FILL(missed, 0) / MAX(FILL(METRICS(), 0)), 0)',
    minutes: 60,
    threshold: { above: 5 },
    silence: 'good',
  },
  {
    name: 'publishing-behind',
    about: 'published',
    why: 'An event has waited over 15 minutes to be published, or nothing reports how long: stream and sweep fail.',
    from: 'code',
    reads: { oldest: { metric: 'OldestUnpublishedSeconds', statistic: 'Maximum' } },
    minutes: 5,
    threshold: { above: 900 },
    // Each sweep writes it. CloudWatch looks back some more periods before silence counts.
    silence: 'bad',
  },
  {
    name: 'failed-batches',
    about: 'published',
    why: 'A batch of the stream failed for good. The sweep publishes its events; find the cause.',
    from: 'aws',
    reads: { messages: { queue: 'failedBatches', metric: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum' } },
    minutes: 5,
    threshold: { above: 0 },
    silence: 'good',
  },
  {
    name: 'orders-overdue',
    about: 'orders',
    why: 'An order stays in a status for longer than its limit. Checked every night.',
    from: 'code',
    reads: { overdue: { metric: 'OverdueOrders', statistic: 'Maximum' } },
    minutes: 24 * 60,
    threshold: { above: 0 },
    silence: 'same',
  },
  {
    name: 'dead-letters',
    about: 'machinery',
    why:
      'Scheduled work failed three times, or could not be started. ' +
      'A nightly run that did not begin is not repeated.',
    from: 'aws',
    reads: { messages: { queue: 'deadLetters', metric: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum' } },
    minutes: 5,
    threshold: { above: 0 },
    silence: 'good',
  },
  {
    name: 'functions-failing',
    about: 'machinery',
    why: 'Functions crashed or ran out of time more than twice in 15 minutes: one failure is repeated and passes.',
    from: 'aws',
    reads: ofEveryFunction('Errors'),
    formula: 'SUM(FILL(METRICS(), 0))',
    minutes: 15,
    threshold: { above: 2 },
    silence: 'good',
  },
  {
    name: 'functions-throttled',
    about: 'machinery',
    why: 'Lambda has held functions back for 10 of 15 minutes: its concurrency limit is reached. A burst passes.',
    from: 'aws',
    reads: ofEveryFunction('Throttles'),
    formula: 'SUM(FILL(METRICS(), 0))',
    minutes: 5,
    periods: { of: 3, breaching: 2 },
    threshold: { above: 0 },
    silence: 'good',
  },
  {
    name: 'tables-throttled',
    about: 'machinery',
    why: 'DynamoDB has refused writes for 10 of 15 minutes. An on-demand table refuses only for a moment.',
    from: 'aws',
    reads: everyWrite(),
    formula: 'SUM(FILL(METRICS(), 0))',
    minutes: 5,
    periods: { of: 3, breaching: 2 },
    threshold: { above: 0 },
    silence: 'good',
  },
];
