import { paginateQuery } from '@aws-sdk/client-dynamodb';
import type { Timestamp } from '../../porting/timestamp.ts';
import { BEGINNING, END, RECORD_TYPE } from '../table/event-keys.ts';
import { isExpired } from '../table/expiry.ts';
import { readRows } from '../table/read-rows.ts';
import { type Store, text } from '../table/store.ts';
import { type Row, textIn } from '../table/values.ts';

/** Which events to select. Both bounds of `created_at` are included. */
export interface SelectionFilter {
  readonly type?: string;
  readonly portingOrderId?: string;
  readonly from?: Timestamp;
  readonly to?: Timestamp;
  /** Only events whose webhook was given up and has not come since. */
  readonly missed?: true;
}

/** An event in a selection. What the ledger does not know of it is null. */
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
 * The events that a filter lets through, oldest first, as far as an index tells of them.
 *
 * @param most of them
 * @throws {SelectionTooLarge}
 */
export async function selectEvents(
  store: Store,
  filter: SelectionFilter,
  most: number,
): Promise<readonly SelectedEvent[]> {
  const selected: SelectedEvent[] = [];
  const { index, key, value } = partitionOf(filter);
  const pages = paginateQuery(
    { client: store.client },
    {
      TableName: store.events,
      IndexName: index,
      KeyConditionExpression: `${key} = :partition AND created_at_id BETWEEN :from AND :to`,
      ExpressionAttributeValues: {
        ':partition': text(value),
        ':from': text(filter.from ?? BEGINNING),
        // Behind the last instant itself lie the ids of its events.
        ':to': text(filter.to === undefined ? END : `${filter.to}#${END}`),
      },
    },
  );
  for await (const { Items = [] } of pages) {
    const events = Items.map(eventIn);
    selected.push(...events.filter((event) => letsThrough(filter, event)));
    if (selected.length > most) throw new SelectionTooLarge(`More than ${most} events are selected.`);
  }
  return selected;
}

/**
 * What the ledger knows of these events, in the same order.
 *
 * @param now milliseconds since 1970: events whose time is over are not known
 */
export async function describeEvents(
  store: Store,
  ids: readonly string[],
  now: number,
): Promise<readonly SelectedEvent[]> {
  const known = new Map<string, SelectedEvent>();
  const attributes = ['id', 'event_type', 'porting_order_id', 'created_at_id', 'expires_at'];
  for await (const rows of readRows(store, 'events', ids, { attributes })) {
    for (const row of rows) if (!isExpired(row, now)) known.set(textIn(row, 'id') ?? '', eventIn(row));
  }
  return ids.map((id) => known.get(id) ?? { id, event_type: null, porting_order_id: null, created_at: null });
}

/** The smallest partition that holds all that the filter lets through. */
function partitionOf({ type, portingOrderId, missed }: SelectionFilter) {
  if (missed) return { index: 'by_gap', key: 'gap', value: 'missed' };
  if (portingOrderId !== undefined) return { index: 'by_order', key: 'porting_order_id', value: portingOrderId };
  if (type !== undefined) return { index: 'by_type', key: 'event_type', value: type };
  return { index: 'by_time', key: 'record_type', value: RECORD_TYPE };
}

/** What the partition itself has not sorted out; the index holds what is asked here. */
function letsThrough({ type, portingOrderId }: SelectionFilter, event: SelectedEvent): boolean {
  return (
    (type === undefined || event.event_type === type) &&
    (portingOrderId === undefined || event.porting_order_id === portingOrderId)
  );
}

function eventIn(row: Row): SelectedEvent {
  return {
    id: textIn(row, 'id') ?? '',
    event_type: textIn(row, 'event_type') ?? null,
    porting_order_id: textIn(row, 'porting_order_id') ?? null,
    created_at: textIn(row, 'created_at_id')?.split('#')[0] ?? null,
  };
}
