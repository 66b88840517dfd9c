import type { Timestamp } from '../../porting/timestamp.ts';
import { smallestRange, through } from '../table/event-keys.ts';
import { pagesOf } from '../table/key-range.ts';
import { readRows } from '../table/read-rows.ts';
import type { Store } from '../table/store.ts';
import { idIn, type Row, textIn } from '../table/values.ts';
import { isRetired } from './retention.ts';

/** Which events to select. Both bounds of `created_at` are included. */
export interface SelectionFilter {
  readonly type?: string;
  readonly portingOrderId?: string;
  readonly from?: Timestamp;
  readonly to?: Timestamp;
  /** Only events whose webhook was given up and has not come since. */
  readonly missed?: true;
}

/** An event in a selection. Anything unknown is null. */
export interface SelectedEvent {
  readonly id: string;
  readonly event_type: string | null;
  readonly porting_order_id: string | null;
  readonly created_at: Timestamp | null;
}

/** More events than one job may have. */
export class SelectionTooLarge extends Error {
  override readonly name = 'SelectionTooLarge';
}

/**
 * The events that match a filter, oldest first, as far as an index shows them.
 *
 * @param most the most events allowed
 * @throws {SelectionTooLarge}
 */
export async function selectEvents(
  store: Store,
  filter: SelectionFilter,
  most: number,
): Promise<readonly SelectedEvent[]> {
  const selected: SelectedEvent[] = [];
  const range = smallestRange(filter, { from: filter.from, to: through(filter.to) });
  for await (const rows of pagesOf(store, range)) {
    selected.push(...rows.map(selectedEventIn));
    if (selected.length > most) throw new SelectionTooLarge(`More than ${most} events are selected.`);
  }
  return selected;
}

/**
 * What the ledger knows of these events, in the same order.
 *
 * @param now milliseconds since 1970: expired events are unknown
 */
export async function describeEvents(
  store: Store,
  ids: readonly string[],
  now: number,
): Promise<readonly SelectedEvent[]> {
  const known = new Map<string, SelectedEvent>();
  const attributes = ['id', 'event_type', 'porting_order_id', 'created_at_id', 'expires_at'];
  for await (const row of readRows(store, 'events', ids, { attributes })) {
    if (!isRetired(row, now)) known.set(idIn(row), selectedEventIn(row));
  }
  return ids.map((id) => known.get(id) ?? { id, event_type: null, porting_order_id: null, created_at: null });
}

function selectedEventIn(row: Row): SelectedEvent {
  return {
    id: idIn(row),
    event_type: textIn(row, 'event_type') ?? null,
    porting_order_id: textIn(row, 'porting_order_id') ?? null,
    created_at: textIn(row, 'created_at_id')?.split('#')[0] ?? null,
  };
}
