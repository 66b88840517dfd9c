/** The CloudWatch namespace of all metrics; each has the single dimension `Ledger`. */
export const METRIC_NAMESPACE = 'PortInLedger';

/** The metrics that functions write, with their units. Alarms and the dashboard read them. */
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
  /** Webhooks with a valid signature. */
  WebhooksReceived: 'Count',
  /** Requests at the webhook URL without a valid signature. */
  WebhooksRefused: 'Count',
  /** Events put on the bus. */
  EventsPublished: 'Count',
  /** Events that the stream has not published within 5 minutes. */
  UnpublishedEvents: 'Count',
  /** How long the oldest of these has waited. */
  OldestUnpublishedSeconds: 'Seconds',
  /** Listed events whose webhook was due. */
  NotificationsDue: 'Count',
  /** Of these, the ones that never came. */
  NotificationsMissed: 'Count',
  /** Missed notifications whose webhook came later. */
  NotificationsRecovered: 'Count',
  /** Orders that stay in a status longer than its limit. */
  OverdueOrders: 'Count',
} as const;

export type MetricName = keyof typeof METRICS;
