import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { type Alarm, alarms } from './alarm-table.ts';
import { constructId, identifier, output } from './names.ts';
import { metricOf, metricsOf, type Watched } from './readings.ts';
import type { Settings } from './settings.ts';

/** Adds every alarm of the table, and the topic that each notifies when it rises and when it ends. */
export function addAlarms(
  scope: Construct,
  watched: Watched,
  settings: Settings,
): Readonly<Record<string, cloudwatch.Alarm>> {
  const topic = addTopic(scope, settings);
  const action = new SnsAction(topic);
  const made = alarms.map((described) => {
    const alarm = addAlarm(scope, described, watched, settings);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return [described.name, alarm] as const;
  });
  return Object.fromEntries(made);
}

function addAlarm(scope: Construct, described: Alarm, watched: Watched, { stackPrefix }: Settings): cloudwatch.Alarm {
  const { name, why, periods = { of: 1, breaching: 1 }, threshold, silence } = described;
  return new cloudwatch.Alarm(scope, `${constructId(name)}Alarm`, {
    alarmName: `${stackPrefix}-${name}`,
    alarmDescription: `${why} What to do: docs/operations.md#alarm-${name}`,
    metric: watchedMetric(described, watched),
    evaluationPeriods: periods.of,
    datapointsToAlarm: periods.breaching,
    ...('above' in threshold
      ? { threshold: threshold.above, comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD }
      : { threshold: threshold.below, comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD }),
    treatMissingData: missingData[silence],
  });
}

/** The single line that an alarm examines. */
function watchedMetric({ name, reads, formula, minutes }: Alarm, watched: Watched): cloudwatch.IMetric {
  if (formula) {
    const metrics = Object.entries(metricsOf(reads, watched, minutes));
    return new cloudwatch.MathExpression({
      expression: formula,
      usingMetrics: Object.fromEntries(metrics.map(([label, metric]) => [identifier(label), metric])),
      label: name,
      period: Duration.minutes(minutes),
    });
  }
  const [only, ...others] = Object.values(reads);
  if (!only || others.length > 0) throw new Error(`${name} has a formula, or one reading`);
  return metricOf(only, watched, { minutes });
}

const missingData: Readonly<Record<Alarm['silence'], cloudwatch.TreatMissingData>> = {
  bad: cloudwatch.TreatMissingData.BREACHING,
  good: cloudwatch.TreatMissingData.NOT_BREACHING,
  same: cloudwatch.TreatMissingData.IGNORE,
};

/**
 * Has no encryption key: CloudWatch may not use AWS's own key for SNS, so no alarm would ever arrive, and a key of ours
 * costs a dollar a month to hide that a threshold was passed. An alarm holds names and numbers of the service, and
 * nothing about an order.
 */
function addTopic(scope: Construct, { alarmEmail, stackPrefix }: Settings): sns.Topic {
  const topic = new sns.Topic(scope, 'Alarms', { displayName: stackPrefix, enforceSSL: true });
  const stack = Stack.of(scope);
  // A topic with its own policy, which TLS needs, loses the default statement that lets the account's alarms in.
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'AlarmsOfThisLedger',
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: {
          'aws:SourceArn': stack.formatArn({
            service: 'cloudwatch',
            resource: 'alarm',
            resourceName: `${stackPrefix}-*`,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }),
  );
  if (alarmEmail) topic.addSubscription(new EmailSubscription(alarmEmail));
  output(scope, 'AlarmTopic', topic.topicArn, 'Receives every alarm: subscribe to it to be notified');
  return topic;
}
