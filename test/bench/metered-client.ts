import { ConditionalCheckFailedException, type ConsumedCapacity, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { bytesOf } from './row-bytes.ts';

/** Request units of DynamoDB, and the number of requests that took them. */
export interface Units {
  requests: number;
  read: number;
  write: number;
  /** The parts of `read` and `write` that indexes took. */
  indexes: Record<string, number>;
}

const READS = /^(Get|BatchGet|Query)/;
const WRITE_UNIT = 1024;

interface Input {
  readonly ConsistentRead?: boolean;
  readonly ConditionExpression?: string;
}

/**
 * Makes a client ask for the consumed capacity of each request, and adds it up, with two costs that DynamoDB Local does
 * not report. A query that finds nothing costs as much as the smallest query. A refused conditional write costs one
 * unit for each begun kilobyte of the row.
 *
 * @returns a function that returns the sum and starts again at zero
 */
export function meter(client: DynamoDBClient): () => Units {
  let units = none();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      units.requests += 1;
      const input = args.input as Input;
      const isRead = READS.test(context.commandName ?? '');
      const asked = {
        ...input,
        ReturnConsumedCapacity: 'INDEXES',
        ...(input.ConditionExpression && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      };
      const answer = await next({ ...args, input: asked }).catch((error: unknown) => {
        if (error instanceof ConditionalCheckFailedException) units.write += refused(error);
        throw error;
      });
      const { ConsumedCapacity = [] } = answer.output as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] };
      for (const { CapacityUnits = 0, GlobalSecondaryIndexes = {} } of [ConsumedCapacity].flat()) {
        if (isRead) units.read += CapacityUnits || (input.ConsistentRead ? 1 : 0.5);
        else units.write += CapacityUnits;
        for (const [name, index] of Object.entries(GlobalSecondaryIndexes)) {
          units.indexes[name] = (units.indexes[name] ?? 0) + (index.CapacityUnits ?? 0);
        }
      }
      return answer;
    },
    { step: 'initialize' },
  );
  return function taken() {
    const sum = units;
    units = none();
    return sum;
  };
}

function refused({ Item }: ConditionalCheckFailedException): number {
  return Math.max(1, Math.ceil(bytesOf(Item ?? {}) / WRITE_UNIT));
}

function none(): Units {
  return { requests: 0, read: 0, write: 0, indexes: {} };
}
