import { laterBy } from './later.ts';
import type { Timestamp } from './timestamp.ts';

/** Who must act before an order can move; `unknown` for an unknown status, and for none. */
export type Actor = 'customer' | 'telnyx' | 'losing_carrier' | 'nobody' | 'unknown';

/** The status of a deleted order. Telnyx has no such status; it sends a `porting_order.deleted` event. */
export const DELETED = 'deleted';

/** What a status demands, in the fields of an order's state. */
export interface Duty {
  /** True when nothing follows: ported, cancelled, deleted. */
  readonly terminal: boolean;
  readonly acts: Actor;
  /** The deadline; null when Telnyx sets none. */
  readonly act_by: Timestamp | null;
  /** True when the order stands still until the customer corrects it. */
  readonly action_required: boolean;
}

interface Rule {
  readonly acts: Actor;
  readonly withinHours?: number;
  readonly terminal?: true;
  readonly actionRequired?: true;
}

const DAY = 24;
const HOUR = 3_600_000;

/** docs/telnyx.md §6. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  // Telnyx deletes a draft after 30 days.
  ['draft', { acts: 'customer', withinHours: 30 * DAY }],
  ['in-process', { acts: 'telnyx' }],
  ['submitted', { acts: 'losing_carrier' }],
  // Telnyx cancels after 14 days of silence.
  ['exception', { acts: 'customer', withinHours: 14 * DAY, actionRequired: true }],
  // The date stands: there is nothing to do before it.
  ['foc-date-confirmed', { acts: 'nobody' }],
  ['activation-in-progress', { acts: 'telnyx' }],
  ['cancel-pending', { acts: 'telnyx', withinHours: 48 }],
  ['ported', { acts: 'nobody', terminal: true }],
  ['cancelled', { acts: 'nobody', terminal: true }],
  [DELETED, { acts: 'nobody', terminal: true }],
]);

/** Statuses that this code knows. Telnyx may have others. */
export const KNOWN_STATUSES: readonly string[] = [...RULES.keys()];

/** Statuses after which nothing follows. */
export const TERMINAL: readonly string[] = [...RULES].flatMap(([status, { terminal }]) => (terminal ? [status] : []));

/** Statuses in which an order waits for someone. */
export function statusesWaitingFor(actor: Actor): readonly string[] {
  return [...RULES].flatMap(([status, { acts, terminal }]) => (acts === actor && !terminal ? [status] : []));
}

/** How long the customer or Telnyx has in a status before Telnyx's rules end it, in milliseconds; 0 for no limit. */
export function timeToActIn(status: string): number {
  return (RULES.get(status)?.withinHours ?? 0) * HOUR;
}

/** Statuses after which something may follow. */
export const OPEN_STATUSES: readonly string[] = KNOWN_STATUSES.filter((status) => !TERMINAL.includes(status));

/** Statuses in which an order stands still until the customer corrects it. */
export const ACTION_REQUIRED: readonly string[] = [...RULES].flatMap(([status, { actionRequired }]) =>
  actionRequired ? [status] : [],
);

const UNKNOWN: Rule = { acts: 'unknown' };

/**
 * Who must act on an order, and by when.
 *
 * @param status as Telnyx spells it, or `deleted`; `undefined` when no event has named one
 * @param since when the order entered this status
 */
export function dutyOf(status: string | undefined, since: Timestamp | undefined): Duty {
  const rule = RULES.get(status ?? '') ?? UNKNOWN;
  const ends = rule.withinHours !== undefined && since !== undefined;
  return {
    terminal: rule.terminal ?? false,
    acts: rule.acts,
    act_by: ends ? laterBy(rule.withinHours, since) : null,
    action_required: rule.actionRequired ?? false,
  };
}
