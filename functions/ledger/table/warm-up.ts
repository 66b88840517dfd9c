import type { Store } from './store.ts';
import { get } from './verbs.ts';

const GIVEN_UP_AFTER = 5_000;

/**
 * Reads a row that never exists, so that the next request finds an open connection and compiled code. Most functions
 * export it as `warmUp`, for a host that calls it before the first event. It leaves no trace, takes 5 s at most, and
 * never rejects: the next request reports what is wrong with DynamoDB.
 */
export async function warmUpStore(store: Pick<Store, 'client' | 'events'>): Promise<void> {
  const signal = AbortSignal.timeout(GIVEN_UP_AFTER);
  await get(store, 'events', { id: 'warm-up' }, { signal }).catch(() => {});
}
