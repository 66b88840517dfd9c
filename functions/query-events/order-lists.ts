import { invalid, type Problem } from '../http/problem.ts';
import { anyText, dateTime, flag, oneOf, searchText, statusList } from '../http/query-parameters.ts';
import { listNeedingYou } from '../ledger/orders/needs-you.ts';
import { listOrders, type Order, type OrderFilter, type OrderSort } from '../ledger/orders/order-list.ts';
import { searchOrders } from '../ledger/orders/order-search.ts';
import { type FocSpan, listByFoc } from '../ledger/orders/orders-by-foc.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import type { CursorRequest } from './cursor-answer.ts';

/** The query of the list of orders. */
export const ORDER_QUERY = {
  statuses: ['filter[status]', statusList],
  actionRequired: ['filter[action_required]', flag],
  customerReference: ['filter[customer_reference]', anyText],
  needs: ['filter[needs]', oneOf('you')],
  text: ['filter[q]', searchText],
  focFrom: ['filter[foc][gte]', dateTime],
  focTo: ['filter[foc][lte]', dateTime],
  sort: ['sort', oneOf<OrderSort | 'act_by' | 'foc'>('-changed_at', 'changed_at', 'act_by', 'foc')],
} as const;

interface OrderQuery extends OrderFilter, FocSpan {
  readonly needs?: 'you';
  readonly text?: string;
  readonly sort?: OrderSort | 'act_by' | 'foc';
}

/**
 * The list that a query asks for: its name for cursors, and how to read a page of it.
 *
 * @throws a 422 that says which parameters go together
 */
export function orderList(store: OrderStore, query: OrderQuery): Pick<CursorRequest<Order>, 'scope' | 'read'> {
  const { needs, text, focFrom, focTo, sort, ...filter } = query;
  const { statuses = null, actionRequired = null, customerReference = null } = filter;
  if (needs !== undefined || sort === 'act_by') {
    const isAlone = Object.keys(query).every((name) => name === 'needs' || name === 'sort');
    if (!isAlone || needs === undefined || (sort ?? 'act_by') !== 'act_by') throw together('filter[needs]', NEEDS);
    return { scope: ['orders', 'needs you'], read: (part) => listNeedingYou(store, part, Date.now()) };
  }
  if (text !== undefined) {
    if (Object.keys(query).some((name) => !BESIDE_TEXT.includes(name))) throw together('filter[q]', SEARCH);
    const scope = ['orders', 'search', text, statuses, actionRequired];
    return { scope, read: (part) => searchOrders(store, text, filter, part) };
  }
  if (focFrom !== undefined || focTo !== undefined || sort === 'foc') {
    if ((sort ?? 'foc') !== 'foc' || customerReference !== null) throw together('filter[foc][gte]', FOC);
    const scope = ['orders', 'foc', focFrom ?? null, focTo ?? null, statuses, actionRequired];
    return { scope, read: (part) => listByFoc(store, query, part) };
  }
  const order = sort ?? '-changed_at';
  const scope = ['orders', statuses, actionRequired, customerReference, order];
  return { scope, read: (part) => listOrders(store, filter, order, part) };
}

const NEEDS = '"filter[needs]=you" and "sort=act_by" go together, and with no other filter.';
const BESIDE_TEXT: readonly string[] = ['text', 'statuses', 'actionRequired'];
const SEARCH =
  '"filter[q]" goes together with "filter[status]" and "filter[action_required]" only. What it finds is sorted by name.';
const FOC = '"filter[foc]" and "sort=foc" go together, and with "filter[status]" and "filter[action_required]" only.';

function together(parameter: string, detail: string): Problem {
  return invalid('10031', 'Invalid filter', detail, { parameter });
}
