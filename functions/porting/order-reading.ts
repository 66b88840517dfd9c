import { DELETED, TERMINAL } from './acts.ts';
import { sortedJson } from './json.ts';
import type { OrderState } from './order.ts';
import { type OrderDetails, refreshedBy } from './order-details.ts';
import { millisecondsOf, type Timestamp } from './timestamp.ts';

/** What the ledger keeps of its readings of an order: the last one that said something new. Plain JSON. */
export interface HeldReading {
  readonly details: Omit<OrderDetails, 'status'>;
  readonly readAt: Timestamp;
  /** Telnyx's status where it is not the ledger's, and the reading that first saw it. */
  readonly differs?: { readonly status: string; readonly since: Timestamp };
  /** Telnyx said that nothing follows, or that the order is gone. */
  readonly ended?: true;
}

/**
 * What a reading says of an order that Telnyx does not have any more: a draft that was deleted, or one that had ended.
 *
 * @param status the ledger's
 */
export function gone(before: HeldReading | undefined, status: string | undefined): OrderDetails {
  const hasEnded = status !== undefined && TERMINAL.includes(status);
  return { ...before?.details, status: hasEnded ? status : DELETED };
}

/**
 * What to keep after another reading. Telnyx's status is kept only where it differs from the ledger's: otherwise each
 * change of status would be written twice.
 *
 * @param before what was kept; `undefined` at the first reading
 * @param status the ledger's; `undefined` while no event has named one, and then none differs
 * @returns `undefined` when the reading says nothing new
 */
export function readAgain(
  before: HeldReading | undefined,
  { status: theirs, ...reading }: OrderDetails,
  status: string | undefined,
  at: Timestamp,
): HeldReading | undefined {
  const details = refreshedBy(reading, before?.details);
  const isDifferent = theirs !== undefined && status !== undefined && theirs !== status;
  const known = before?.differs?.status === theirs ? before?.differs : undefined;
  const after: HeldReading = {
    details,
    readAt: at,
    ...(isDifferent && { differs: known ?? { status: theirs, since: at } }),
    ...(theirs !== undefined && TERMINAL.includes(theirs) && { ended: true as const }),
  };
  return before && sayingOf(before) === sayingOf(after) ? undefined : after;
}

/** What to keep once the ledger's status has changed: the difference was with the one before. */
export function withoutDifference({ differs, ...reading }: HeldReading): HeldReading {
  return reading;
}

/** True when reading an order that has ended once more can only repeat what is kept. */
export function isReadToItsEnd({ ended, differs }: HeldReading): boolean {
  return ended === true && differs === undefined;
}

const DAY = 24 * 3_600_000;

/**
 * False for an order that has ended and was read since, and for the history of a first sync.
 *
 * @param now milliseconds since 1970
 */
export function isWorthReading(state: OrderState, reading: HeldReading | undefined, now: number): boolean {
  if (!state.terminal) return true;
  if (reading) return !isReadToItsEnd(reading);
  return state.status_since !== null && now - millisecondsOf(state.status_since) < DAY;
}

function sayingOf({ readAt, differs, ...saying }: HeldReading): string {
  return sortedJson({ ...saying, differs: differs?.status });
}
