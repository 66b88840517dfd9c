import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { MetricName } from '../../functions/porting/metrics.ts';
import { type FunctionName, webhook } from '../service.ts';
import { alarms, type Question } from './alarm-table.ts';
import { output } from './names.ts';
import {
  type AwsReading,
  type CodeReading,
  metricsOf,
  ofEveryFunction,
  type QueueName,
  type Readings,
  type Statistic,
  type Watched,
} from './readings.ts';
import type { Settings } from './settings.ts';

interface Graph {
  readonly title: string;
  readonly shows: Readings;
}

interface Section {
  readonly asks: string;
  readonly says: string;
  readonly graphs: readonly Graph[];
}

const sum = (metric: MetricName): CodeReading => ({ metric, statistic: 'Sum' });
const most = (metric: MetricName): CodeReading => ({ metric, statistic: 'Maximum' });
const ofWebhook = (
  metric: 'UrlRequestCount' | 'Url5xxCount' | 'UrlRequestLatency',
  statistic: Statistic,
): AwsReading => ({ function: webhook.function, metric, statistic });
const longest = (name: FunctionName, metric: 'Duration' | 'IteratorAge'): AwsReading => ({
  function: name,
  metric,
  statistic: 'Maximum',
});
const waiting = (queue: QueueName): AwsReading => ({
  queue,
  metric: 'ApproximateNumberOfMessagesVisible',
  statistic: 'Maximum',
});

/** The dashboard from top to bottom: a question, what its graphs say, and the graphs. */
const sections: Readonly<Record<Question, Section>> = {
  received: {
    asks: 'Do notifications reach us?',
    says: 'Telnyx posts a webhook for each event and waits 2 s for the answer. Refused ones had no valid signature.',
    graphs: [
      { title: 'Webhooks', shows: { received: sum('WebhooksReceived'), refused: sum('WebhooksRefused') } },
      {
        title: 'Answers',
        shows: { all: ofWebhook('UrlRequestCount', 'Sum'), 'with 5xx': ofWebhook('Url5xxCount', 'Sum') },
      },
      {
        title: 'Time to answer (ms)',
        shows: {
          'half within': ofWebhook('UrlRequestLatency', 'p50'),
          '99 % within': ofWebhook('UrlRequestLatency', 'p99'),
        },
      },
    ],
  },
  listed: {
    asks: "Is Telnyx's own list read?",
    says: 'Every 5 minutes the list adds what webhooks missed. The cursor is how far the list is known completely.',
    graphs: [
      { title: 'Sync runs', shows: { completed: sum('SyncCompleted'), failed: sum('SyncFailed') } },
      { title: 'Cursor behind the present (s)', shows: { cursor: most('CursorLagSeconds') } },
      {
        title: 'Calls that Telnyx refused',
        shows: { 'the key (401, 403)': sum('UpstreamKeyRefused'), 'the rate (429)': sum('UpstreamRateLimited') },
      },
    ],
  },
  notified: {
    asks: 'Was every event notified?',
    says: 'A webhook is due for each listed event. A webhook that never came is missed; `GET /v2/gaps` names them.',
    graphs: [
      { title: 'Webhooks due', shows: { due: sum('NotificationsDue') } },
      {
        title: 'Webhooks that did not come',
        shows: { missed: sum('NotificationsMissed'), 'came later': sum('NotificationsRecovered') },
      },
    ],
  },
  published: {
    asks: 'Is it on the bus?',
    says: 'Each event goes to the bus within seconds. Every 5 minutes the sweep publishes what the stream missed.',
    graphs: [
      { title: 'Events published', shows: { published: sum('EventsPublished') } },
      {
        title: 'Left by the stream',
        shows: { events: most('UnpublishedEvents'), 'batches given up': waiting('failedBatches') },
      },
      { title: 'Longest wait (s)', shows: { oldest: most('OldestUnpublishedSeconds') } },
      { title: 'Stream behind the present (ms)', shows: { stream: longest('publish-events', 'IteratorAge') } },
    ],
  },
  orders: {
    asks: 'Is any order stuck?',
    says: 'Orders that stay in a status for longer than its limit, counted every night. Each is on the bus.',
    graphs: [{ title: 'Orders overdue', shows: { overdue: most('OverdueOrders') } }],
  },
  machinery: {
    asks: 'Does the machinery run?',
    says: 'Functions that crashed or were held back, and scheduled work that was given up.',
    graphs: [
      { title: 'Functions failing', shows: ofEveryFunction('Errors') },
      { title: 'Functions held back', shows: ofEveryFunction('Throttles') },
      {
        title: 'Longest run (ms)',
        shows: {
          'sync-events': longest('sync-events', 'Duration'),
          'run-jobs': longest('run-jobs', 'Duration'),
          'publish-events': longest('publish-events', 'Duration'),
        },
      },
      { title: 'Work given up', shows: { 'dead letters': waiting('deadLetters') } },
    ],
  },
};

const WIDTH = 24;
const MINUTES = 5;

/** Adds the dashboard: for each question the alarms about it, then the graphs. */
export function addDashboard(
  scope: Construct,
  watched: Watched,
  made: Readonly<Record<string, cloudwatch.Alarm>>,
  { stackPrefix }: Settings,
): void {
  const { region } = Stack.of(scope);
  const dashboard = new cloudwatch.Dashboard(scope, 'Dashboard', {
    // An account has one set of names for all Regions.
    dashboardName: `${stackPrefix}-${region}`,
    defaultInterval: Duration.days(1),
  });
  for (const [question, { asks, says, graphs }] of Object.entries(sections)) {
    const about = alarms.filter((alarm) => alarm.about === question).flatMap(({ name }) => made[name] ?? []);
    dashboard.addWidgets(
      new cloudwatch.TextWidget({ width: WIDTH / 2, height: 3, markdown: `## ${asks}\n${says}` }),
      new cloudwatch.AlarmStatusWidget({ width: WIDTH / 2, height: 3, alarms: about }),
    );
    dashboard.addWidgets(
      ...graphs.map(
        ({ title, shows }) =>
          new cloudwatch.GraphWidget({
            title,
            width: WIDTH / graphs.length,
            height: 6,
            leftYAxis: { min: 0 },
            left: Object.values(metricsOf(shows, watched, MINUTES)),
          }),
      ),
    );
  }
  const cloudWatch = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
  const url = `${cloudWatch}#dashboards/dashboard/${dashboard.dashboardName}`;
  output(scope, 'DashboardUrl', url, 'What to look at first');
}
