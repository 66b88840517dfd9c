import { describeError, log } from '../lambda/log.ts';
import { markDecided } from '../ledger/orders/orders.ts';
import { undecidedOrders } from '../ledger/orders/undecided.ts';
import type { Folded } from './order-state.ts';
import { actionRequired } from './publications.ts';
import type { Publisher } from './publish.ts';
import { foldWhole } from './whole-order.ts';

/** Orders worked on at once. */
const AT_ONCE = 8;

/**
 * Announces what undecided orders ask of the customer, when the ledger is current: once for each of them, from the state that results of all
 * that has been read. What was announced at once, because its webhook was live, is not undecided any more.
 *
 * @param current whether the ledger is: see readCurrent
 * @returns how many were announced; undefined when the ledger is not current, and they go on waiting
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
    // A run that has begun meanwhile may have been half read.
    if ((await current()) !== before) return undefined;
    const outcomes = await Promise.allSettled(
      // An order that cannot be read holds up no other one.
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

/** @returns true when it was announced; false when there was nothing to announce, or the bus did not take it */
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
