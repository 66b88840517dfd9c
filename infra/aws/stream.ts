import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type Stream, streams, tables } from '../service.ts';
import { constructId } from './names.ts';
import type { Data, Functions } from './parts.ts';

/** Connects the tables' streams to their functions. Batches that were given up go to the queue. */
export function addStreams(scope: Construct, functions: Functions, data: Data, failedBatches: sqs.IQueue): void {
  for (const stream of streams) addStream(scope, stream, functions[stream.function], data, failedBatches);
}

/** The permissions that Lambda requires of a function's role before it accepts a stream. */
const streamActions = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
  (action) => `dynamodb:${action}`,
);

function addStream(
  scope: Construct,
  { table, function: name, ofKind, whenRowHas, batchSize, gatherSeconds, retries, forgottenAfterSeconds }: Stream,
  target: lambda.Function,
  data: Data,
  failedBatches: sqs.IQueue,
): void {
  const streamArn = data.tables[table].tableStreamArn;
  if (!streamArn) throw new Error(`${name} is fed by the table ${table}, which has no stream: it must be "streamed"`);
  const allow = (actions: string[], resource: string) =>
    target.addToRolePolicy(new iam.PolicyStatement({ actions, resources: [resource] }));
  // Not CDK's event source: its grants also allow listing the streams of every table and reading the queue's
  // attributes.
  allow(streamActions, streamArn);
  const isForgotten = forgottenAfterSeconds !== undefined;
  if (!isForgotten) allow(['sqs:SendMessage'], failedBatches.queueArn);
  new lambda.EventSourceMapping(scope, `${constructId(table)}To${constructId(name)}`, {
    target,
    eventSourceArn: streamArn,
    // LATEST takes minutes to begin, and would skip what was written before then or while the service was not deployed.
    // TRIM_HORIZON brings published events once more; their rows show that they are published.
    startingPosition: lambda.StartingPosition.TRIM_HORIZON,
    filters: [
      lambda.FilterCriteria.filter({
        dynamodb: {
          ...(ofKind && { Keys: { [tables[table].partitionKey]: { S: lambda.FilterRule.isEqual(ofKind) } } }),
          NewImage: { [whenRowHas]: { S: lambda.FilterRule.exists() } },
        },
      }),
    ],
    batchSize,
    maxBatchingWindow: Duration.seconds(gatherSeconds),
    retryAttempts: retries,
    // One batch of a shard at a time: more would only compete for the same orders, or for a worker's lease.
    parallelizationFactor: 1,
    ...(isForgotten
      ? { maxRecordAge: Duration.seconds(forgottenAfterSeconds) }
      : {
          // Records have no age limit but the stream's own 24 hours: with a shorter one, older records that
          // TRIM_HORIZON brings would count as failures.
          reportBatchItemFailures: true,
          bisectBatchOnError: true,
          onFailure: { bind: () => ({ destination: failedBatches.queueArn }) },
        }),
  });
}
