import { readRows } from '../table/read-rows.ts';
import type { Store } from '../table/store.ts';
import { eventIn, type LedgerEvent } from './row.ts';

/** The events with these ids as they are now, in no order. */
export async function readEvents(store: Store, ids: readonly string[]): Promise<readonly LedgerEvent[]> {
  const events: LedgerEvent[] = [];
  for await (const row of readRows(store, 'events', ids, { consistent: true })) {
    const event = eventIn(row);
    if (event) events.push(event);
  }
  return events;
}
