import type { KeyRange } from '../table/key-range.ts';

/** The partition of `by_changed`: every order is in it. */
export const ORDER_RECORD_TYPE = 'porting_order';

/** The partition of `by_status` for orders without a known status, such as those known only from a split. */
export const NO_STATUS = 'none';

/** The partition of `undecided`. */
export const UNDECIDED = 'yes';

/** The indexes of the table `orders` by partition key, as in infra/service.ts. Their sort key is `changed_at_id`. */
const INDEXES = {
  by_changed: 'record_type',
  by_status: 'status',
  by_reference: 'customer_reference',
  undecided: 'undecided',
} as const;

export type OrderIndex = keyof typeof INDEXES;

type Part = Omit<KeyRange<'orders'>, 'table' | 'index' | 'partition' | 'sortKey' | 'consistent'>;

/** A range of an index of the table `orders`: the orders in the partition `value`, by the time of their last event. */
export function orderRange(index: OrderIndex, value: string, part: Part = {}): KeyRange<'orders'> {
  return { table: 'orders', index, partition: { attribute: INDEXES[index], value }, sortKey: 'changed_at_id', ...part };
}
