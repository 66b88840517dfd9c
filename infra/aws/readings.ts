import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { METRIC_NAMESPACE, type MetricName } from '../../functions/porting/metrics.ts';
import { type FunctionName, functions, type TableAction, type TableName } from '../service.ts';
import type { Data } from './data-stack.ts';
import type { Functions } from './functions.ts';
import { forEachName } from './names.ts';

export type Statistic = 'Sum' | 'Maximum' | 'p50' | 'p99';
export type QueueName = 'deadLetters' | 'failedBatches';

/** A metric that the functions write. */
export interface CodeReading {
  readonly metric: MetricName;
  readonly statistic: Statistic;
}

/** A metric that AWS writes about a part of the service. */
export type AwsReading = { readonly statistic: Statistic } & (
  | { readonly function: FunctionName; readonly metric: FunctionMetric }
  | { readonly queue: QueueName; readonly metric: 'ApproximateNumberOfMessagesVisible' }
  | { readonly table: TableName; readonly operation: TableAction; readonly metric: 'ThrottledRequests' }
);

type FunctionMetric =
  | 'Errors'
  | 'Throttles'
  | 'Duration'
  | 'IteratorAge'
  | 'UrlRequestCount'
  | 'Url5xxCount'
  | 'UrlRequestLatency';

/** Whose metrics are read. */
export interface Watched {
  readonly ledgerName: string;
  readonly functions: Functions;
  readonly tables: Data['tables'];
  readonly queues: Readonly<Record<QueueName, sqs.IQueue>>;
}

/** Readings, each under the name that people see. */
export type Readings = Readonly<Record<string, CodeReading | AwsReading>>;

/** The same reading of every function. */
export function ofEveryFunction(metric: 'Errors' | 'Throttles'): Readonly<Record<FunctionName, AwsReading>> {
  return forEachName(functions, (name) => ({ function: name, metric, statistic: 'Sum' }));
}

/** Readings as CDK's metrics, under the same names. */
export function metricsOf(readings: Readings, watched: Watched, minutes: number): Readonly<Record<string, Metric>> {
  return forEachName(readings, (label, reading) => metricOf(reading, watched, { minutes, label }));
}

/** One reading. An alarm whose metric has a label takes the form of metric math. */
export function metricOf(
  reading: CodeReading | AwsReading,
  watched: Watched,
  { minutes, label }: { readonly minutes: number; readonly label?: string },
): Metric {
  const { metric: metricName, statistic } = reading;
  const source = sourceOf(reading, watched);
  return new Metric({ metricName, statistic, period: Duration.minutes(minutes), ...source, ...(label && { label }) });
}

function sourceOf(
  reading: CodeReading | AwsReading,
  { ledgerName, functions: made, tables, queues }: Watched,
): { namespace: string; dimensionsMap: Record<string, string> } {
  if ('function' in reading) {
    return { namespace: 'AWS/Lambda', dimensionsMap: { FunctionName: made[reading.function].functionName } };
  }
  if ('queue' in reading) {
    return { namespace: 'AWS/SQS', dimensionsMap: { QueueName: queues[reading.queue].queueName } };
  }
  if ('table' in reading) {
    const { tableName } = tables[reading.table];
    return { namespace: 'AWS/DynamoDB', dimensionsMap: { TableName: tableName, Operation: reading.operation } };
  }
  return { namespace: METRIC_NAMESPACE, dimensionsMap: { Ledger: ledgerName } };
}
