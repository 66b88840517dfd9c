import { pagesOf } from '../table/key-range.ts';
import type { OrderStore } from '../table/store.ts';
import { idIn } from '../table/values.ts';
import { orderRange, UNDECIDED } from './order-keys.ts';

/** Ids of orders that ask something of the customer which is not yet published, longest unchanged first, in pages. */
export async function* undecidedOrders(store: OrderStore, pageSize: number): AsyncGenerator<readonly string[]> {
  for await (const rows of pagesOf(store, orderRange('undecided', UNDECIDED), pageSize)) yield rows.map(idIn);
}
