import { METRICS, type MetricName } from '../../functions/porting/metrics.ts';
import { alarms } from '../../infra/aws/alarm-table.ts';
import { freeEachMonth, prices } from './cost-prices.ts';

const MONTHS = 12;
const HOURS = 365 * 24;
/** Hours of a year in which something goes wrong, by assumption. */
const HOURS_OF_TROUBLE = 100;

/** When a metric is written. CloudWatch bills it for the hours in which it is. */
const written: Readonly<Record<MetricName, 'each run' | 'each event' | 'each night' | 'in trouble'>> = {
  SyncCompleted: 'each run',
  SyncFailed: 'in trouble',
  CursorLagSeconds: 'each run',
  UnpublishedEvents: 'in trouble',
  OldestUnpublishedSeconds: 'each run',
  WebhooksReceived: 'each event',
  EventsPublished: 'each event',
  NotificationsDue: 'each event',
  OverdueOrders: 'each night',
  WebhooksRefused: 'in trouble',
  UpstreamKeyRefused: 'in trouble',
  UpstreamRateLimited: 'in trouble',
  NotificationsMissed: 'in trouble',
  NotificationsRecovered: 'in trouble',
};

function hoursOf(name: MetricName, events: number): number {
  switch (written[name]) {
    case 'each run':
      return HOURS;
    case 'each event':
      return Math.min(HOURS, events);
    case 'each night':
      return 365;
    case 'in trouble':
      return Math.min(HOURS_OF_TROUBLE, events);
  }
}

/** Metrics, alarms and dashboard in a year with this many events. */
export function watching(events: number) {
  const names = Object.keys(METRICS) as MetricName[];
  const hours = names.reduce((sum, name) => sum + hoursOf(name, events), 0);
  return {
    metric: (hours / HOURS) * MONTHS,
    // An alarm is billed for each metric that it reads, alone or in a formula.
    alarm: alarms.reduce((sum, { reads }) => sum + Object.keys(reads).length, 0) * MONTHS,
    dashboard: MONTHS,
  };
}

/** The dollars of these that are free for an account that does not use them otherwise. */
export function coveredByFreeTier(used: ReturnType<typeof watching>): number {
  const kinds = Object.keys(freeEachMonth) as (keyof typeof freeEachMonth)[];
  return kinds.reduce(
    (sum, kind) => sum + Math.min(used[kind], freeEachMonth[kind] * MONTHS) * prices[kind].dollars,
    0,
  );
}
