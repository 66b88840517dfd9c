import { describeError, log } from '../lambda/log.ts';
import type { HeldOrder } from '../ledger/orders/order-row.ts';
import { markDecided } from '../ledger/orders/orders.ts';
import { undecidedOrders } from '../ledger/orders/undecided.ts';
import { derivedFrom, toldBy } from '../porting/derived.ts';
import { derivedEvents } from './publications.ts';
import type { Publisher } from './publish.ts';
import { foldWhole } from './whole-order.ts';

/** Orders processed at once. */
const AT_ONCE = 8;

/**
 * Publishes what undecided orders have to say, once each, while the ledger is current: from the order's row after
 * everything that was read. What a live webhook brought was published at once.
 *
 * @param current whether the ledger is current: see readCurrent
 * @returns the number of orders published; undefined when the ledger is not current, and the orders go on waiting
 */
export async function decide(
  publisher: Publisher,
  current: () => Promise<number | undefined>,
  now: () => number,
  outOfTime: () => boolean,
): Promise<number | undefined> {
  const { store } = publisher;
  let published = 0;
  for await (const ids of undecidedOrders(store, AT_ONCE)) {
    const before = await current();
    if (before === undefined || outOfTime()) return undefined;
    const orders = await Promise.allSettled(ids.map((id) => foldWhole(store, id, now())));
    // A run that has begun since may have been half read.
    if ((await current()) !== before) return undefined;
    const outcomes = await Promise.allSettled(
      // An unreadable order must not block the others.
      orders.map(async (order) =>
        order.status === 'rejected' ? Promise.reject(order.reason) : decideOne(publisher, order.value.held, now()),
      ),
    );
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') log('error', 'not_decided', { error: describeError(outcome.reason) });
      else if (outcome.value) published += 1;
    }
  }
  return published;
}

/** @returns true when something was published; false when there was nothing. Throws when the bus refused it */
export async function decideOne({ store, bus }: Publisher, held: HeldOrder, now: number): Promise<boolean> {
  const { id } = held;
  const derived = derivedFrom(held, now);
  const [reason] = (await bus.put(derivedEvents(held, derived, false))).values();
  if (reason !== undefined) throw new Error(`The order ${id}: ${reason}`);
  await markDecided(store, held, toldBy(derived), now);
  for (const { type } of derived) log('info', 'decided', { porting_order_id: id, type });
  return derived.length > 0;
}
