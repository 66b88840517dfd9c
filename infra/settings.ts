import { readWebhookTypes } from '../functions/porting/due.ts';
import { readNotices } from '../functions/porting/notice-names.ts';
import { readOverdueLimits } from '../functions/porting/overdue.ts';
import {
  readBaseUrl,
  readConsole,
  readDigestAt,
  readGraceMinutes,
  readHealing,
  readHealingPerDay,
  readOrderDetails,
  readRetainDays,
  readRunbookUrl,
  readTimezone,
} from '../functions/porting/settings.ts';

/** How a setting is read, and its default. Without `standard` it may be absent. */
export interface Setting<Value> {
  readonly standard?: string;
  readonly read: (text: string) => Value;
}

/** The settings of every ledger. Functions get them as text, and read them with the same readers. */
export const LEDGER_SETTINGS = {
  /** Where the Events API is. */
  telnyxBaseUrl: { standard: 'https://api.telnyx.com/v2', read: readBaseUrl },
  /** The event types whose webhooks arrive: `learned` from those that did, `none`, or a comma-separated list. */
  webhookTypes: { standard: 'learned', read: checkedBy(readWebhookTypes) },
  /** How long a webhook may be late before it counts as missed. */
  graceMinutes: { standard: '15', read: checkedBy(readGraceMinutes) },
  /** Business days by status, such as `exception=5,submitted=10`, which override the default limits; or `default`. */
  overdueAfter: { standard: 'default', read: checkedBy(readOverdueLimits) },
  /** How many days events of ended orders are kept; `none` keeps them all. */
  retainDays: { standard: 'none', read: checkedBy(readRetainDays) },
  /** What is done about a missed notification: `off` or `republish`. */
  healing: { standard: 'off', read: checkedBy(readHealing) },
  /** The most notifications that healing asks for in one UTC day. */
  healingPerDay: { standard: '50', read: checkedBy(readHealingPerDay) },
  /** Whether porting orders are read, for FOC dates and what else no event says: `on` or `off`. */
  orderDetails: { standard: 'on', read: checkedBy(readOrderDetails) },
  /** The page that findings and alarms link to. */
  runbookUrl: {
    standard: 'https://github.com/port-in-ledger/port-in-ledger/blob/main/docs/operations.md',
    read: readRunbookUrl,
  },
  /** Which notices are sent: `all`, `none`, or a comma-separated list. */
  notices: { standard: 'all', read: checkedBy(readNotices) },
  /** When the digest is sent on working mornings. */
  digestAt: { standard: '08:00', read: readDigestAt },
  /** The time zone of the digest, and of every day that a message names. */
  timezone: { standard: 'UTC', read: readTimezone },
  /** Whether there is a page for people at the API's address: `on` or `off`. */
  console: { standard: 'on', read: readConsole },
} satisfies Readonly<Record<string, Setting<string>>>;

export type LedgerSettings = Readonly<Record<keyof typeof LEDGER_SETTINGS, string>>;

function checkedBy(read: (text: string) => unknown): (text: string) => string {
  return (text) => {
    read(text);
    return text;
  };
}
