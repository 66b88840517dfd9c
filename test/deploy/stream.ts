import { setTimeout as sleep } from 'node:timers/promises';
import { type FunctionName, type Stream, streams, tables } from '../../infra/service.ts';
import type { Aws } from './aws.ts';
import type { Ledger } from './ledger.ts';
import { PATIENCE } from './patience.ts';
import { isEvent, type Subscriptions, shownWhen } from './published.ts';
import { type Rehearsal, show } from './rehearsal.ts';
import { equal, holds } from './report.ts';
import { payloadOf } from './schedules.ts';
import type { Tokens } from './secrets.ts';
import { anotherWebhook, signed } from './telnyx.ts';

/** The stream as Lambda has it. */
interface Mapping {
  readonly UUID: string;
  readonly State: string;
  readonly EventSourceArn: string;
  readonly [name: string]: unknown;
}

const mappings = '/2015-03-31/event-source-mappings';
/** The emulator's poller may still be at work on what it has read. It looks once a second. */
const POLLED_WITHIN = 1_500;

/** The streams' ways to their functions, as service.ts describes them. */
export async function checkMappings(rehearsal: Rehearsal, ledger: Ledger): Promise<void> {
  for (const stream of streams) await checkMapping(stream, rehearsal, ledger);
}

async function checkMapping(stream: Stream, { aws }: Rehearsal, ledger: Ledger): Promise<void> {
  const { ofKind, whenRowHas, batchSize, gatherSeconds, retries, forgottenAfterSeconds } = stream;
  const { State, EventSourceArn, DestinationConfig, ...mapping } = await mappingOf(aws, ledger, stream.function);
  const pattern = {
    dynamodb: {
      ...(ofKind && { Keys: { [tables[stream.table].partitionKey]: { S: [ofKind] } } }),
      NewImage: { [whenRowHas]: { S: [{ exists: true }] } },
    },
  };
  equal(
    `the stream of ${stream.table} feeds ${stream.function} with the rows that call for work`,
    [State, EventSourceArn.split('/')[1], mapping.FilterCriteria],
    ['Enabled', ledger.tables[stream.table], { Filters: [{ Pattern: JSON.stringify(pattern) }] }],
  );
  if (forgottenAfterSeconds !== undefined) {
    equal(
      'at once, with few tries; what fails is left to the schedule',
      [mapping.BatchSize, mapping.MaximumRetryAttempts, mapping.MaximumRecordAgeInSeconds],
      [batchSize, retries, forgottenAfterSeconds],
    );
    return;
  }
  equal(
    'in batches, with tries, halves and single failures, and what fails for good goes to the queue of failed batches',
    [
      mapping.BatchSize,
      mapping.MaximumBatchingWindowInSeconds,
      mapping.MaximumRetryAttempts,
      mapping.BisectBatchOnFunctionError,
      mapping.FunctionResponseTypes,
      DestinationConfig,
    ],
    [
      batchSize,
      gatherSeconds,
      retries,
      true,
      ['ReportBatchItemFailures'],
      { OnFailure: { Destination: await queueArn(aws, ledger.failedBatchesUrl) } },
    ],
  );
}

/** The sweep publishes what the stream has left. */
export async function checkSweep(
  { aws, telnyx }: Rehearsal,
  ledger: Ledger,
  tokens: Tokens,
  { everything }: Subscriptions,
): Promise<void> {
  await change(aws, ledger, { Enabled: false });
  equal('the stream is off', (await mappingOf(aws, ledger)).State, 'Disabled');
  await sleep(POLLED_WITHIN);
  const missed = anotherWebhook(telnyx);
  equal('a webhook: 200', (await ledger.post(missed.body, signed(telnyx.keys, missed.body))).status, 200);
  const publishedAt = async () => (await show(ledger, tokens.read, missed.id)).event?.ledger.published_at;
  await sleep(POLLED_WITHIN);
  equal('it is not published', await publishedAt(), null);
  const young = await ledger.invoke('publish-events', await payloadOf(aws, 'sweep'));
  equal(
    'the scheduled sweep leaves it to the stream for 5 minutes',
    [young.functionError, young.result.left, await publishedAt()],
    [undefined, 0, null],
  );
  const swept = await ledger.invoke('publish-events', JSON.stringify({ sweep: { olderThanSeconds: 0 } }));
  equal(
    'a sweep that does not wait publishes it',
    [swept.functionError, swept.result.left, typeof (await publishedAt())],
    [undefined, 0, 'string'],
  );
  holds('it is on the queue', (await everything.first(isEvent(missed.id))) !== undefined, everything.events.length);

  await change(aws, ledger, { Enabled: true });
  const next = anotherWebhook(telnyx);
  await ledger.post(next.body, signed(telnyx.keys, next.body));
  const found = await everything.first(isEvent(next.id));
  holds('with the stream on again, the next one comes by it', found !== undefined, everything.events.length);
  const count = everything.events.filter(isEvent(missed.id)).length;
  equal('and the event that the sweep published is not published again', count, 1);
}

/** A batch that the function cannot process goes to a queue; the sweep publishes its events later. */
export async function checkFailedBatch(
  { aws, telnyx }: Rehearsal,
  ledger: Ledger,
  tokens: Tokens,
  { everything }: Subscriptions,
): Promise<void> {
  const { EventSourceArn: StreamArn, MaximumRecordAgeInSeconds = -1 } = await mappingOf(aws, ledger);
  const repair = await breakFunction(aws, ledger);
  // MiniStack counts no tries. It only has a maximum age, set here to less than AWS allows.
  await change(aws, ledger, { MaximumRecordAgeInSeconds: 1 });
  const poison = anotherWebhook(telnyx);
  await ledger.post(poison.body, signed(telnyx.keys, poison.body));
  const until = Date.now() + PATIENCE;
  let batch: { streamArn: string; shardId: string; startSequenceNumber: string; batchSize: number } | undefined;
  while (!batch && Date.now() < until) {
    await sleep(250);
    const answer = await aws.target('sqs', 'AmazonSQS.ReceiveMessage', { QueueUrl: ledger.failedBatchesUrl });
    const [message] = (answer as { Messages?: { Body: string }[] }).Messages ?? [];
    if (message) batch = JSON.parse(message.Body).DDBStreamBatchInfo;
  }
  equal(
    'a batch that always fails ends in the queue of failed batches, which says where in the stream it is',
    batch && [batch.streamArn, batch.batchSize, await idAt(aws, batch)],
    [StreamArn, 1, poison.id],
  );
  equal('its event is not published', (await show(ledger, tokens.read, poison.id)).event?.ledger.published_at, null);
  await change(aws, ledger, { MaximumRecordAgeInSeconds });
  await repair();

  const next = anotherWebhook(telnyx);
  await ledger.post(next.body, signed(telnyx.keys, next.body));
  const found = await everything.first(isEvent(next.id));
  holds('once the function works again, the next one comes by the stream', found !== undefined, next);
  await ledger.invoke('publish-events', JSON.stringify({ sweep: { olderThanSeconds: 0 } }));
  holds('and the sweep publishes what had failed', (await everything.first(isEvent(poison.id))) !== undefined, poison);
  const { event } = await shownWhen(ledger, tokens, poison.id, ({ ledger }) => ledger.published_at !== null);
  holds('which is marked', event?.ledger.published_at !== null, event);
}

async function mappingOf(aws: Aws, ledger: Ledger, name: FunctionName = 'publish-events'): Promise<Mapping> {
  const { body } = await aws.rest('lambda', 'GET', `${mappings}/?FunctionName=${ledger.functions[name]}`);
  const [mapping, ...others] = (body as { EventSourceMappings: Mapping[] }).EventSourceMappings;
  if (!mapping || others.length > 0) throw new Error(`${name} has not one event source: ${JSON.stringify(body)}`);
  return mapping;
}

async function change(aws: Aws, ledger: Ledger, to: object): Promise<void> {
  await aws.rest('lambda', 'PUT', `${mappings}/${(await mappingOf(aws, ledger)).UUID}`, to);
}

/** Gives publish-events a setting that it refuses at boot. */
async function breakFunction(aws: Aws, ledger: Ledger): Promise<() => Promise<void>> {
  const path = `/2015-03-31/functions/${ledger.functions['publish-events']}/configuration`;
  const { body } = await aws.rest('lambda', 'GET', path);
  const { Variables } = (body as { Environment: { Variables: Record<string, string> } }).Environment;
  const set = (more: Record<string, string>) =>
    aws.rest('lambda', 'PUT', path, { Environment: { Variables: { ...Variables, ...more } } });
  await set({ GRACE_MINUTES: 'soon' });
  return async () => {
    await set({});
  };
}

/** The key of the first record of a failed batch. */
async function idAt(
  aws: Aws,
  { streamArn, shardId, startSequenceNumber }: { streamArn: string; shardId: string; startSequenceNumber: string },
): Promise<string | undefined> {
  const ask = (operation: string, input: object) =>
    aws.target('dynamodb', `DynamoDBStreams_20120810.${operation}`, input);
  const { ShardIterator } = (await ask('GetShardIterator', {
    StreamArn: streamArn,
    ShardId: shardId,
    ShardIteratorType: 'AT_SEQUENCE_NUMBER',
    SequenceNumber: startSequenceNumber,
  })) as { ShardIterator: string };
  const { Records } = (await ask('GetRecords', { ShardIterator, Limit: 1 })) as {
    Records: { dynamodb: { Keys: { id: { S: string } } } }[];
  };
  return Records[0]?.dynamodb.Keys.id.S;
}

async function queueArn(aws: Aws, QueueUrl: string): Promise<string> {
  const input = { QueueUrl, AttributeNames: ['QueueArn'] };
  const { Attributes } = (await aws.target('sqs', 'AmazonSQS.GetQueueAttributes', input)) as {
    Attributes: { QueueArn: string };
  };
  return Attributes.QueueArn;
}
