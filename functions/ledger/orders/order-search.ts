import { finds, folded, LEAST_PREFIX, namesOf } from '../../porting/order-names.ts';
import { uuidOf } from '../../porting/patterns.ts';
import { type CursorPage, fillPage, type PageRequest } from '../table/cursor-page.ts';
import { readKeys } from '../table/key-range.ts';
import type { OrderStore } from '../table/store.ts';
import { idIn } from '../table/values.ts';
import { getOrder, isWanted, type Order, type OrderFilter, readOrders } from './order-list.ts';
import { beginningOf, namedBy, nameRange } from './order-names.ts';

/**
 * A page of the orders that a text finds, in any case: by order id, or by customer reference or support key, equal or,
 * from 3 characters on, beginning with it. Equal names come first, then by name. An order that has the text as its id is
 * the only one. Reads as many names as the page has orders, at most four times as many.
 *
 * @param text with at least one character that is not blank
 */
export async function searchOrders(
  store: OrderStore,
  text: string,
  filter: OrderFilter,
  page: PageRequest,
): Promise<CursorPage<Order>> {
  const wanted = folded(text);
  const id = uuidOf(wanted);
  const called = id === undefined ? undefined : await getOrder(store, id);
  if (called) return { things: isWanted(called, filter) ? [called] : [], next: undefined };
  const range = nameRange(wanted, { asPrefix: [...wanted].length >= LEAST_PREFIX });
  return fillPage(
    {
      sortKey: range.sortKey,
      read: (after) => readKeys(store, range, after, page.size + 1),
      show: async (rows) => {
        const found = rows.map((row) => namedBy(idIn(row)));
        const orders = await readOrders(
          store,
          found.map(({ orderId }) => orderId),
        );
        return found.map(({ beginning }, index) => {
          const order = orders[index];
          return order && firstNameFound(order, wanted) === beginning && isWanted(order, filter) ? order : undefined;
        });
      },
    },
    page,
  );
}

/** An order with several such names is shown at the first of them. */
function firstNameFound(order: Order, wanted: string): string | undefined {
  const [first] = namesOf(order)
    .filter((name) => finds(wanted, name))
    .sort();
  return first === undefined ? undefined : beginningOf(first);
}
