import { describe } from 'vitest';
import { busy, giving, onWrites, testBreakages } from './breakages.ts';
import { assignedTo, type Input } from './dynamodb.ts';

describe('the oracle notices', () => {
  testBreakages([
    [
      'a page that loses an event',
      'I1',
      {
        api: (api) => ({
          ...api,
          async list(...given) {
            const page = await api.list(...given);
            return { ...page, records: page.records.slice(1), totalResults: Math.max(0, page.totalResults - 1) };
          },
        }),
      },
    ],
    ['a row that no webhook or list brought', 'I2', onWrites('events', (input) => elsewhere(input))],
    ['a write that marks nothing for publication', 'I4', onWrites('events', (input) => unmarked(input))],
    ['a bus that accepts events and drops them', 'I4', { bus: () => ({ put: async () => new Map() }) }],
    [
      'content that changes under one revision',
      'I5',
      {
        bus: (bus) => ({
          async put(busEvents) {
            await bus.put(
              busEvents.map(({ type, detail }) => ({ type, detail: { ...detail, event: { id: 'other' } } })),
            );
            return bus.put(busEvents);
          },
        }),
      },
    ],
    [
      'a 200 for an event that was not stored',
      'I6',
      {
        answer: (answer) => answer && { ...answer, status: 200 },
        plan: (plan) => ({ ...busy(plan), dynamoDb: { ...plan.dynamoDb, refused: 0.9 } }),
      },
    ],
    [
      'two writers of an order that ignore each other',
      'I7',
      { ...onWrites('orders', unconditional), plan: (plan) => ({ ...busy(plan), equalInstants: 0.9, stalls: 0.5 }) },
    ],
    [
      'a function that writes to a table which it may only read',
      'grants',
      onWrites('events', (input, { name }) =>
        name.startsWith('receive-webhook')
          ? { ...input, TableName: (input.TableName ?? '').replace('events', 'orders') }
          : input,
      ),
    ],
    ['a cursor that runs ahead', 'I8', onWrites('control', (input) => ahead(input))],
    [
      'calls that come too fast',
      'I9',
      {
        api: (api) => ({
          ...api,
          async list(...given) {
            const pages = await Promise.all(Array.from({ length: 3 }, () => api.list(...given)));
            return pages[0] as (typeof pages)[0];
          },
        }),
      },
    ],
    [
      'a key in the log',
      'I10',
      {
        api: (api) => ({
          ...api,
          async list(...given) {
            process.stdout.write('{"key":"KEY0192A5C6F1simulatedSECRET"}\n');
            return api.list(...given);
          },
        }),
      },
    ],
    ['a record that keeps its first version', 'record', onWrites('events', (input) => neverNewer(input))],
    ['a webhook that is awaited without end', 'missed', { grace: 1e12 }],
  ]);
});

const DAY = 24 * 3_600_000;

function unconditional({ ConditionExpression: _, ...input }: Input): Input {
  return input;
}

function unmarked(input: Input): Input {
  const UpdateExpression = input.UpdateExpression?.replace(/(, )?#unpublished = :\w+, #unpublished_since = :\w+/, '');
  return { ...input, ...(UpdateExpression !== undefined && { UpdateExpression }) };
}

function neverNewer(input: Input): Input {
  const { ConditionExpression: condition } = input;
  if (condition === undefined) return input;
  const never = { ':never': { S: '' } };
  const ConditionExpression = condition.replace(/#record_version < :\w+/, '#record_version < :never');
  if (ConditionExpression === condition) return input;
  return { ...input, ConditionExpression, ExpressionAttributeValues: { ...input.ExpressionAttributeValues, ...never } };
}

/** Puts another event's row in the place of the row to be written. */
function elsewhere(input: Input): Input {
  // The body does not repeat the id of its row.
  if (!assignedTo(input, 'listing')) return input;
  return { ...input, Key: { id: { S: `${(input.Key?.id?.S ?? '').slice(0, -1)}f` } } };
}

function ahead(input: Input): Input {
  const through = assignedTo(input, 'complete_through');
  return through?.N ? giving(input, through, { N: String(Number(through.N) + DAY) }) : input;
}
