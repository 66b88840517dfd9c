import { addBusinessDays } from './business-days.ts';
import { inMessage } from './settings.ts';
import { type Timestamp, timestampOf } from './timestamp.ts';

/** The number of business days after which an order in a status is overdue. A missing status has no limit. */
export type OverdueLimits = ReadonlyMap<string, number>;

/** An order takes one to four weeks in all (docs/telnyx.md §6). Terminal statuses have no limit. */
const DEFAULT_LIMITS: OverdueLimits = new Map([
  // Three weeks: leaves more than a week before Telnyx deletes a draft at 30 days.
  ['draft', 15],
  // Telnyx checks and forwards an order within days; after a week it is stuck.
  ['in-process', 5],
  // The losing carrier may take most of the four weeks.
  ['submitted', 20],
  // One week: leaves another before Telnyx cancels after 14 days of silence.
  ['exception', 5],
  // A date is at most some weeks ahead: after four weeks it has passed, and nothing happened.
  ['foc-date-confirmed', 20],
  // Takes minutes; a day is long.
  ['activation-in-progress', 1],
  // Telnyx takes up to 48 hours.
  ['cancel-pending', 2],
]);

const MOST_DAYS = 365;

/**
 * The default limits, with some overridden.
 *
 * @param override such as `exception=5,submitted=10`, in business days; `default` changes none
 * @throws {Error} that says what is allowed; its message continues after the setting's name
 */
export function readOverdueLimits(override: string): OverdueLimits {
  const limits = new Map(DEFAULT_LIMITS);
  if (override === 'default') return limits;
  const seen = new Set<string>();
  for (const pair of override.split(',').map((part) => part.trim())) {
    const [, status = '', days = ''] = /^([^=]*?)\s*=\s*([1-9]\d*)$/.exec(pair) ?? [];
    if (!DEFAULT_LIMITS.has(status)) throw invalid(`${inMessage(pair)} is none`);
    if (Number(days) > MOST_DAYS) throw invalid(`${inMessage(pair)} has more days`);
    if (seen.has(status)) throw invalid(`${status} is there twice`);
    seen.add(status);
    limits.set(status, Number(days));
  }
  return limits;
}

function invalid(found: string): Error {
  return new Error(
    `must be default, or statuses with 1 to ${MOST_DAYS} business days, such as exception=5,submitted=10: ${found}; ` +
      `the statuses are ${[...DEFAULT_LIMITS.keys()].join(', ')}, each at most once`,
  );
}

/**
 * The instant at which the limit of a status ran out; `undefined` when it has not.
 *
 * @param status the order's, or `undefined` when none is known
 * @param since when the order entered the status
 * @param now milliseconds since 1970
 */
export function overdueSince(
  status: string | undefined,
  since: Timestamp | undefined,
  limits: OverdueLimits,
  now: number,
): Timestamp | undefined {
  const days = limits.get(status ?? '');
  if (days === undefined || since === undefined) return undefined;
  const end = addBusinessDays(since, days);
  return end <= timestampOf(now) ? end : undefined;
}
