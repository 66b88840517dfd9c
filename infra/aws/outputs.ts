import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { secrets } from '../service.ts';
import { constructId } from './names.ts';
import type { Data, Service } from './parts.ts';

/** Adds what people need of the data, each under exactly its name. docs/deploy.md lists all outputs. */
export function addDataOutputs(stack: Stack, { secrets: made, bus }: Pick<Data, 'secrets' | 'bus'>): void {
  for (const [name, { holds }] of Object.entries(secrets)) {
    const secret = made[name as keyof typeof secrets];
    if (secret) output(stack, `${constructId(name)}Secret`, secret.secretArn, holds);
  }
  output(stack, 'BusName', bus.eventBusName, 'The event bus: rules on it get every port-in event');
  output(stack, 'BusArn', bus.eventBusArn, 'Its ARN, for policies and rules in other accounts');
}

/** Adds what people need of the service. */
export function addServiceOutputs(stack: Stack, service: Service): void {
  const { queues, topics, functions, apiUrl, webhookUrl } = service;
  output(stack, 'DeadLettersUrl', queues.deadLetters.queueUrl, 'Scheduled runs and notices that failed for good');
  output(stack, 'FailedBatchesUrl', queues.failedBatches.queueUrl, 'Batches of the stream that failed for good');
  output(stack, 'AlarmTopic', topics.alarms.topicArn, 'What cannot wait goes here: subscribe to it to be notified');
  if (topics.notices) {
    const use = 'Notices to porting teams go here: subscribe to it to get them';
    output(stack, 'NoticeTopic', topics.notices.topicArn, use);
  }
  output(stack, 'WebhookUrl', webhookUrl, 'Register this URL at Telnyx');
  output(stack, 'ApiUrl', apiUrl, 'The API; a Telnyx SDK takes it with /v2 as its base URL');
  output(stack, 'SyncFunction', functions['sync-events'].functionName, 'Invoke it to read the last days again');
}

function output(stack: Stack, name: string, value: string, description: string): void {
  new CfnOutput(stack, name, { value, description });
}
