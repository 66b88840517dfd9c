import { KNOWN_STATUSES } from '../../porting/acts.ts';
import { readControl } from '../table/read-rows.ts';
import { controlKey, type Store } from '../table/store.ts';
import { idIn } from '../table/values.ts';
import { put } from '../table/verbs.ts';
import { NO_STATUS } from './order-keys.ts';

/**
 * The list of all orders is read from one partition for each status. Telnyx's statuses are an open set, so `control`
 * keeps those that this code does not know, from before the first order is in one.
 */
export async function noteStatus(store: Store, status: string): Promise<void> {
  if (status === NO_STATUS || KNOWN_STATUSES.includes(status)) return;
  await put(store, 'control', controlKey('order-status', status));
}

/** Every status that an order may be in. */
export async function readStatuses(store: Store): Promise<readonly string[]> {
  const statuses = new Set([...KNOWN_STATUSES, NO_STATUS]);
  for await (const row of readControl(store, 'order-status')) statuses.add(idIn(row));
  return [...statuses];
}
