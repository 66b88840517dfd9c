import { describeError, log } from '../lambda/log.ts';
import { markDecided } from '../ledger/orders/orders.ts';
import { undecidedOrders } from '../ledger/orders/undecided.ts';
import type { Folded } from './order-state.ts';
import { actionRequired } from './publications.ts';
import type { Publisher } from './publish.ts';
import { foldWhole } from './whole-order.ts';

/** Orders processed at once. */
const AT_ONCE = 8;

/**
 * Publishes what undecided orders ask of the customer, once each, while the ledger is current: from the order's state
 * after everything that was read. Orders with a live webhook were published at once and are no longer undecided.
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
    const orders = await Promise.allSettled(ids.map(async (id) => ({ id, ...(await foldWhole(store, id, now())) })));
    // A run that has begun since may have been half read.
    if ((await current()) !== before) return undefined;
    const outcomes = await Promise.allSettled(
      // An unreadable order must not block the others.
      orders.map(async (order) =>
        order.status === 'rejected' ? Promise.reject(order.reason) : decideOne(publisher, order.value, now()),
      ),
    );
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') log('error', 'not_decided', { error: describeError(outcome.reason) });
      else if (outcome.value) published += 1;
    }
  }
  return published;
}

type Undecided = Folded & { readonly id: string };

/** @returns true when it was published; false when there was nothing to publish. Throws when the bus refused it */
async function decideOne({ store, bus }: Publisher, undecided: Undecided, now: number): Promise<boolean> {
  const { id, order, actionPublished, version } = undecided;
  const action = actionRequired(order, actionPublished, now);
  if (!action) {
    await markDecided(store, id, undefined, version);
    return false;
  }
  const [reason] = (await bus.put([action])).values();
  if (reason !== undefined) throw new Error(`The order ${id}: ${reason}`);
  await markDecided(store, id, action.detail.event_id, version);
  log('info', 'action_required', { porting_order_id: id, event_id: action.detail.event_id });
  return true;
}
