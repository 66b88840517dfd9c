import { DELETED, TERMINAL } from './acts.ts';
import { sortedJson } from './json.ts';
import { type OrderDetails, refreshedBy } from './order-details.ts';
import type { Timestamp } from './timestamp.ts';

/** What the ledger keeps of its readings of an order: the last one that said something new. Plain JSON. */
export interface HeldReading {
  readonly details: Omit<OrderDetails, 'status'>;
  readonly readAt: Timestamp;
  /** Telnyx's status where it is not the ledger's, and the reading that first saw it. */
  readonly differs?: { readonly status: string; readonly since: Timestamp };
  /** Telnyx said that nothing follows, or that the order is gone. */
  readonly ended?: true;
}

/** What a reading says of an order that Telnyx does not have any more: a draft that was deleted. */
export function gone(before: HeldReading | undefined): OrderDetails {
  return { ...before?.details, status: DELETED };
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

/** True when reading the order once more can only repeat what is kept. */
export function isReadToItsEnd({ ended, differs }: HeldReading): boolean {
  return ended === true && differs === undefined;
}

function sayingOf({ readAt, differs, ...saying }: HeldReading): string {
  return sortedJson({ ...saying, differs: differs?.status });
}
