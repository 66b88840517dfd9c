import { TERMINAL } from '../../porting/acts.ts';
import { type Need, needOf, QUESTION_WAITS_FOR } from '../../porting/needs.ts';
import { timestampOf } from '../../porting/timestamp.ts';
import type { CursorPage, PageRequest } from '../table/cursor-page.ts';
import { all, any, isAbove, isAtMost } from '../table/expressions.ts';
import { rowsOf } from '../table/key-range.ts';
import type { OrderStore } from '../table/store.ts';
import { idIn } from '../table/values.ts';
import { orderRange } from './order-keys.ts';
import { type Order, readOrders } from './order-list.ts';
import { readStatuses } from './order-statuses.ts';

const DAY = 24 * 3_600_000;
/** Telnyx deletes a draft after 30 days. Before the last five it needs no one, and most drafts are younger. */
const DRAFTS = { from: 31 * DAY, to: 25 * DAY - 1_000 };
/** Telnyx cancels an exception after 14 days. */
const LONGEST_EXCEPTION = 15 * DAY;
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
  const isAsked = isAbove('asked_at', timestampOf(now - QUESTION_WAITS_FOR));
  const ago = (milliseconds: number) => timestampOf(now - milliseconds);
  const isDue = new Map([
    ['exception', isAbove('since', ago(LONGEST_EXCEPTION))],
    ['draft', all(isAbove('since', ago(DRAFTS.from)), isAtMost('since', ago(DRAFTS.to)))],
  ]);
  const open = (await readStatuses(store)).filter((status) => !TERMINAL.includes(status));
  const ids = await Promise.all(
    open.map(async (status) => {
      const due = isDue.get(status);
      const where = due ? any(due, isAsked) : isAsked;
      const found: string[] = [];
      for await (const row of rowsOf(store, orderRange('by_status', status, { where }))) found.push(idIn(row));
      return found;
    }),
  );
  return [...new Set(ids.flat())];
}
