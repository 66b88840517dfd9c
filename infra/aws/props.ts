import type { RetentionDays } from 'aws-cdk-lib/aws-logs';

/**
 * Properties of a {@link PortInLedger}. The app of the repository takes the same names and values from its context.
 *
 * A wrong value or name is an error with a line for each, which says what to set. All of them must be known when the
 * app is synthesized: none may be a token.
 */
export interface PortInLedgerProps {
  /**
   * One to three public keys of the Telnyx account that webhooks are checked against, separated by commas: during a
   * rotation, the old and the new one. Each is base64 of 32 bytes, or a PEM.
   */
  readonly telnyxPublicKey: string;

  /**
   * What findings, alarms and metrics call this ledger. Two ledgers of one account and Region need two names: up to 60
   * letters, digits and hyphens.
   *
   * @default - made from the stack's name and the construct's path
   */
  readonly ledgerName?: string;

  /**
   * Where events are listed and republished. The API key goes there, so it is https.
   *
   * @default 'https://api.telnyx.com/v2'
   */
  readonly telnyxBaseUrl?: string;

  /**
   * For which event types a webhook is due: `learned` (those whose webhooks have come before), `none`, or a list
   * separated by commas.
   *
   * @default 'learned'
   */
  readonly webhookTypes?: string;

  /**
   * How many minutes late a webhook may be before it counts as missed, 0 to 1440.
   *
   * @default 15
   */
  readonly graceMinutes?: number;

  /**
   * Business days that an order may stay in a status, such as `exception=5,submitted=10`. Other statuses keep the
   * default.
   *
   * @default 'default'
   */
  readonly overdueAfter?: string;

  /**
   * How many days to keep the events of ended orders, 30 to 3650. The states of these orders stay.
   *
   * @default 'none'
   */
  readonly retainDays?: number | 'none';

  /**
   * Whether Telnyx is asked once for each missed notification. That may e-mail people again.
   *
   * @default 'off'
   */
  readonly healing?: 'off' | 'republish';

  /**
   * How many missed notifications are asked for in one UTC day.
   *
   * @default 50
   */
  readonly healingPerDay?: number;

  /**
   * Whether porting orders are read, for FOC dates and what else no event says. The API key must be allowed to.
   *
   * @default 'on'
   */
  readonly orderDetails?: 'on' | 'off';

  /**
   * The page that findings and alarms link to, if you keep a copy of docs/operations.md: http or https, with the same
   * headings.
   *
   * @default 'https://github.com/port-in-ledger/port-in-ledger/blob/main/docs/operations.md'
   */
  readonly runbookUrl?: string;

  /**
   * Which notices come at once: `all`, `none`, or a list separated by commas of `action_required`,
   * `comment_from_telnyx`, `foc_set`, `foc_changed`, `overdue` and `cancelled`. The digest always comes.
   *
   * @default 'all'
   */
  readonly notices?: string;

  /**
   * When the digest comes from Monday to Friday, in `timezone`.
   *
   * @default '08:00'
   */
  readonly digestAt?: string;

  /**
   * The IANA name of the time zone of `digestAt`, and of every day and time in a message.
   *
   * @default 'UTC'
   */
  readonly timezone?: string;

  /**
   * Whether there is a page for people at the API's address.
   *
   * @default 'on'
   */
  readonly console?: 'on' | 'off';

  /**
   * The most webhooks processed at once, reserved out of the account's limit of concurrent calls. AWS keeps 100 of
   * that limit unreserved.
   *
   * @default - the account's limit
   */
  readonly webhookConcurrency?: number;

  /**
   * How webhooks come in: by a function URL, or by a route of the API, for accounts that forbid public function URLs.
   *
   * @default 'url'
   */
  readonly webhookThrough?: 'url' | 'api';

  /**
   * How long logs are kept, such as `RetentionDays.ONE_YEAR`. It must end some day.
   *
   * @default 90
   */
  readonly logRetentionDays?: RetentionDays;

  /**
   * Requests a second that the API accepts before it answers 429.
   *
   * @default 50
   */
  readonly apiRequestsPerSecond?: number;

  /**
   * How many requests the API accepts in one burst.
   *
   * @default 100
   */
  readonly apiBurst?: number;

  /**
   * Where to mail alarms, and findings that cannot wait. AWS first asks that address to confirm.
   *
   * @default - no one; subscribe to `topics.alarms`
   */
  readonly alarmEmail?: string;

  /**
   * Where to mail notices and the digest.
   *
   * @default - no one, and there is no `topics.notices`
   */
  readonly noticeEmail?: string;

  /**
   * Whether notices and the digest go to Slack or Teams, whose addresses stand in `secrets.chatWebhooks` then.
   *
   * @default 'off'
   */
  readonly chatNotices?: 'on' | 'off';
}
