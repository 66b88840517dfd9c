import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { METRIC_NAMESPACE, METRICS } from '../../functions/porting/metrics.ts';
import { type Alarm, alarms } from '../../infra/aws/alarm-table.ts';
import { constructId, identifier } from '../../infra/aws/names.ts';
import type { AwsReading, CodeReading } from '../../infra/aws/readings.ts';
import { repository } from './bundled.ts';
import { calculated, type DeployedMetric, queriesOf as queriesIn } from './cloudwatch.ts';
import { functionNames, named, ofType, synthesized } from './synthesized.ts';

const { resources, service } = synthesized();
const propertiesOf = ({ name }: Alarm) => named(resources, `${constructId(name)}Alarm`).Properties;
const byName = (name: string): Alarm => {
  const found = alarms.find((alarm) => alarm.name === name);
  if (!found) throw new Error(`no alarm ${name}`);
  return found;
};

const queriesOf = (alarm: Alarm) => queriesIn(propertiesOf(alarm));

/** The text under each heading of an alarm in the runbook, up to the next heading. */
const runbook = new Map(
  readFileSync(join(repository, 'docs/operations.md'), 'utf8')
    .split(/^#+ /m)
    .flatMap((section) => {
      const [, name, text = ''] = /^Alarm: (\S+)(.*)$/s.exec(section) ?? [];
      return name === undefined ? [] : [[name, text] as const];
    }),
);

test('the runbook describes no alarm that does not exist', () => {
  expect([...runbook.keys()].sort()).toEqual(alarms.map(({ name }) => name).sort());
});

test('exactly the alarms of the table, each under its own name', () => {
  const deployed = Object.keys(ofType(resources, 'AWS::CloudWatch::Alarm'));
  expect(deployed).toEqual(alarms.map(({ name }) => `${constructId(name)}Alarm`));
  expect(new Set(deployed).size).toBe(deployed.length);
});

describe.each(alarms)('alarm $name', (alarm) => {
  const properties = propertiesOf(alarm);

  test('is named after its ledger, and its text says where the runbook is', () => {
    expect(properties.AlarmName).toBe(`PortInLedger-${alarm.name}`);
    expect(properties.AlarmDescription).toContain(`docs/operations.md#alarm-${alarm.name}`);
    expect(String(properties.AlarmDescription).length).toBeLessThanOrEqual(1024);
  });

  // GitHub makes `#alarm-<name>` from the heading.
  test('has its entry in the runbook: what it means, how to check, what to do', () => {
    expect(runbook.get(alarm.name)).toMatch(/^\n\n[A-Z][^\n]+\n.*\n- Check: [^\n]+\n- Do: [^\n]+\n*$/s);
  });

  test('notifies the topic when it rises and when it ends', () => {
    expect(properties).toMatchObject({ AlarmActions: ['<Alarms>'], OKActions: ['<Alarms>'] });
  });

  test('reads exactly what the table says', () => {
    const read = queriesOf(alarm).flatMap(({ MetricStat }) => (MetricStat ? [MetricStat] : []));
    expect(read).toEqual(
      Object.values<CodeReading | AwsReading>(alarm.reads).map((reading) => ({
        Metric: expect.objectContaining({ MetricName: reading.metric, ...sourceOf(reading) }),
        Period: alarm.minutes * 60,
        Stat: reading.statistic,
      })),
    );
  });

  // CloudWatch takes no more than ten metrics and one result. An unknown name fails only when it is deployed.
  test('examines one line, made of names that it reads', () => {
    const queries = queriesOf(alarm);
    const results = queries.filter(({ ReturnData }) => ReturnData);
    expect(results).toHaveLength(1);
    expect(queries.filter(({ MetricStat }) => MetricStat).length).toBeLessThanOrEqual(10);
    const known = queries.map(({ Id }) => Id);
    const used = [...(results[0]?.Expression ?? '').matchAll(/\b[a-z]\w*/g)].map(([name]) => name);
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
    for (const id of known) expect(id).toMatch(/^[a-z]\w*$/);
    if (alarm.formula) expect(known).toEqual(expect.arrayContaining(Object.keys(alarm.reads).map(identifier)));
  });

  // Where nothing was counted there is no value, and CloudWatch would go on with older values.
  test('counts 0 where nothing was counted', () => {
    const counts = Object.entries<CodeReading | AwsReading>(alarm.reads).filter(
      ([, { statistic }]) => statistic === 'Sum',
    );
    const bare = (alarm.formula ?? Object.keys(alarm.reads).join()).replaceAll(/FILL\([^()]*(\(\))?, 0\)/g, '');
    for (const [label] of counts) expect(bare).not.toMatch(new RegExp(`\\b${identifier(label)}\\b|METRICS`));
  });

  test('covers a day at most, which is CloudWatch’s limit', () => {
    expect(alarm.minutes * (alarm.periods?.of ?? 1)).toBeLessThanOrEqual(24 * 60);
  });
});

test('an alarm on a metric of the code reads the metrics of this ledger', () => {
  const code = alarms.filter(({ from }) => from === 'code').flatMap(queriesOf);
  for (const { MetricStat } of code) {
    if (!MetricStat) continue;
    expect(MetricStat.Metric.Namespace).toBe(METRIC_NAMESPACE);
    expect(Object.keys(METRICS)).toContain(MetricStat.Metric.MetricName);
    expect(MetricStat.Metric.Dimensions).toEqual([{ Name: 'Ledger', Value: 'PortInLedger' }]);
  }
});

describe('the limits that were asked for', () => {
  const below = { ComparisonOperator: 'LessThanThreshold' };
  const above = { ComparisonOperator: 'GreaterThanThreshold' };
  const times = (of: number, breaching: number) => ({ EvaluationPeriods: of, DatapointsToAlarm: breaching });

  test.each([
    ['sync-stopped', 5, { ...below, Threshold: 1, ...times(3, 3), TreatMissingData: 'breaching' }],
    ['cursor-behind', 5, { ...above, Threshold: 1_800, ...times(1, 1), TreatMissingData: 'ignore' }],
    ['publishing-behind', 5, { ...above, Threshold: 900, ...times(1, 1), TreatMissingData: 'breaching' }],
    ['dead-letters', 5, { ...above, Threshold: 0, ...times(1, 1), TreatMissingData: 'notBreaching' }],
    ['failed-batches', 5, { ...above, Threshold: 0, ...times(1, 1), TreatMissingData: 'notBreaching' }],
    ['notifications-missed', 60, { ...above, Threshold: 5, ...times(1, 1), TreatMissingData: 'notBreaching' }],
    ['webhooks-refused', 15, { ...above, Threshold: 50, ...times(1, 1), TreatMissingData: 'notBreaching' }],
    ['webhook-slow', 5, { ...above, Threshold: 1_500, ...times(3, 2), TreatMissingData: 'notBreaching' }],
    ['key-refused', 15, { ...above, Threshold: 0, ...times(1, 1), TreatMissingData: 'notBreaching' }],
    ['rate-limited', 15, { ...above, Threshold: 10, ...times(1, 1), TreatMissingData: 'notBreaching' }],
    ['orders-overdue', 1440, { ...above, Threshold: 0, ...times(1, 1), TreatMissingData: 'ignore' }],
  ])('%s, in periods of %i minutes', (name, minutes, expected) => {
    const alarm = byName(name);
    expect(propertiesOf(alarm)).toMatchObject(expected);
    const periods = queriesOf(alarm).flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Period] : []));
    expect(new Set(periods)).toEqual(new Set([minutes * 60]));
  });

  const refused = [
    { refused: 10, received: 0, rises: false },
    { refused: 11, received: 0, rises: true },
    { refused: 11, received: 10, rises: true },
    { refused: 11, received: 11, rises: false },
    { refused: 0, received: 500, rises: false },
  ];
  test.each(refused)('webhooks-refused: $refused refused and $received good ones', ({ rises, ...counts }) => {
    expect((calculated(byName('webhooks-refused').formula ?? '', counts) ?? 0) > 50).toBe(rises);
  });

  const missed = [
    { missed: 1, due: 1, rises: false },
    { missed: 2, due: 2, rises: true },
    { missed: 2, due: 0, rises: true },
    { missed: 2, due: 3, rises: false },
    { missed: 4, due: 5, rises: false },
    { missed: 5, due: 99, rises: true },
    { missed: 5, due: 100, rises: false },
    { missed: 5, due: 0, rises: true },
    { missed: 0, due: 1_000, rises: false },
  ];
  test.each(missed)('notifications-missed: $missed of $due', ({ rises, ...counts }) => {
    expect((calculated(byName('notifications-missed').formula ?? '', counts) ?? 0) > 5).toBe(rises);
  });
});

test('functions that fail or are throttled: all of them are watched', () => {
  for (const name of ['functions-failing', 'functions-throttled']) {
    const read = queriesOf(byName(name)).flatMap(({ MetricStat }) => MetricStat?.Metric.Dimensions[0]?.Value ?? []);
    expect(read.sort()).toEqual(functionNames.map(([, id]) => `<${id}>`).sort());
  }
});

describe('the topic', () => {
  test('lets the alarms of this ledger in, over TLS, and no one else', () => {
    expect(named(resources, 'AlarmsPolicy').Properties).toMatchObject({
      Topics: ['<Alarms>'],
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Action: 'sns:Publish', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          {
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Resource: '<Alarms>',
            Condition: {
              StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
              ArnLike: {
                'aws:SourceArn': 'arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:PortInLedger-*',
              },
            },
          },
        ],
      },
    });
  });

  // With AWS's own key for SNS, CloudWatch is refused and no alarm ever arrives.
  test('has no key that CloudWatch may not use', () => {
    expect(named(resources, 'Alarms').Properties).not.toHaveProperty('KmsMasterKeyId');
  });

  test('is an output, for subscribers other than by mail', () => {
    expect(service.findOutputs('AlarmTopic')).toMatchObject({
      AlarmTopic: { Value: { Ref: expect.stringMatching(/^Alarms/) } },
    });
  });

  test('mails to no one by default', () => {
    expect(ofType(resources, 'AWS::SNS::Subscription')).toEqual({});
    const { resources: mailing } = synthesized({ alarmEmail: 'porting@example.com' });
    const subscriptions = Object.values(ofType(mailing, 'AWS::SNS::Subscription')).map(({ Properties }) => Properties);
    expect(subscriptions).toEqual([{ Protocol: 'email', Endpoint: 'porting@example.com', TopicArn: '<Alarms>' }]);
  });
});

function sourceOf(reading: CodeReading | AwsReading): Omit<DeployedMetric, 'MetricName'> {
  if ('function' in reading) {
    const Value = `<${constructId(reading.function)}>`;
    return { Namespace: 'AWS/Lambda', Dimensions: [{ Name: 'FunctionName', Value }] };
  }
  if ('queue' in reading) {
    const Value = `<${constructId(reading.queue)}.QueueName>`;
    return { Namespace: 'AWS/SQS', Dimensions: [{ Name: 'QueueName', Value }] };
  }
  if ('table' in reading) {
    const Dimensions = [
      { Name: 'Operation', Value: reading.operation },
      { Name: 'TableName', Value: `<${constructId(reading.table)}>` },
    ];
    return { Namespace: 'AWS/DynamoDB', Dimensions };
  }
  return { Namespace: METRIC_NAMESPACE, Dimensions: [{ Name: 'Ledger', Value: 'PortInLedger' }] };
}
