import { describe, expect, test } from 'vitest';
import { constructId } from '../../infra/aws/names.ts';
import { schedules, streams, type Table, tables } from '../../infra/service.ts';
import { named, ofType, synthesized } from './synthesized.ts';

const { resources } = synthesized();
const idOf = ({ table, function: name }: (typeof streams)[number]) => `${constructId(table)}To${constructId(name)}`;

test('exactly the streams that are described', () => {
  expect(Object.keys(ofType(resources, 'AWS::Lambda::EventSourceMapping'))).toEqual(streams.map(idOf));
});

test('every table that is streamed feeds a function', () => {
  const streamed = Object.entries<Table>(tables).filter(([, table]) => table.streamed);
  expect(streamed.map(([name]) => name)).toEqual([...new Set(streams.map(({ table }) => table))]);
});

describe.each(streams)('the stream of $table for $function', (stream) => {
  const { Properties } = named(resources, idOf(stream));

  test('feeds its function', () => {
    expect(Properties).toMatchObject({
      EventSourceArn: `<${constructId(stream.table)}.StreamArn>`,
      FunctionName: `<${constructId(stream.function)}>`,
    });
  });

  test('begins with rows that were written before the function existed', () => {
    expect(Properties.StartingPosition).toBe('TRIM_HORIZON');
  });

  test('gathers as described, one batch of a shard at a time', () => {
    expect(Properties).toMatchObject({
      BatchSize: stream.batchSize,
      MaximumBatchingWindowInSeconds: stream.gatherSeconds,
      ParallelizationFactor: 1,
    });
  });

  test('passes on only rows that call for its work', () => {
    const { Filters } = Properties.FilterCriteria as { Filters: { Pattern: string }[] };
    expect(Filters.map(({ Pattern }) => JSON.parse(Pattern))).toEqual([
      {
        dynamodb: {
          ...(stream.ofKind && { Keys: { kind: { S: [stream.ofKind] } } }),
          NewImage: { [stream.whenRowHas]: { S: [{ exists: true }] } },
        },
      },
    ]);
  });

  test('does not begin before its function may read it', () => {
    const id = constructId(stream.function);
    expect(named(resources, id).DependsOn).toContainEqual(expect.stringMatching(`^${id}RoleDefaultPolicy`));
  });
});

describe('the stream of events', () => {
  const { Properties } = named(resources, 'EventsToPublishEvents');

  test('repeats only what failed, in halves, a limited number of times, and then keeps a record of it', () => {
    expect(Properties).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 5,
      DestinationConfig: { OnFailure: { Destination: '<FailedBatches.Arn>' } },
    });
    // Older records that TRIM_HORIZON brings must not count as failures.
    expect(Properties).not.toHaveProperty('MaximumRecordAgeInSeconds');
  });

  // The pattern asks for a text. Key attributes of indexes are texts; no other attribute is certain to be one.
  test('asks for an attribute that is certain to be a text', () => {
    const keys = Object.values(tables.events.indexes).map(({ partitionKey }) => partitionKey);
    expect(keys).toContain('unpublished');
  });
});

const wakeUps = streams.filter(({ forgottenAfterSeconds }) => forgottenAfterSeconds);

test('the streams that only wake a function are those of control', () => {
  expect(wakeUps).toEqual(streams.filter(({ table }) => table === 'control'));
  expect(wakeUps.map(({ function: name }) => name)).toEqual(['run-jobs', 'sync-events']);
});

describe.each(wakeUps)('a wake-up of $function', (stream) => {
  const { Properties } = named(resources, idOf(stream));

  test('that fails blocks the stream no longer than until the schedule calls the function, and leaves nothing', () => {
    const every = schedules.flatMap(({ function: name, runs }) =>
      name === stream.function && runs && 'everyMinutes' in runs ? runs.everyMinutes * 60 : [],
    );
    expect(every).toEqual([stream.forgottenAfterSeconds]);
    expect(Properties).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumRecordAgeInSeconds: stream.forgottenAfterSeconds,
    });
    expect(Properties).not.toHaveProperty('DestinationConfig');
  });

  // The answer of a worker names no items.
  test('succeeds or fails as a whole', () => {
    expect(Properties).not.toHaveProperty('FunctionResponseTypes');
    expect(Properties).not.toHaveProperty('BisectBatchOnFunctionError');
  });
});
