import { GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { readKeptCounts } from '../counts/day-counts.ts';
import { type Segment, segmentsOf } from '../counts/segments.ts';
import { BEGINNING, END, RECORD_TYPE } from '../table/event-keys.ts';
import { isExpired } from '../table/expiry.ts';
import { readRows } from '../table/read-rows.ts';
import { type Store, text } from '../table/store.ts';
import { type Row, textIn } from '../table/values.ts';
import { eventIn, joinedToIn, type LedgerEvent } from './row.ts';

/** Which events to list. Bounds of `created_at` are timestamps with six digits, both included. */
export interface ListFilter {
  readonly type?: string;
  readonly portingOrderId?: string;
  readonly createdFrom?: string;
  readonly createdTo?: string;
}

/** A page of the list, newest first, events of one instant by id. `total` counts all events that the filter lets through. */
export interface EventPage {
  readonly total: number;
  readonly events: readonly LedgerEvent[];
}

/** The events of a page are larger together than an answer may be. */
export class PageTooLarge extends Error {
  override readonly name = 'PageTooLarge';
}

/**
 * A page of the list. It costs about 10 requests at any size of the ledger: kept counts say where in time the page begins, and
 * only what lies within one day is skipped row by row (some 5,000 keys a request).
 *
 * @param page `number` from 1
 * @param largest bytes of JSON after which reading stops
 * @param now milliseconds since 1970
 * @throws {PageTooLarge}
 */
export async function listEvents(
  store: Store,
  filter: ListFilter,
  page: { readonly number: number; readonly size: number },
  largest: number,
  now = Date.now(),
): Promise<EventPage> {
  const range = rangeOf(filter);
  if (range.from > range.to) return { total: 0, events: [] };
  const skip = (page.number - 1) * page.size;
  const { total, ids } =
    filter.portingOrderId === undefined
      ? await idsByTime(store, filter.type, range, skip, page.size)
      : await idsOfOrder(store, filter.portingOrderId, filter.type, range, skip, page.size);
  const events = await eventsOf(store, ids, largest, now);
  return { total, events: events.filter((event) => event !== undefined) };
}

/**
 * The event with this id, unless its time is over. An event that the list brought under another id than its webhook had is found under
 * both, and told under the list's.
 */
export async function getEvent(store: Store, id: string, now = Date.now()): Promise<LedgerEvent | undefined> {
  const row = await readRow(store, id);
  const listedId = row && joinedToIn(row);
  const shown = listedId === undefined ? row : await readRow(store, listedId);
  return shown && !isExpired(shown, now) ? eventIn(shown) : undefined;
}

async function readRow(store: Store, id: string): Promise<Row | undefined> {
  const { Item } = await store.client.send(new GetItemCommand({ TableName: store.events, Key: { id: text(id) } }));
  return Item;
}

interface Range {
  readonly from: string;
  readonly to: string;
}

interface Ids {
  readonly total: number;
  readonly ids: readonly string[];
}

/** Sort keys are `created_at#id`: behind the last instant itself lie its ids, and `~` lies behind them. */
function rangeOf({ createdFrom, createdTo }: ListFilter): Range {
  return { from: createdFrom ?? BEGINNING, to: createdTo === undefined ? END : `${createdTo}#${END}` };
}

async function idsByTime(
  store: Store,
  type: string | undefined,
  range: Range,
  skip: number,
  size: number,
): Promise<Ids> {
  const partition =
    type === undefined
      ? { index: 'by_time', attribute: 'record_type', value: RECORD_TYPE }
      : { index: 'by_type', attribute: 'event_type', value: type };
  const segments = segmentsOf(await readKeptCounts(store), range.from, range.to, type);
  const counts = await Promise.all(segments.map((segment) => segment.count ?? countWithin(store, partition, segment)));
  const total = counts.reduce((sum, count) => sum + count, 0);

  let left = skip;
  const start = segments.findIndex((_, index) => {
    const count = counts[index] as number;
    if (left < count) return true;
    left -= count;
    return false;
  });
  const newest = segments[start];
  if (!newest) return { total, ids: [] };
  // Events that came since they were counted push others behind this page: whoever reads on must hear that there is one more.
  const ids = await idsFrom(store, partition, { from: range.from, to: newest.to }, left, size + 1);
  return { total: Math.max(total, skip + ids.length), ids: ids.slice(0, size) };
}

interface Partition {
  readonly index: string;
  readonly attribute: string;
  readonly value: string;
}

function within({ index, attribute, value }: Partition, store: Store, { from, to }: Range) {
  return {
    TableName: store.events,
    IndexName: index,
    KeyConditionExpression: `${attribute} = :partition AND created_at_id BETWEEN :from AND :to`,
    ExpressionAttributeValues: { ':partition': text(value), ':from': text(from), ':to': text(to) },
    ScanIndexForward: false,
  };
}

async function countWithin(store: Store, partition: Partition, segment: Segment): Promise<number> {
  let count = 0;
  const pages = paginateQuery({ client: store.client }, { ...within(partition, store, segment), Select: 'COUNT' });
  for await (const { Count = 0 } of pages) count += Count;
  return count;
}

async function idsFrom(
  store: Store,
  partition: Partition,
  range: Range,
  skip: number,
  size: number,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let left = skip;
  const pages = paginateQuery(
    { client: store.client, pageSize: skip + size },
    { ...within(partition, store, range), ProjectionExpression: 'id' },
  );
  for await (const { Items = [] } of pages) {
    for (const row of Items.slice(left)) ids.push(textIn(row, 'id') ?? '');
    left = Math.max(0, left - Items.length);
    if (ids.length >= size) break;
  }
  return ids.slice(0, size);
}

/** An order has some dozens of events: all its keys are read at once. */
async function idsOfOrder(
  store: Store,
  portingOrderId: string,
  type: string | undefined,
  range: Range,
  skip: number,
  size: number,
): Promise<Ids> {
  const partition = { index: 'by_order', attribute: 'porting_order_id', value: portingOrderId };
  const matching: string[] = [];
  const pages = paginateQuery(
    { client: store.client },
    { ...within(partition, store, range), ProjectionExpression: 'id, event_type' },
  );
  for await (const { Items = [] } of pages) {
    for (const row of Items) {
      if (type === undefined || textIn(row, 'event_type') === type) matching.push(textIn(row, 'id') ?? '');
    }
  }
  return { total: matching.length, ids: matching.slice(skip, skip + size) };
}

/**
 * Reads events in the order of their ids. One that has expired, or that is another event under its webhook's id, is
 * undefined: an index may show it for a moment longer.
 *
 * @throws {PageTooLarge}
 */
export async function eventsOf(
  store: Store,
  ids: readonly string[],
  largest: number,
  now: number,
): Promise<readonly (LedgerEvent | undefined)[]> {
  const rows = new Map<string, Row>();
  let bytes = 0;
  for await (const batch of readRows(store, 'events', ids)) {
    for (const row of batch) {
      rows.set(textIn(row, 'id') ?? '', row);
      bytes += Buffer.byteLength(textIn(row, 'record') ?? textIn(row, 'delivered') ?? '');
    }
    if (bytes > largest) throw new PageTooLarge(`The first ${rows.size} events of the page are ${bytes} bytes.`);
  }
  return ids.map((id) => {
    const row = rows.get(id);
    const hidden = !row || isExpired(row, now) || joinedToIn(row) !== undefined;
    return hidden ? undefined : eventIn(row);
  });
}
