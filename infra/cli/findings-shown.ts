import type { Finding, FindingCode } from './answers.ts';
import { LEDGER } from './context.ts';
import type { Screen } from './screen.ts';
import { instant, shown } from './text.ts';

/** How a finding of each severity begins. A newer ledger may have others. */
const URGENCY = {
  act_now: ['red', 'act now'],
  look_today: ['yellow', 'look today'],
  know: ['dim', 'to know'],
} as const satisfies Record<Finding['severity'], unknown>;

/** The commands that show more of a finding, or end it. `ID` stands for one that they show. */
export const COMMANDS: Readonly<Partial<Record<FindingCode, readonly string[]>>> = {
  sync_stopped: ['runs'],
  key_refused: ['runs'],
  not_available: ['runs'],
  webhooks_refused: ['rejections'],
  cursor_behind: ['runs'],
  open_span: ['close-span ID'],
  rate_limited: ['jobs'],
  webhooks_unreadable: ['rejections'],
  records_unreadable: ['rejections'],
  other_family_webhooks: ['rejections'],
  notifications_missed: ['gaps', 'deliveries', 'republish --missed --from 24h --dry-run'],
  events_unlisted: ['gaps --kind unlisted'],
  healing_used_up: ['gaps'],
  dead_letters: ['backfill --from 7d'],
  notices_failing: ['digest'],
  run_failed: ['runs', 'backfill --from 7d'],
  job_stuck: ['jobs', 'cancel ID'],
  cursor_set_back: ['runs', 'backfill --from 30d'],
  order_too_large: ['order ID'],
  order_disagrees: ['order ID', 'backfill --from 7d'],
  orders_overdue: ['orders --status exception,submitted'],
};

/** Shows what is wrong, what to do, and the commands for it. */
export function showFindings(findings: readonly Finding[], { print, paint }: Screen): void {
  for (const { code, severity, what, do: advice, since } of findings) {
    const [style, urgency] = URGENCY[severity] ?? URGENCY.look_today;
    print(`${paint(style, `${urgency}:`)} ${shown(what)}${since === null ? '' : ` Since ${instant(since)} UTC.`}`);
    print(`  ${shown(advice)}`);
    for (const command of COMMANDS[code] ?? []) print(`  ${paint('dim', `${LEDGER} ${command}`)}`);
  }
}
