import { environment } from './environment.ts';

/** Must be `METRIC_NAMESPACE` of infra/service.ts, which alarms read; a test compares the two, and the names. */
const NAMESPACE = 'PortInLedger';

const UNITS = {
  SyncCompleted: 'Count',
  SyncFailed: 'Count',
  CursorLagSeconds: 'Seconds',
  UpstreamKeyRefused: 'Count',
  UpstreamRateLimited: 'Count',
  WebhooksReceived: 'Count',
  WebhooksRefused: 'Count',
  EventsPublished: 'Count',
  UnpublishedEvents: 'Count',
  OldestUnpublishedSeconds: 'Seconds',
  NotificationsDue: 'Count',
  NotificationsMissed: 'Count',
  NotificationsRecovered: 'Count',
  OverdueOrders: 'Count',
} as const;

export type Metric = keyof typeof UNITS;

/**
 * Writes metrics as one line in CloudWatch's embedded metric format: CloudWatch makes metrics of it, and no call has to be paid or
 * waited for. A metric is billed for each hour in which it is written: a count of 0 is better left out, unless an alarm needs to see that
 * somebody counts.
 *
 * @param values counts, or seconds where the name says so; with none of them, nothing is written
 */
export function measure(values: Readonly<Partial<Record<Metric, number>>>): void {
  const names = Object.keys(values) as Metric[];
  if (names.length === 0) return;
  const Metrics = names.map((Name) => ({ Name, Unit: UNITS[Name] }));
  const _aws = {
    Timestamp: Date.now(),
    CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [['Ledger']], Metrics }],
  };
  process.stdout.write(`${JSON.stringify({ _aws, Ledger: environment('LEDGER_NAME'), ...values })}\n`);
}

/** How Telnyx refuses, whoever calls it: in the words of telnyx/upstream-error.ts. */
const METRIC_OF: Readonly<Record<string, Metric>> = {
  'key refused': 'UpstreamKeyRefused',
  'rate limited': 'UpstreamRateLimited',
};

/** Counts a call to Telnyx that failed, where an alarm is about how. Every function that calls Telnyx has to. */
export function measureFault(fault: string): void {
  const metric = METRIC_OF[fault];
  if (metric) measure({ [metric]: 1 });
}
