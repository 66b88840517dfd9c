import { addBusinessDays } from './business-days.ts';
import { inMessage } from './settings.ts';
import { type Timestamp, timestampOf } from './timestamp.ts';

/** After how many business days in a status an order is overdue. A status that is missing has no limit. */
export type OverdueLimits = ReadonlyMap<string, number>;

/** An order's whole course takes one to four weeks (docs/telnyx.md §6). Terminal statuses have no limit. */
const DEFAULT_LIMITS: OverdueLimits = new Map([
  // Three weeks: more than a week is left before Telnyx deletes a draft at 30 days.
  ['draft', 15],
  // Telnyx checks and forwards an order within days; a week means that it got stuck.
  ['in-process', 5],
  // The losing carrier may take most of the four weeks.
  ['submitted', 20],
  // One week: another one is left before Telnyx cancels after 14 days of silence.
  ['exception', 5],
  // A date is at most some weeks ahead: after four it has passed, and nothing happened.
  ['foc-date-confirmed', 20],
  // Takes minutes; a day is long.
  ['activation-in-progress', 1],
  // Telnyx takes up to 48 hours.
  ['cancel-pending', 2],
]);

const MOST_DAYS = 365;

/**
 * The limits that hold when some are set otherwise.
 *
 * @param override such as `exception=5,submitted=10`, in business days; `default` leaves all as they are
 * @throws {Error} that says what is allowed; the message goes on after the setting's name
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
 * When the limit of a status ran out, if it has.
 *
 * @param status an order's, or `undefined` when none is known
 * @param since when the order came into the status
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
