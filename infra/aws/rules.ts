import { Duration } from 'aws-cdk-lib';
import { Rule as BusRule, type EventBus } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type FunctionName, notifying, rules } from '../service.ts';
import { constructId } from './names.ts';
import type { Functions } from './parts.ts';
import type { Settings } from './settings.ts';

/** False for a function that has nothing to do: notices without a channel would only cost invocations. */
export function isInvoked(name: FunctionName, { noticeEmail, chatNotices }: Settings): boolean {
  return name !== notifying || noticeEmail !== undefined || chatNotices === 'on';
}

/**
 * Adds the rules that bring the bus's events to functions of the service. What could not be handed over goes to the
 * queue; when the function fails, Lambda's own queue keeps the event (schedules.ts).
 */
export function addRules(
  scope: Construct,
  functions: Functions,
  bus: EventBus,
  deadLetters: sqs.Queue,
  settings: Settings,
): void {
  for (const { name, function: target, types, orderStatus } of rules.filter((rule) =>
    isInvoked(rule.function, settings),
  )) {
    new BusRule(scope, `${constructId(name)}Rule`, {
      description: `port-in-ledger: ${name} for ${target}`,
      eventBus: bus,
      eventPattern: {
        detailType: [...types],
        ...(orderStatus !== undefined && { detail: { order: { status: { value: [orderStatus] } } } }),
      },
      targets: [
        new LambdaFunction(functions[target], {
          deadLetterQueue: deadLetters,
          maxEventAge: Duration.hours(4),
          retryAttempts: 10,
        }),
      ],
    });
  }
}
