import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetters } from '../ledger/status/dead-letters.ts';

/** The URLs of the two queues of failed work. */
export interface FailureQueues {
  readonly scheduledRuns: string;
  readonly streamBatches: string;
}

/** Messages that wait, and those that someone has just received and not deleted. */
const COUNTS = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;

/** Counts what lies in the queues. 2 requests to SQS. */
export function deadLetterCounter({ scheduledRuns, streamBatches }: FailureQueues): () => Promise<DeadLetters> {
  const client = new SQSClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });

  async function count(QueueUrl: string): Promise<number> {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNTS] }),
    );
    return COUNTS.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  }

  return async () => {
    const [scheduled_runs, stream_batches] = await Promise.all([count(scheduledRuns), count(streamBatches)]);
    return { scheduled_runs, stream_batches };
  };
}
