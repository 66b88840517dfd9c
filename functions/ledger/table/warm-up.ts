import type { Store } from './store.ts';
import { get } from './verbs.ts';

const GIVEN_UP_AFTER = 5_000;

/**
 * Reads a row that never exists: the next request then finds an open connection and compiled code. Most functions
 * export it as `warmUp`; the host calls it before the first event. It writes nothing, takes at most 5 s, and never
 * rejects: if DynamoDB does not work, the next request reports it.
 */
export async function warmUpStore(store: Pick<Store, 'client' | 'events'>): Promise<void> {
  const signal = AbortSignal.timeout(GIVEN_UP_AFTER);
  await get(store, 'events', { id: 'warm-up' }, { signal }).catch(() => {});
}
