import { METRIC_NAMESPACE, METRICS, type MetricName } from '../porting/metrics.ts';
import { environment } from './environment.ts';

/**
 * Writes metrics as one line in CloudWatch's embedded metric format, so no call is paid or waited for. A metric is
 * billed for each hour in which it is written: omit a count of 0, unless an alarm must see that the function counts.
 *
 * @param values counts, or seconds where the name says so; if empty, nothing is written
 */
export function measure(values: Readonly<Partial<Record<MetricName, number>>>): void {
  const names = Object.keys(values) as MetricName[];
  if (names.length === 0) return;
  const Metrics = names.map((Name) => ({ Name, Unit: METRICS[Name] }));
  const _aws = {
    Timestamp: Date.now(),
    CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: [['Ledger']], Metrics }],
  };
  process.stdout.write(`${JSON.stringify({ _aws, Ledger: environment('LEDGER_NAME'), ...values })}\n`);
}

/** How Telnyx refuses any caller, in the words of telnyx/upstream-error.ts. */
const METRIC_OF: Readonly<Record<string, MetricName>> = {
  'key refused': 'UpstreamKeyRefused',
  'rate limited': 'UpstreamRateLimited',
};

/** Counts a failed call to Telnyx if an alarm watches its kind. Every function that calls Telnyx must call this. */
export function measureFault(fault: string): void {
  const metric = METRIC_OF[fault];
  if (metric) measure({ [metric]: 1 });
}
