import { METRIC_NAMESPACE, METRICS, type MetricName } from '../porting/metrics.ts';
import { environment } from './environment.ts';

/**
 * Writes metrics as one line in CloudWatch's embedded metric format: CloudWatch makes metrics of it, and no call has to
 * be paid or waited for. A metric is billed for each hour in which it is written: leave out a count of 0 unless an
 * alarm needs to see that the function counts.
 *
 * @param values counts, or seconds where the name says so; with none of them, nothing is written
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

/** How Telnyx refuses, whoever calls it: in the words of telnyx/upstream-error.ts. */
const METRIC_OF: Readonly<Record<string, MetricName>> = {
  'key refused': 'UpstreamKeyRefused',
  'rate limited': 'UpstreamRateLimited',
};

/** Counts a call to Telnyx that failed, where an alarm is about how. Every function that calls Telnyx has to. */
export function measureFault(fault: string): void {
  const metric = METRIC_OF[fault];
  if (metric) measure({ [metric]: 1 });
}
