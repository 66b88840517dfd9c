import { alarms } from '../../infra/aws/alarm-table.ts';
import type { Aws } from './aws.ts';
import type { Ledger } from './ledger.ts';
import type { Rehearsal } from './rehearsal.ts';
import { equal, holds, note } from './report.ts';
import type { Tokens } from './secrets.ts';

interface Alarm {
  readonly AlarmName: string;
  readonly AlarmActions: readonly string[];
  readonly OKActions: readonly string[];
}

/** Alarms notify the topic, and the topic notifies the owner. */
export async function checkAlarms({ aws, settings }: Rehearsal, ledger: Ledger): Promise<void> {
  const { MetricAlarms } = (await cloudwatch(aws, 'DescribeAlarms', {})) as { MetricAlarms: readonly Alarm[] };
  const plain = alarms.filter(({ formula }) => !formula);
  note(`${plain.length} of ${alarms.length} alarms: MiniStack refuses those that compute`);
  equal(
    'each of them notifies the topic when it rises and when it ends',
    MetricAlarms.map(({ AlarmName, AlarmActions, OKActions }) => [AlarmName, AlarmActions, OKActions]).sort(),
    plain.map(({ name }) => [`PortInLedger-${name}`, [ledger.alarmTopic], [ledger.alarmTopic]]).sort(),
  );
  const answer = await aws.query('sns', { Action: 'ListSubscriptionsByTopic', TopicArn: ledger.alarmTopic });
  const subscriptions = [...answer.matchAll(/<(Protocol|Endpoint)>(.*?)</g)].map(([, , text]) => text);
  equal('the topic mails to alarmEmail', subscriptions.sort(), ['email', settings.alarmEmail].sort());
  const { DashboardEntries } = (await cloudwatch(aws, 'ListDashboards', {})) as {
    DashboardEntries: readonly { DashboardName: string }[];
  };
  equal('there is a dashboard', DashboardEntries.length, 1);
}

/** What the API says about all of it. */
export async function checkStatus({ telnyx }: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  const { status, body } = await ledger.call('GET', '/v2/status', tokens.read);
  const { data } = body as {
    data: {
      well: boolean;
      problems: readonly string[];
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
  const [problem = '', ...others] = data.problems;
  holds(
    'and that nothing is amiss but the webhook that was no event',
    !data.well && others.length === 0 && /^1 webhook .* is no event: see \/v2\/rejections/.test(problem),
    data.problems,
  );
}

async function cloudwatch(aws: Aws, operation: string, input: object): Promise<unknown> {
  return aws.target('monitoring', `GraniteServiceVersion20100801.${operation}`, input);
}
