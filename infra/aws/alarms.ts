import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { FINDINGS_METRIC } from '../../functions/porting/findings-metric.ts';
import { type Alarm, alarmsFor, type Reading } from './alarm-table.ts';
import { constructId, forEachName } from './names.ts';
import type { Service } from './parts.ts';
import type { Settings } from './settings.ts';

/** Whose metrics are read, and who is told. */
type Watched = Pick<Service, 'functions' | 'queues' | 'api' | 'topics'>;

/** Adds every alarm of the table. Each notifies the topic of alarms when it rises and when it ends. */
export function addAlarms(scope: Construct, watched: Watched, settings: Settings): void {
  const action = new SnsAction(watched.topics.alarms);
  for (const described of alarmsFor(settings.webhookThrough)) {
    const alarm = addAlarm(scope, described, watched, settings);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}

function addAlarm(
  scope: Construct,
  { name, why, reads, minutes, periods = 1, threshold, silence }: Alarm,
  watched: Watched,
  { ledgerName, runbookUrl }: Settings,
): cloudwatch.Alarm {
  const period = Duration.minutes(minutes);
  const usingMetrics = forEachName(reads, (_, reading) => metricOf(reading, watched, period, ledgerName));
  const [only, ...others] = Object.values(usingMetrics);
  // FILL, because a count has no value where nothing was counted: CloudWatch would take older values instead. SUM skips
  // a metric that was never counted, where `a + b` would have no value.
  const sum = new cloudwatch.MathExpression({
    expression: 'SUM(FILL(METRICS(), 0))',
    usingMetrics,
    label: name,
    period,
  });
  return new cloudwatch.Alarm(scope, `${constructId(name)}Alarm`, {
    alarmName: `${ledgerName}-${name}`,
    alarmDescription: `${why} What to do: ${runbookUrl}#alarm-${name}`,
    metric: only && others.length === 0 ? only : sum,
    evaluationPeriods: periods,
    datapointsToAlarm: periods,
    ...('above' in threshold
      ? { threshold: threshold.above, comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD }
      : { threshold: threshold.below, comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD }),
    treatMissingData:
      silence === 'bad' ? cloudwatch.TreatMissingData.BREACHING : cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

function metricOf(reading: Reading, watched: Watched, period: Duration, ledgerName: string): cloudwatch.Metric {
  const { metric: metricName, statistic } = reading;
  return new cloudwatch.Metric({ metricName, statistic, period, ...sourceOf(reading, watched, ledgerName) });
}

function sourceOf(
  reading: Reading,
  { functions, queues, api }: Watched,
  ledgerName: string,
): { namespace: string; dimensionsMap: Record<string, string> } {
  if ('function' in reading) {
    return { namespace: 'AWS/Lambda', dimensionsMap: { FunctionName: functions[reading.function].functionName } };
  }
  if ('queue' in reading) {
    return { namespace: 'AWS/SQS', dimensionsMap: { QueueName: queues[reading.queue].queueName } };
  }
  if ('api' in reading) return { namespace: 'AWS/ApiGateway', dimensionsMap: { ApiId: api.apiId } };
  const { namespace, dimension } = FINDINGS_METRIC;
  return { namespace, dimensionsMap: { [dimension]: ledgerName } };
}
