import type { OrderDetails } from '../../porting/order-details.ts';
import { gone, type HeldReading, readAgain } from '../../porting/order-reading.ts';
import { timestampOf } from '../../porting/timestamp.ts';
import type { OrderStore } from '../table/store.ts';
import type { HeldOrder } from './order-row.ts';
import { rewriteOrder } from './orders.ts';

/** What a reading of an order found. */
export interface OrderReading {
  /** What Telnyx says of it; `gone` when Telnyx does not have it any more. */
  readonly details: OrderDetails | 'gone';
  /** True when the order's present status came while the ledger was current: see {@link recordReading}. */
  readonly isNews: boolean;
  /** When Telnyx was asked, in milliseconds since 1970: what was read since then stays. If omitted, now. */
  readonly askedAt?: number | undefined;
}

/**
 * Records a reading of an order, if it says something new, for whoever publishes it. The first reading is the baseline,
 * and its FOC date is not published, unless Telnyx confirmed it while the ledger was current.
 *
 * @param now milliseconds since 1970
 * @returns the order; `undefined` when the ledger has no event of it, and then nothing is recorded
 */
export async function recordReading(
  store: OrderStore,
  id: string,
  { details, isNews, askedAt }: OrderReading,
  now: number,
): Promise<HeldOrder | undefined> {
  const order = await rewriteOrder(store, id, now, async (held) => {
    if (held.version === 0) return undefined;
    // A function that stood still would bring an old FOC date back, and two moves that never were would be published.
    if (held.reading && held.reading.readAt > timestampOf(askedAt ?? now)) return undefined;
    const given = details === 'gone' ? gone(held.reading, held.state.status?.value) : details;
    const reading = readAgain(held.reading, given, held.state.status?.value, timestampOf(now));
    return (
      reading && { ...held, reading, told: { ...held.told, foc: held.told.foc ?? baseline(held, reading, isNews) } }
    );
  });
  return order.version === 0 ? undefined : order;
}

function baseline({ state }: HeldOrder, { details, differs }: HeldReading, isNews: boolean) {
  // Telnyx's status, not the fold's: publish-events may fold the event a moment after the order is read.
  const status = differs?.status ?? state.status?.value;
  const isPublished = isNews && status === 'foc-date-confirmed';
  return { date: isPublished ? null : (details.foc ?? null), times: 0 };
}
