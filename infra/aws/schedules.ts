import { Duration, Stack, TimeZone } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type Schedule as Described, schedules as described } from '../service.ts';
import { constructId } from './names.ts';
import type { Functions } from './parts.ts';
import { isInvoked } from './rules.ts';
import type { Settings } from './settings.ts';

/** Adds the schedules. What could not be run goes to the queue. */
export function addSchedules(
  scope: Construct,
  functions: Functions,
  deadLetters: sqs.IQueue,
  settings: Settings,
): void {
  const schedules = described.filter(({ runs, function: target }) => runs && isInvoked(target, settings));
  const scheduled = [...new Set(schedules.map((schedule) => functions[schedule.function]))];
  const role = addSchedulerRole(scope, scheduled, deadLetters);
  for (const schedule of schedules) addSchedule(scope, schedule, functions, role, deadLetters, settings);
  // Scheduler only hands over the event. When the function fails, Lambda's own queue keeps it.
  for (const target of scheduled) keepFailedRuns(target, deadLetters);
}

function addSchedule(
  scope: Construct,
  { name, function: target, runs, input }: Described,
  functions: Functions,
  role: iam.IRole,
  deadLetters: sqs.IQueue,
  settings: Settings,
): void {
  if (!runs) return;
  new Schedule(scope, `${constructId(name)}Schedule`, {
    description: `port-in-ledger: ${target} (${name})`,
    schedule: expressionOf(runs, settings),
    target: new LambdaInvoke(functions[target], {
      input: ScheduleTargetInput.fromObject(input),
      role,
      deadLetterQueue: deadLetters,
      retryAttempts: 10,
      // The next run of an interval does the same work, so a late run has no value.
      maxEventAge: 'everyMinutes' in runs ? Duration.minutes(runs.everyMinutes) : Duration.hours(4),
    }),
  });
}

function expressionOf(
  runs: NonNullable<Described['runs']>,
  { digestAt, timezone }: Pick<Settings, 'digestAt' | 'timezone'>,
): ScheduleExpression {
  if ('everyMinutes' in runs) return ScheduleExpression.rate(Duration.minutes(runs.everyMinutes));
  const isOnWorkdays = 'workdaysAt' in runs;
  const time = isOnWorkdays ? digestAt : runs.dailyAt;
  const [hour, minute] = time.split(':').map((part) => String(Number(part)));
  if (!hour || !minute) throw new Error(`a schedule's time of day is HH:MM, not ${time}`);
  if (!isOnWorkdays) return ScheduleExpression.cron({ hour, minute, timeZone: TimeZone.ETC_UTC });
  return ScheduleExpression.cron({ hour, minute, weekDay: 'MON-FRI', timeZone: TimeZone.of(timezone) });
}

// A role of our own: the target's default role may also invoke every version and alias (`function:*`).
function addSchedulerRole(scope: Construct, targets: readonly lambda.Function[], deadLetters: sqs.IQueue): iam.IRole {
  const stack = Stack.of(scope);
  const group = stack.formatArn({
    service: 'scheduler',
    resource: 'schedule-group',
    resourceName: 'default',
  });
  const role = new iam.Role(scope, 'SchedulerRole', {
    assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group } },
    }),
    description: 'Invokes what the schedules name, and nothing else',
    inlinePolicies: {
      InvokeScheduled: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            actions: ['lambda:InvokeFunction'],
            resources: targets.map((target) => target.functionArn),
          }),
          new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
        ],
      }),
    },
  });
  return role.withoutPolicyUpdates();
}

function keepFailedRuns(target: lambda.Function, deadLetters: sqs.IQueue): void {
  target.addToRolePolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }));
  target.configureAsyncInvoke({
    retryAttempts: 2,
    maxEventAge: Duration.hours(1),
    onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
  });
}
