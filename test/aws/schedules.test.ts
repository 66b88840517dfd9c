import { describe, expect, test } from 'vitest';
import { constructId } from '../../infra/aws/names.ts';
import { schedules } from '../../infra/service.ts';
import { named, ofType, synthesized } from './synthesized.ts';

const { resources } = synthesized();
const onAws = schedules.filter(({ runs }) => runs);

test('exactly the schedules that are described, without those of a laptop', () => {
  const found = Object.keys(ofType(resources, 'AWS::Scheduler::Schedule'));
  expect(found).toEqual(onAws.map(({ name }) => `${constructId(name)}Schedule`));
});

describe.each(onAws)('schedule $name', ({ name, function: target, input }) => {
  const { Properties } = named(resources, `${constructId(name)}Schedule`);
  const deployed = Properties.Target as { Input: string } & Record<string, unknown>;

  test('hands its function the whole event that is described', () => {
    expect(deployed.Arn).toBe(`<${constructId(target)}.Arn>`);
    expect(JSON.parse(deployed.Input)).toEqual(input);
  });

  test('tries again for a limited time, then keeps the event', () => {
    expect(deployed).toMatchObject({
      RoleArn: '<SchedulerRole.Arn>',
      DeadLetterConfig: { Arn: '<DeadLetters.Arn>' },
      RetryPolicy: { MaximumRetryAttempts: 10 },
    });
  });

  test('is on, and starts on time', () => {
    expect(Properties).toMatchObject({ State: 'ENABLED', FlexibleTimeWindow: { Mode: 'OFF' } });
  });
});

test.each([
  ['sync', 'rate(5 minutes)', 300],
  ['sweep', 'rate(5 minutes)', 300],
  ['jobs', 'rate(5 minutes)', 300],
  ['watch', 'rate(5 minutes)', 300],
])('%s runs at %s, and a late start is given up when the next is due', (name, rate, age) => {
  expect(named(resources, `${constructId(name)}Schedule`).Properties).toMatchObject({
    ScheduleExpression: rate,
    Target: { RetryPolicy: { MaximumEventAgeInSeconds: age } },
  });
});

test('nightly runs at 03:17 UTC over 7 days', () => {
  expect(named(resources, 'NightlySchedule').Properties).toMatchObject({
    ScheduleExpression: 'cron(17 3 * * ? *)',
    ScheduleExpressionTimezone: 'Etc/UTC',
    Target: { Input: '{"days":7}', RetryPolicy: { MaximumEventAgeInSeconds: 4 * 3600 } },
  });
});

test('the day is closed at 04:47 UTC, after the nightly run', () => {
  expect(named(resources, 'CloseDaySchedule').Properties).toMatchObject({
    ScheduleExpression: 'cron(47 4 * * ? *)',
    ScheduleExpressionTimezone: 'Etc/UTC',
    Target: { Input: '{"closeDay":true}' },
  });
});

test('the digest runs on working mornings, at a time and in a zone that are settings', () => {
  const morning = (context: Record<string, unknown>) =>
    named(synthesized(context).resources, 'DigestSchedule').Properties;
  expect(morning({})).toMatchObject({
    ScheduleExpression: 'cron(0 8 ? * MON-FRI *)',
    ScheduleExpressionTimezone: 'UTC',
  });
  expect(morning({ digestAt: '07:30', timezone: 'europe/berlin' })).toMatchObject({
    ScheduleExpression: 'cron(30 7 ? * MON-FRI *)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
  });
});

test('a scheduled function that fails is tried twice more, then its event is kept', () => {
  const configs = Object.values(ofType(resources, 'AWS::Lambda::EventInvokeConfig')).map(
    ({ Properties }) => Properties,
  );
  const scheduled = new Set(onAws.map((schedule) => `<${constructId(schedule.function)}>`));
  expect(new Set(configs.map(({ FunctionName }) => FunctionName))).toEqual(scheduled);
  for (const config of configs) {
    expect(config).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 3600,
      DestinationConfig: { OnFailure: { Destination: '<DeadLetters.Arn>' } },
    });
  }
});

test.each([
  'DeadLetters',
  'FailedBatches',
])('the queue %s is encrypted, kept for 14 days and moved over TLS only', (id) => {
  expect(named(resources, id).Properties).toMatchObject({
    SqsManagedSseEnabled: true,
    MessageRetentionPeriod: 14 * 86_400,
  });
  expect(named(resources, `${id}Policy`).Properties).toMatchObject({
    Queues: [`<${id}>`],
    PolicyDocument: {
      Statement: expect.arrayContaining([
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]),
    },
  });
});
