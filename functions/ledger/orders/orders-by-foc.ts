import type { Timestamp } from '../../porting/timestamp.ts';
import { through } from '../table/event-keys.ts';
import { rowsOf } from '../table/key-range.ts';
import type { OrderStore } from '../table/store.ts';
import { idIn, textIn } from '../table/values.ts';
import { DATED, orderRange } from './order-keys.ts';

/** An order with a FOC date. */
export interface DatedOrder {
  readonly id: string;
  readonly foc: Timestamp;
}

/** The orders with a FOC date from `from` to `to`, both included, by date; without those cancelled or deleted. */
export async function* ordersWithFoc(store: OrderStore, from: Timestamp, to: Timestamp): AsyncGenerator<DatedOrder> {
  for await (const row of rowsOf(store, orderRange('by_foc', DATED, { from, to: through(to) }))) {
    yield { id: idIn(row), foc: (textIn(row, 'foc_id') ?? '').split('#')[0] ?? '' };
  }
}
