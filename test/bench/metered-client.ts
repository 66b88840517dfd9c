import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Request units of DynamoDB, and the requests that took them. */
export interface Units {
  requests: number;
  read: number;
  write: number;
  /** Of `read` and `write`: what each index took. */
  indexes: Record<string, number>;
}

const READS = /^(Get|BatchGet|Query)/;

/**
 * Makes a client ask for the capacity that each request consumed, and adds it up. A conditional write that is refused costs as much as
 * one that is not, but its answer does not say so: it counts as a request only.
 *
 * @returns takes what has been added up, and begins anew
 */
export function meter(client: DynamoDBClient): () => Units {
  let units = none();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      units.requests += 1;
      const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' } });
      const kind = READS.test(context.commandName ?? '') ? 'read' : 'write';
      const { ConsumedCapacity = [] } = answer.output as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] };
      for (const { CapacityUnits = 0, GlobalSecondaryIndexes = {} } of [ConsumedCapacity].flat()) {
        units[kind] += CapacityUnits;
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

function none(): Units {
  return { requests: 0, read: 0, write: 0, indexes: {} };
}
