import { TERMINAL, timeToActIn } from '../../porting/acts.ts';
import { DRAFT_NEEDS_YOU_FOR, type Need, needOf, QUESTION_WAITS_FOR } from '../../porting/needs.ts';
import { timestampOf } from '../../porting/timestamp.ts';
import type { CursorPage, PageRequest } from '../table/cursor-page.ts';
import { all, any, isAbove, isAtMost } from '../table/expressions.ts';
import type { OrderStore } from '../table/store.ts';
import { type Order, readOrders } from './order-list.ts';
import { readStatuses } from './order-statuses.ts';
import { idsInStatuses } from './orders-by-status.ts';

/** {@link needOf} decides, in whole milliseconds: what is read before must not be less. */
const MARGIN = 1_000;
/** After every deadline. */
const NO_DEADLINE = '~';

/**
 * A page of the orders that need you, the soonest deadline first; those without one last, and at one instant by id. The
 * keys of the open orders come from the index by status, so its cost grows with these and not with the ledger.
 *
 * @param now milliseconds since 1970
 */
export async function listNeedingYou(
  store: OrderStore,
  { size, after }: PageRequest,
  now: number,
): Promise<CursorPage<Order>> {
  const found = (await ordersNeedingYou(store, now)).filter(({ place }) => after === undefined || place > after);
  const shown = found.slice(0, size);
  return { things: shown.map(({ order }) => order), next: found.length > size ? shown.at(-1)?.place : undefined };
}

/** An order that needs you, and its place among them. */
export interface NeedingOrder {
  readonly order: Order;
  readonly need: Need;
  readonly place: string;
}

/** All orders that need you, the soonest deadline first. */
export async function ordersNeedingYou(store: OrderStore, now: number): Promise<readonly NeedingOrder[]> {
  return (await readOrders(store, await idsThatMayNeedYou(store, now)))
    .filter((order) => order !== undefined)
    .flatMap((order) => {
      const need = needOf(order, now);
      return need ? [{ order, need, place: `${need.by ?? NO_DEADLINE}#${order.id}` }] : [];
    })
    .sort((one, other) => (one.place < other.place ? -1 : 1));
}

async function idsThatMayNeedYou(store: OrderStore, now: number): Promise<readonly string[]> {
  const ago = (milliseconds: number) => timestampOf(now - milliseconds);
  const isAsked = isAbove('asked_at', ago(QUESTION_WAITS_FOR));
  const hasTime = (status: string) => isAbove('since', ago(timeToActIn(status) + MARGIN));
  // Most drafts are younger than that, and the customer's own business.
  const isOldDraft = isAtMost('since', ago(timeToActIn('draft') - DRAFT_NEEDS_YOU_FOR - MARGIN));
  const isDue = new Map([
    ['exception', hasTime('exception')],
    ['draft', all(hasTime('draft'), isOldDraft)],
  ]);
  const open = (await readStatuses(store)).filter((status) => !TERMINAL.includes(status));
  return idsInStatuses(store, open, (status) => {
    const due = isDue.get(status);
    return { where: due ? any(due, isAsked) : isAsked };
  });
}
