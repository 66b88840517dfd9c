import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FINDINGS } from '../../functions/health/findings.ts';
import { type Alarm, alarms } from '../../infra/aws/alarm-table.ts';
import { constructId } from '../../infra/aws/names.ts';
import { repository } from './bundled.ts';
import { type DeployedMetric, queriesOf, readBy } from './cloudwatch.ts';
import { named, ofType, synthesized } from './synthesized.ts';

const RUNBOOK = 'https://wiki.example.com/ledger?page=5';
const { resources, service } = synthesized({ runbookUrl: RUNBOOK });
const propertiesOf = ({ name }: Alarm) => named(resources, `${constructId(name)}Alarm`).Properties;

/** The text under each heading of the runbook, up to the next heading. */
const runbook = new Map(
  readFileSync(join(repository, 'docs/operations.md'), 'utf8')
    .split(/^#+ /m)
    .map((section) => {
      const [, name = '', text = ''] = /^(.*?)\n(.*)$/s.exec(section) ?? [];
      return [name, text] as const;
    }),
);
/** What it means; what to check; what to do; whether it can wait. */
const ENTRY = /^\n[A-Z][^\n]+\n.*\n- Check: [^\n]+\n.*- Do: [^\n]+\n.*- Can it wait\? [^\n]+\n/s;

describe('the runbook', () => {
  const entries = [...runbook.keys()].filter((name) => /^Alarm: |^[a-z_]+$/.test(name));
  const expected = [...Object.keys(FINDINGS), ...alarms.map(({ name }) => `Alarm: ${name}`)];

  // GitHub makes `#sync_stopped` and `#alarm-silence` from these headings.
  test('has an entry for each finding and each alarm, in order, and no other', () => {
    expect(entries).toEqual(expected);
  });

  test.each(expected)('%s: what it means, how to check, what to do, and whether it can wait', (name) => {
    expect(runbook.get(name)).toMatch(ENTRY);
  });
});

test('exactly the alarms of the table: at most four, on six metrics', () => {
  const deployed = ofType(resources, 'AWS::CloudWatch::Alarm');
  expect(Object.keys(deployed)).toEqual(alarms.map(({ name }) => `${constructId(name)}Alarm`));
  expect(alarms.length).toBeLessThanOrEqual(4);
  const read = Object.values(deployed).flatMap(({ Properties }) => readBy(Properties));
  expect(read.length).toBeLessThanOrEqual(6);
});

test('where webhooks come through the API, the errors of webhooks are those of the API', () => {
  const { resources: through } = synthesized({ webhookThrough: 'api' });
  const { Properties } = named(through, 'WebhookErrorsAlarm');
  expect(readBy(Properties).map(({ MetricName, Dimensions }) => [MetricName, Dimensions])).toEqual([
    ['5xx', [{ Name: 'ApiId', Value: '<Api>' }]],
    ['Throttles', [{ Name: 'FunctionName', Value: '<ReceiveWebhook>' }]],
  ]);
});

test('there is no dashboard', () => {
  expect(ofType(resources, 'AWS::CloudWatch::Dashboard')).toEqual({});
});

describe.each(alarms)('alarm $name', (alarm) => {
  const properties = propertiesOf(alarm);

  test('is named after its ledger, and its text says what it means and links to the runbook', () => {
    expect(properties.AlarmName).toBe(`PortInLedger-${alarm.name}`);
    expect(properties.AlarmDescription).toBe(`${alarm.why} What to do: ${RUNBOOK}#alarm-${alarm.name}`);
    expect(String(properties.AlarmDescription).length).toBeLessThanOrEqual(1024);
  });

  test('notifies the topic when it rises and when it ends', () => {
    expect(properties).toMatchObject({ AlarmActions: ['<Alarms>'], OKActions: ['<Alarms>'] });
  });

  test('reads exactly what the table says', () => {
    const read = queriesOf(properties).flatMap(({ MetricStat }) => (MetricStat ? [MetricStat] : []));
    expect(read).toEqual(
      Object.values(alarm.reads).map((reading) => ({
        Metric: { MetricName: reading.metric, ...sourceOf(reading) },
        Period: alarm.minutes * 60,
        Stat: reading.statistic,
      })),
    );
  });

  // Where nothing was counted there is no value, and CloudWatch would go on with older values.
  test('adds up several metrics, and counts 0 where nothing was counted', () => {
    const queries = queriesOf(properties);
    const formulas = queries.flatMap(({ Expression }) => Expression ?? []);
    const isOne = Object.keys(alarm.reads).length === 1;
    expect(formulas).toEqual(isOne ? [] : ['SUM(FILL(METRICS(), 0))']);
    expect(queries.filter(({ ReturnData }) => ReturnData)).toHaveLength(1);
    for (const { Id } of queries) expect(Id).toMatch(/^[a-z]\w*$/);
  });
});

describe('the limits that were asked for', () => {
  const limit = (of: number, breaching: 'breaching' | 'notBreaching') => ({
    EvaluationPeriods: of,
    DatapointsToAlarm: of,
    TreatMissingData: breaching,
  });
  const above = (Threshold: number) => ({ ComparisonOperator: 'GreaterThanThreshold', Threshold });
  const below = (Threshold: number) => ({ ComparisonOperator: 'LessThanThreshold', Threshold });

  test.each([
    ['silence', 5, { ...below(1), ...limit(3, 'breaching') }],
    ['webhook-errors', 15, { ...above(2), ...limit(1, 'notBreaching') }],
    ['api-errors', 15, { ...above(5), ...limit(1, 'notBreaching') }],
    ['dead-letters', 5, { ...above(0), ...limit(1, 'notBreaching') }],
  ])('%s, in periods of %i minutes', (name, minutes, expected) => {
    const alarm = alarms.find((one) => one.name === name) ?? expect.fail(name);
    expect(propertiesOf(alarm)).toMatchObject(expected);
    const periods = queriesOf(propertiesOf(alarm)).flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
    expect(new Set(periods)).toEqual(new Set([minutes * 60]));
  });
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
    const subscriptionsIn = (all: typeof resources) =>
      Object.values(ofType(all, 'AWS::SNS::Subscription'))
        .map(({ Properties }) => Properties)
        .filter(({ TopicArn }) => TopicArn === '<Alarms>');
    expect(subscriptionsIn(resources)).toEqual([]);
    const { resources: mailing } = synthesized({ alarmEmail: 'porting@example.com' });
    expect(subscriptionsIn(mailing)).toEqual([
      { Protocol: 'email', Endpoint: 'porting@example.com', TopicArn: '<Alarms>' },
    ]);
  });
});

function sourceOf(reading: Alarm['reads'][string]): Omit<DeployedMetric, 'MetricName'> {
  const by = (Namespace: string, Name: string, Value: string) => ({ Namespace, Dimensions: [{ Name, Value }] });
  if ('function' in reading) return by('AWS/Lambda', 'FunctionName', `<${constructId(reading.function)}>`);
  if ('queue' in reading) return by('AWS/SQS', 'QueueName', `<${constructId(reading.queue)}.QueueName>`);
  if ('api' in reading) return by('AWS/ApiGateway', 'ApiId', '<Api>');
  return by('PortInLedger', 'Ledger', 'PortInLedger');
}
