import { createHash } from 'node:crypto';
import { sortedJson } from '../../porting/json.ts';
import type { OrderDetails } from '../../porting/order-details.ts';
import type { HeldReading } from '../../porting/order-reading.ts';

/**
 * A short text that differs when the details do, whatever the order of their members. The index of the open orders has
 * it, so that Telnyx's list is compared without reading their rows. It leaves out the status, which the index has as
 * well, and the date before the last move, which only the ledger knows. With 48 bits, one change in 10^14 is overlooked
 * until the next one.
 */
export function digestOf({ status, focBefore, ...details }: OrderDetails): string {
  return createHash('sha256').update(sortedJson(details)).digest('base64url').slice(0, 8);
}

/** The digest of what was read. It equals none of the list's while the status differs: such an order is read again. */
export function readAs({ details, differs }: HeldReading): string {
  return differs ? `${digestOf(details)}!` : digestOf(details);
}
