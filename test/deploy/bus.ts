import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import type { BusEvent } from '../../infra/local/put-events.ts';
import { runDocumented } from './documented.ts';
import type { Ledger } from './ledger.ts';
import { PATIENCE } from './patience.ts';
import type { Rehearsal } from './rehearsal.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/events.md'), 'utf8');

/** The pattern of the rule that docs/events.md makes with CDK, which spells it differently. */
const constructPattern = JSON.stringify({
  source: quoted(found(/source: \[(.*?)\]/s)),
  'detail-type': quoted(found(/detailType: \[(.*?)\]/s)),
});

function found(pattern: RegExp): string {
  const [, text] = pattern.exec(page) ?? [];
  if (!text) throw new Error(`docs/events.md has no ${pattern}`);
  return text;
}

function quoted(list: string): readonly string[] {
  return [...list.matchAll(/'(.*?)'/g)].map(([, text = '']) => text);
}

/** A queue behind a rule on the bus, and a consumer that empties it. */
export interface Subscription {
  /** All messages, in the order in which they came, duplicates included. */
  readonly events: readonly BusEvent[];
  /** Waits for a message that matches, and returns it. */
  first(is: (event: BusEvent) => boolean): Promise<BusEvent | undefined>;
  /** Removes the rule, as its owner must before the bus can be deleted. */
  remove(): Promise<void>;
  close(): Promise<void>;
}

type Clients = Pick<Rehearsal, 'aws' | 'events'>;

/** Runs the commands of docs/events.md, and reads the queue that they make. */
export async function subscribeWithCommands(rehearsal: Rehearsal, ledger: Ledger): Promise<Subscription> {
  const said = await runDocumented(rehearsal, 'BUS=', { after: 'echo "queue $QUEUE_URL"' });
  const [, queueUrl = ''] = /^queue (\S+)$/m.exec(said) ?? [];
  return readQueue(rehearsal, { Name: 'port-ins', EventBusName: ledger.busName }, queueUrl);
}

/** Makes the rule that docs/events.md shows in CDK, with a queue behind it, and reads that. */
export async function subscribeAsConstruct(
  rehearsal: Clients,
  { busName }: Ledger,
  name: string,
): Promise<Subscription> {
  const { aws, events: client } = rehearsal;
  const rule = { Name: name, EventBusName: busName };
  const { RuleArn } = await client.send(new PutRuleCommand({ ...rule, EventPattern: constructPattern }));
  const sqs = (operation: string, input: object) => aws.target('sqs', `AmazonSQS.${operation}`, input);
  const { QueueUrl } = (await sqs('CreateQueue', { QueueName: name })) as { QueueUrl: string };
  const { Attributes } = (await sqs('GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] })) as {
    Attributes: { QueueArn: string };
  };
  const Policy = JSON.stringify(mayBeSentTo(Attributes.QueueArn, RuleArn ?? ''));
  await sqs('SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
  const target = { Rule: name, EventBusName: busName };
  const { FailedEntryCount } = await client.send(
    new PutTargetsCommand({ ...target, Targets: [{ Id: 'queue', Arn: Attributes.QueueArn }] }),
  );
  if (FailedEntryCount !== 0) throw new Error(`the queue is no target of ${name}`);
  return readQueue(rehearsal, rule, QueueUrl);
}

function readQueue(
  { aws, events: client }: Clients,
  rule: { readonly Name: string; readonly EventBusName: string },
  QueueUrl: string,
): Subscription {
  const sqs = (operation: string, input: object) => aws.target('sqs', `AmazonSQS.${operation}`, input);
  const events: BusEvent[] = [];
  let isClosed = false;
  const reading = (async () => {
    while (!isClosed) {
      const { Messages = [] } = (await sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 })) as {
        Messages?: { Body: string; ReceiptHandle: string }[];
      };
      for (const { Body, ReceiptHandle } of Messages) {
        events.push(JSON.parse(Body));
        await sqs('DeleteMessage', { QueueUrl, ReceiptHandle });
      }
      if (Messages.length === 0) await sleep(200);
    }
  })();
  // Every caller that waits for an event receives it.
  reading.catch(() => {});

  return {
    events,
    async first(is) {
      const until = Date.now() + PATIENCE;
      for (;;) {
        const event = events.find(is);
        if (event || Date.now() > until) return event;
        await Promise.race([sleep(100), reading]);
      }
    },
    async remove() {
      const target = { Rule: rule.Name, EventBusName: rule.EventBusName, Ids: ['queue'] };
      await client.send(new RemoveTargetsCommand(target));
      await client.send(new DeleteRuleCommand(rule));
    },
    async close() {
      isClosed = true;
      await reading.catch(() => {});
    },
  };
}

/** The queue policy that CDK's `SqsQueue` target makes. */
function mayBeSentTo(queueArn: string, ruleArn: string) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
      },
    ],
  };
}
