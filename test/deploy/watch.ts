import { setTimeout as sleep } from 'node:timers/promises';
import { alarms } from '../../infra/aws/alarm-table.ts';
import { problemsOf } from '../bus/schemas.ts';
import type { Aws } from './aws.ts';
import type { Ledger } from './ledger.ts';
import { PATIENCE } from './patience.ts';
import type { Subscriptions } from './published.ts';
import type { Rehearsal } from './rehearsal.ts';
import { equal, holds, note } from './report.ts';
import { payloadOf } from './schedules.ts';
import { putApiKey, type Tokens } from './secrets.ts';

interface Alarm {
  readonly AlarmName: string;
  readonly AlarmActions: readonly string[];
  readonly OKActions: readonly string[];
}

/** Alarms notify the topic, and the topic notifies the owner. */
export async function checkAlarms({ aws, settings }: Rehearsal, ledger: Ledger): Promise<void> {
  const { MetricAlarms } = (await cloudwatch(aws, 'DescribeAlarms', {})) as { MetricAlarms: readonly Alarm[] };
  const plain = alarms.filter(({ reads }) => Object.keys(reads).length === 1);
  note(`${plain.length} of ${alarms.length} alarms: MiniStack refuses those that compute`);
  equal(
    'each of them notifies the topic when it rises and when it ends',
    MetricAlarms.map(({ AlarmName, AlarmActions, OKActions }) => [AlarmName, AlarmActions, OKActions]).sort(),
    plain.map(({ name }) => [`PortInLedger-${name}`, [ledger.alarmTopic], [ledger.alarmTopic]]).sort(),
  );
  const answer = await aws.query('sns', { Action: 'ListSubscriptionsByTopic', TopicArn: ledger.alarmTopic });
  const subscriptions = [...answer.matchAll(/<(Protocol|Endpoint)>(.*?)</g)].map(([, , text]) => text);
  equal('the topic mails to alarmEmail', subscriptions.sort(), ['email', settings.alarmEmail].sort());
}
interface Mail {
  readonly Subject: string;
  readonly Message: string;
}

/** A key that Telnyx has revoked leads to a mail at the next look, and the new key to another one about its end. */
export async function checkRevokedKey(rehearsal: Rehearsal, ledger: Ledger, { action }: Subscriptions): Promise<void> {
  const { aws, telnyx } = rehearsal;
  const [sync, watch] = [await payloadOf(aws, 'sync'), await payloadOf(aws, 'watch')];
  const mailed = await subscribeToTopic(aws, ledger.alarmTopic, 'mails');

  const body = { errors: [{ code: '10009', title: 'Authentication failed' }] };
  telnyx.api.intercept = () => ({ status: 401, body });
  await ledger.invoke('sync-events', sync);
  const look = await ledger.invoke('watch-ledger', watch);
  equal('the look goes through', [look.functionError, look.result.went_through], [undefined, true]);
  const alarm = await mailed(/^PortInLedger: Telnyx refuses/);
  const lines = ['its secret', `LEDGER_URL=${ledger.apiUrl} npm run ledger -- status`, '/operations.md#key_refused'];
  holds(
    'a mail says so, what to do, what to run first, and where the runbook is',
    lines.every((line) => alarm.Message.includes(line)),
    alarm,
  );
  const found = await action.first(({ detail }) => detail.code === 'key_refused');
  equal('the bus has it too, as docs/events.md describes it', found && problemsOf(found), []);

  telnyx.api.intercept = undefined;
  await putApiKey(rehearsal, ledger);
  const until = Date.now() + PATIENCE;
  // The function fetches the key again 30 seconds after it was refused.
  while ((await ledger.invoke('sync-events', sync)).result.status !== 'complete' && Date.now() < until) {
    await sleep(5_000);
  }
  await ledger.invoke('watch-ledger', watch);
  await ledger.invoke('watch-ledger', watch);
  const over = await mailed(/^PortInLedger: over: Telnyx refuses/);
  holds('with a valid key, two looks later, a mail says that it is over', over.Message.includes('nothing to do'), over);
}

/** Puts a queue behind the topic. Returns a function that waits for a message with such a subject. */
export async function subscribeToTopic(
  aws: Aws,
  TopicArn: string,
  QueueName: string,
): Promise<(subject: RegExp) => Promise<Mail>> {
  const sqs = (operation: string, input: object) => aws.target('sqs', `AmazonSQS.${operation}`, input);
  const { QueueUrl } = (await sqs('CreateQueue', { QueueName })) as { QueueUrl: string };
  const { Attributes } = (await sqs('GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] })) as {
    Attributes: { QueueArn: string };
  };
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: Attributes.QueueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
      },
    ],
  });
  await sqs('SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
  const to = { Protocol: 'sqs', Endpoint: Attributes.QueueArn };
  await aws.query('sns', { Action: 'Subscribe', TopicArn, ...to });
  const mails: Mail[] = [];
  return async (subject) => {
    const until = Date.now() + PATIENCE;
    for (;;) {
      const found = mails.find(({ Subject }) => subject.test(Subject));
      if (found) return found;
      if (Date.now() > until) throw new Error(`no mail ${subject} among ${mails.map(({ Subject }) => Subject)}`);
      const { Messages = [] } = (await sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 })) as {
        Messages?: readonly { readonly Body: string }[];
      };
      mails.push(...Messages.map(({ Body }) => JSON.parse(Body) as Mail));
      if (Messages.length === 0) await sleep(200);
    }
  };
}

/** What the API says about all of it. */
export async function checkStatus({ telnyx }: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  const { status, body } = await ledger.call('GET', '/v2/status', tokens.read);
  const { data } = body as {
    data: {
      well: boolean;
      findings: readonly { code: string; what: string }[];
      sync: { last_status: string };
      publishing: { unpublished: number };
      gaps: { missed_24h: number; recovered_24h: number };
      channels: readonly { event_type: string }[];
      ids_agree: boolean | null;
    };
  };
  const types = [...new Set(telnyx.documented.map(({ event_type }) => event_type))].sort();
  equal(
    'GET /v2/status: synced, published, no webhook missing, and which types of webhooks arrive',
    [status, data.sync.last_status, data.publishing.unpublished, data.gaps.missed_24h],
    [200, 'complete', 0, 0],
  );
  equal(
    'which types of webhooks arrive, under the ids of the list',
    [data.channels.map(({ event_type }) => event_type).sort(), data.ids_agree],
    [types, true],
  );
  equal(
    'and that nothing is amiss but the webhook that was no event, and the work that failed for good',
    [data.well, data.findings.map(({ code }) => code)],
    [false, ['webhooks_unreadable', 'dead_letters']],
  );
}

async function cloudwatch(aws: Aws, operation: string, input: object): Promise<unknown> {
  return aws.target('monitoring', `GraniteServiceVersion20100801.${operation}`, input);
}
