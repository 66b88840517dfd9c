import type { KeyRange } from '../table/key-range.ts';

/** The partition of `by_status` for orders without a known status, such as those known only from a split. */
export const NO_STATUS = 'none';

/** The partition of `undecided`. */
export const UNDECIDED = 'yes';

/** The partition of `by_foc`. */
export const DATED = 'yes';

/** The indexes of the table `orders`, as in infra/service.ts: partition key and sort key. */
const INDEXES = {
  by_status: ['status', 'changed_at_id'],
  undecided: ['undecided', 'changed_at_id'],
  by_foc: ['dated', 'foc_id'],
} as const;

export type OrderIndex = keyof typeof INDEXES;

type Part = Omit<KeyRange<'orders'>, 'table' | 'index' | 'partition' | 'sortKey' | 'consistent'>;

/** A range of an index of the table `orders`: the orders in the partition `value`. */
export function orderRange(index: OrderIndex, value: string, part: Part = {}): KeyRange<'orders'> {
  const [attribute, sortKey] = INDEXES[index];
  return { table: 'orders', index, partition: { attribute, value }, sortKey, ...part };
}
