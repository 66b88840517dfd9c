import { Duration, Validations } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { FailureQueues } from './parts.ts';

/** Adds the queues, so that no requested work disappears unnoticed. */
export function addFailureQueues(scope: Construct): FailureQueues {
  return { deadLetters: addQueue(scope, 'DeadLetters'), failedBatches: addQueue(scope, 'FailedBatches') };
}

/** It keeps what failed for 14 days, the longest that SQS allows. */
function addQueue(scope: Construct, id: string): sqs.Queue {
  const queue = new sqs.Queue(scope, id, {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'It is the dead-letter queue itself.' });
  return queue;
}
