/** The namespace of all metrics in CloudWatch; each has the one dimension `Ledger`. */
export const METRIC_NAMESPACE = 'PortInLedger';

/** The metrics that functions write, and the unit of each. Alarms and the dashboard read them. */
export const METRICS = {
  /** Scheduled sync runs that completed. */
  SyncCompleted: 'Count',
  /** Sync runs that failed. */
  SyncFailed: 'Count',
  /** How far the cursor is behind the present at the end of a scheduled run. */
  CursorLagSeconds: 'Seconds',
  /** Calls that Telnyx answered with 401 or 403. */
  UpstreamKeyRefused: 'Count',
  /** Calls that Telnyx answered with 429. */
  UpstreamRateLimited: 'Count',
  /** Webhooks whose signature was right. */
  WebhooksReceived: 'Count',
  /** Requests at the webhook URL without a valid signature. */
  WebhooksRefused: 'Count',
  /** Events put on the bus. */
  EventsPublished: 'Count',
  /** Events that the stream has not published within 5 minutes. */
  UnpublishedEvents: 'Count',
  /** How long the oldest of them has waited. */
  OldestUnpublishedSeconds: 'Seconds',
  /** Listed events whose webhook was due. */
  NotificationsDue: 'Count',
  /** Those of them whose webhook never came. */
  NotificationsMissed: 'Count',
  /** Missed ones whose webhook came later. */
  NotificationsRecovered: 'Count',
  /** Orders that stay in a status longer than its limit. */
  OverdueOrders: 'Count',
} as const;

export type MetricName = keyof typeof METRICS;
