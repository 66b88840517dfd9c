import type { Timestamp } from '../porting/timestamp.ts';

/**
 * How soon a person must act: at night too; on the next working day; not at all, but it is good to know. A ledger is
 * well while nothing asks anyone to act.
 */
export type Severity = 'act_now' | 'look_today' | 'know';

/**
 * Every finding, worst first: its severity and what to do about it. The texts name no route and no command: people read
 * them in mails and chats, and each client knows its own words for a code. docs/operations.md has an entry for each.
 */
export const FINDINGS = {
  sync_stopped: {
    severity: 'act_now',
    do: 'Look at the last sync runs and remove the cause. If no run begins, check the schedule and the dead letters.',
  },
  key_refused: {
    severity: 'act_now',
    do: 'Put a valid API key into its secret. Requests use it 30 seconds later.',
  },
  not_available: {
    severity: 'act_now',
    do: "Ask Telnyx's support whether porting is enabled for the account. The ledger keeps trying.",
  },
  publishing_behind: {
    severity: 'act_now',
    do: 'Read the log of publish-events and remove the cause. What waits is then published.',
  },
  clock_wrong: {
    severity: 'act_now',
    do: 'Correct the clock of the machine. Webhooks are refused when it is 5 minutes wrong.',
  },
  webhooks_refused: {
    severity: 'act_now',
    do: "Compare the ledger's public key with the one in Telnyx's portal, and set the right one.",
  },
  cursor_behind: {
    severity: 'look_today',
    do: 'Wait while each run reads more of the list. If none does, look at the last sync runs.',
  },
  open_span: {
    severity: 'look_today',
    do: 'Each run tries again. Close the span if all its events are there; otherwise report it to Telnyx.',
  },
  rate_limited: {
    severity: 'look_today',
    do: "Find the other client that uses up the account's limit, or wait. Nothing is lost.",
  },
  webhooks_unreadable: {
    severity: 'look_today',
    do: 'Look at the rejections: Telnyx may have changed its format.',
  },
  records_unreadable: {
    severity: 'look_today',
    do: 'Look at the rejections: Telnyx may have changed its format.',
  },
  other_family_webhooks: {
    severity: 'look_today',
    do: "In Telnyx's portal, take the webhook URL out of every notification and profile but that of port-in.",
  },
  notifications_missed: {
    severity: 'look_today',
    do: "Remove the cause that Telnyx's log of failed deliveries names, and republish what your systems need.",
  },
  events_unlisted: {
    severity: 'look_today',
    do: 'Nothing is lost. Ask Telnyx why its list lacks them.',
  },
  healing_used_up: {
    severity: 'look_today',
    do: 'Find out why notifications do not come. Healing continues tomorrow (UTC).',
  },
  dead_letters: {
    severity: 'look_today',
    do: 'Read the messages in the two queues, remove the cause, and delete them. List the range of a nightly run again.',
  },
  notices_failing: {
    severity: 'look_today',
    do: 'Read the log of notify-people. If the address of a chat has changed, put the new one into the secret.',
  },
  run_failed: {
    severity: 'look_today',
    do: 'Remove the cause, and list the same range again.',
  },
  job_stuck: {
    severity: 'look_today',
    do: 'Remove the cause: the job then continues. Or cancel it.',
  },
  cursor_set_back: {
    severity: 'look_today',
    do: 'The last 7 days were listed again: request a sync run over the time before.',
  },
  order_too_large: {
    severity: 'look_today',
    do: "Read the order's timeline, which has all its events, and not its state.",
  },
  details_refused: {
    severity: 'look_today',
    do: "In Telnyx's portal, let the API key read porting orders, or switch order details off.",
  },
  order_disagrees: {
    severity: 'look_today',
    do: "Trust Telnyx's status. List the time since then again, and ask Telnyx about the event if that brings none.",
  },
  orders_overdue: {
    severity: 'know',
    do: 'Correct orders in exception before their deadline. Ask Telnyx about the others, with the support key.',
  },
  first_sync_under_way: {
    severity: 'know',
    do: 'Nothing. Orders and gaps are complete when the list has been read.',
  },
} as const satisfies Readonly<Record<string, { readonly severity: Severity; readonly do: string }>>;

export type FindingCode = keyof typeof FINDINGS;

/** What the judge sees in the status: a code, and a sentence that says what is wrong. */
export interface Found {
  readonly code: FindingCode;
  readonly what: string;
  /** Since when, as far as the status tells. */
  readonly since?: Timestamp | undefined;
}

/** A finding as the API shows it. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** One sentence: what is wrong. */
  readonly what: string;
  /** A sentence or two: what to do. */
  readonly do: string;
  /** Null if neither the status nor watch-ledger tells. */
  readonly since: Timestamp | null;
  /** The absolute link to its entry in the runbook. */
  readonly runbook: string;
}

/** The link to an entry of the runbook. Each code is a heading there, and so an anchor. */
export function runbookEntry(runbookUrl: string, code: string): string {
  return `${runbookUrl}#${code}`;
}

/**
 * Completes what the judge saw.
 *
 * @param recorded since when each code holds, as watch-ledger has recorded it
 */
export function findingOf(
  { code, what, since }: Found,
  runbookUrl: string,
  recorded: ReadonlyMap<string, Timestamp>,
): Finding {
  return {
    code,
    severity: FINDINGS[code].severity,
    what,
    do: FINDINGS[code].do,
    since: recorded.get(code) ?? since ?? null,
    runbook: runbookEntry(runbookUrl, code),
  };
}
