import { type AttributeValue, paginateScan } from '@aws-sdk/client-dynamodb';
import { entryOf, sizeOf } from '../../functions/bus/entries.ts';
import type { Row } from '../../functions/ledger/table/values.ts';
import { type TableName, tables } from '../../infra/service.ts';
import { OFF, open, SAMPLE, sampleOf, seen } from './cost-sample.ts';
import { bytesOf } from './row-bytes.ts';

/** EventBridge bills each begun piece of this many bytes as an event. */
const PIECE = 65_536;

/** Means over a table's rows, in bytes, without what DynamoDB adds to each row and entry. */
export interface RowSize {
  readonly row: number;
  /** The total size of a row's index entries, and their number. */
  readonly entries: number;
  readonly entriesOfARow: number;
}

export interface Sizes {
  readonly event: RowSize;
  readonly order: RowSize;
  readonly eventsOfAnOrder: number;
  /** The share of events whose order is folded again when the list confirms them with another date. */
  readonly foldedAgain: number;
  /** What is put on the bus for each event: the number of entries, their bytes, and what EventBridge bills. */
  readonly published: { readonly many: number; readonly bytes: number; readonly billed: number };
  /** The share of each type among the events that come by webhook. */
  readonly types: Readonly<Record<string, number>>;
}

/** Measures published events that came by webhook and list, and their orders. */
export async function sizes(endpoint: string): Promise<Sizes> {
  const { store, published, deliver, held: heldOf, list, publish, marked } = await open(endpoint);
  const events = sampleOf(SAMPLE);
  for (const event of events) await deliver(event, OFF);
  for (const event of events) await publish([event], seen(event));
  const before = await heldOf(events);
  for (const event of events) await list(event, before);
  const again = await marked(events);
  for (const event of again) await publish([event], seen(event));

  const rowsOf = async (table: TableName) => {
    const rows: Row[] = [];
    for await (const { Items = [] } of paginateScan({ client: store.client }, { TableName: store[table] })) {
      rows.push(...Items);
    }
    return rows;
  };
  const [held, orders] = [await rowsOf('events'), await rowsOf('orders')];
  const entries = published.map((busEvent) => sizeOf(entryOf(busEvent)));
  const types = Map.groupBy(events, ({ event_type }) => event_type);
  return {
    event: sizeOfRows('events', held),
    order: sizeOfRows('orders', orders),
    eventsOfAnOrder: events.length / orders.length,
    foldedAgain: again.length / events.length,
    published: {
      many: entries.length / events.length,
      bytes: sum(entries) / entries.length,
      billed: sum(entries.map((bytes) => Math.ceil(bytes / PIECE))) / events.length,
    },
    types: Object.fromEntries([...types].map(([type, of]) => [type, of.length / events.length])),
  };
}

function sizeOfRows(table: TableName, rows: readonly Row[]): RowSize {
  const { partitionKey, sortKey: tableSortKey, indexes } = tables[table];
  const entries = rows.flatMap((row) =>
    Object.values(indexes)
      .filter((index) => row[index.partitionKey] && row[index.sortKey])
      .map((index) => {
        const names = new Set([
          partitionKey,
          ...(tableSortKey ? [tableSortKey] : []),
          index.partitionKey,
          index.sortKey,
        ]);
        for (const name of index.include) if (row[name]) names.add(name);
        return bytesOf(Object.fromEntries([...names].map((name) => [name, row[name] as AttributeValue])));
      }),
  );
  return {
    row: sum(rows.map(bytesOf)) / rows.length,
    entries: sum(entries) / rows.length,
    entriesOfARow: entries.length / rows.length,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
