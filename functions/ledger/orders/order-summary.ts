import { statusesWaitingFor, TERMINAL } from '../../porting/acts.ts';
import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { isAbove } from '../table/expressions.ts';
import { countAll } from '../table/key-range.ts';
import type { OrderStore } from '../table/store.ts';
import { ordersNeedingYou } from './needs-you.ts';
import { orderRange } from './order-keys.ts';

const DAY = 24 * 3_600_000;
const ENDED_IN_DAYS = 7;

/** How the orders stand. */
export interface OrderSummary {
  readonly needs_you: number;
  /** The soonest deadline among the orders that need you; null when none of them has one. */
  readonly next_deadline: Timestamp | null;
  readonly waiting_for_telnyx: number;
  readonly waiting_for_losing_carrier: number;
  /** Orders that came into a status after which nothing follows. */
  readonly ended_7d: number;
}

/**
 * Counts the orders by who must act. An order that waits for someone else and in which Telnyx asks you something is in
 * both counts. Reads the keys of the open orders, and of those that changed within a week.
 *
 * @param now milliseconds since 1970
 */
export async function summarizeOrders(store: OrderStore, now: number): Promise<OrderSummary> {
  const inStatuses = (statuses: readonly string[]) =>
    sumOf(statuses.map((status) => countAll(store, orderRange('by_status', status))));
  const weekAgo = timestampOf(now - ENDED_IN_DAYS * DAY);
  const ended = TERMINAL.map((status) =>
    countAll(store, orderRange('by_status', status, { from: weekAgo, where: isAbove('since', weekAgo) })),
  );
  const [needing, telnyx, losingCarrier, endedLately] = await Promise.all([
    ordersNeedingYou(store, now),
    inStatuses(statusesWaitingFor('telnyx')),
    inStatuses(statusesWaitingFor('losing_carrier')),
    sumOf(ended),
  ]);
  return {
    needs_you: needing.length,
    next_deadline: needing[0]?.need.by ?? null,
    waiting_for_telnyx: telnyx,
    waiting_for_losing_carrier: losingCarrier,
    ended_7d: endedLately,
  };
}

async function sumOf(counts: readonly Promise<number>[]): Promise<number> {
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
