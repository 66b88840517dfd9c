import { describe, expect, test } from 'vitest';
import { constructId } from '../../infra/aws/names.ts';
import { streams, type Table, tables } from '../../infra/service.ts';
import { named, ofType, synthesized } from './synthesized.ts';

const { resources } = synthesized();
const idOf = ({ table, function: name }: (typeof streams)[number]) => `${constructId(table)}To${constructId(name)}`;

test('exactly the streams that are described', () => {
  expect(Object.keys(ofType(resources, 'AWS::Lambda::EventSourceMapping'))).toEqual(streams.map(idOf));
});

test('every table that is streamed feeds a function', () => {
  const streamed = Object.entries<Table>(tables).filter(([, table]) => table.streamed);
  expect(streamed.map(([name]) => name)).toEqual(streams.map(({ table }) => table));
});

describe.each(streams)('the stream of $table', (stream) => {
  const { Properties } = named(resources, idOf(stream));

  test('feeds its function', () => {
    expect(Properties).toMatchObject({
      EventSourceArn: `<${constructId(stream.table)}.StreamArn>`,
      FunctionName: `<${constructId(stream.function)}>`,
    });
  });

  test('begins with rows that were written before the function existed', () => {
    expect(Properties.StartingPosition).toBe('TRIM_HORIZON');
    // Older records that TRIM_HORIZON brings must not count as failures.
    expect(Properties).not.toHaveProperty('MaximumRecordAgeInSeconds');
  });

  test('gathers as described, one batch of a shard at a time', () => {
    expect(Properties).toMatchObject({
      BatchSize: stream.batchSize,
      MaximumBatchingWindowInSeconds: stream.gatherSeconds,
      ParallelizationFactor: 1,
    });
  });

  test('repeats only what failed, in halves, a limited number of times, and then keeps a record of it', () => {
    expect(Properties).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: stream.retries,
      DestinationConfig: { OnFailure: { Destination: '<FailedBatches.Arn>' } },
    });
  });

  test('passes on only rows that have something to publish', () => {
    const { Filters } = Properties.FilterCriteria as { Filters: { Pattern: string }[] };
    expect(Filters.map(({ Pattern }) => JSON.parse(Pattern))).toEqual([
      { dynamodb: { NewImage: { [stream.whenRowHas]: { S: [{ exists: true }] } } } },
    ]);
    // The pattern asks for a text. Key attributes of indexes are texts; no other attribute is certain to be one.
    const keys = Object.values(tables[stream.table].indexes).map(({ partitionKey }) => partitionKey);
    expect(keys).toContain(stream.whenRowHas);
  });
});

test('does not begin before its function may read it', () => {
  const { DependsOn } = named(resources, 'PublishEvents');
  expect(DependsOn).toContainEqual(expect.stringMatching(/^PublishEventsRoleDefaultPolicy/));
});
