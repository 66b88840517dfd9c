import { hash } from 'node:crypto';
import { requireOfDynalite } from './level-iterators.ts';

/** The parts of `level` used here: keys and values as text, as they are on disk. */
export interface LevelStore {
  iterator(range: { readonly gte: string; readonly lt: string }): AsyncIterable<[key: string, value: string]>;
  batch(changes: readonly Change[]): Promise<void>;
}

/** How many index entries of a table were removed or written. */
export interface Mended {
  readonly table: string;
  readonly entries: number;
}

type Change =
  | { readonly type: 'del'; readonly key: string }
  | { readonly type: 'put'; readonly key: string; readonly value: string };

type Row = Readonly<Record<string, unknown>>;

interface Index {
  readonly IndexName: string;
}

/** A table as dynalite keeps it. */
interface TableRow {
  readonly TableName: string;
  readonly GlobalSecondaryIndexes?: readonly Index[];
}

interface DynaliteDb {
  /** The index entries that dynalite writes and removes when a row replaces another, or is new. */
  getIndexActions(
    indexes: readonly Index[],
    existing: Row | null,
    row: Row,
    table: TableRow,
  ): { readonly puts: readonly { readonly index: string; readonly key: string; readonly item: Row }[] };
}

const { getIndexActions } = requireOfDynalite('./db') as DynaliteDb;

/** The size of one write to disk: a larger one has to fit into memory several times. */
const CHANGES_AT_ONCE = 1_000;

/**
 * Makes the secondary indexes of dynalite's tables agree with their rows. dynalite removes a row's old index entries,
 * writes the new ones, and only then writes the row, each in a write of its own. A kill between two of them leaves
 * entries without a row, entries with values that the row does not have, and rows without an entry. After the repair,
 * an interrupted write is as if it had never begun: no caller has had a success.
 *
 * @param store dynalite's own, before dynalite opens it
 * @returns the tables that had something to repair
 */
export async function mendIndexes(store: LevelStore): Promise<readonly Mended[]> {
  const mended: Mended[] = [];
  for await (const [, text] of store.iterator(under('table'))) {
    const table = JSON.parse(text) as TableRow;
    const changes = await changesOf(store, table);
    for (let from = 0; from < changes.length; from += CHANGES_AT_ONCE) {
      await store.batch(changes.slice(from, from + CHANGES_AT_ONCE));
    }
    if (changes.length > 0) mended.push({ table: table.TableName, entries: changes.length });
  }
  return mended;
}

/** Removals come first: an entry with other values has the same key. */
async function changesOf(store: LevelStore, table: TableRow): Promise<Change[]> {
  const names = (table.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => nameOf(table, IndexName));
  if (names.length === 0) return [];

  const rows = `item-${table.TableName}`;
  const missing = new Set<string>();
  for await (const [, text] of store.iterator(under(rows))) {
    for (const [key, value] of entriesOf(table, JSON.parse(text))) missing.add(digest(key, value));
  }
  const changes: Change[] = [];
  for (const name of names) {
    for await (const [key, value] of store.iterator(under(name))) {
      if (!missing.delete(digest(key, value))) changes.push({ type: 'del', key });
    }
  }
  if (missing.size === 0) return changes;
  for await (const [, text] of store.iterator(under(rows))) {
    for (const [key, value] of entriesOf(table, JSON.parse(text))) {
      if (missing.has(digest(key, value))) changes.push({ type: 'put', key, value });
    }
  }
  return changes;
}

/** Keys and values of a row's index entries. */
function entriesOf(table: TableRow, row: Row): (readonly [key: string, value: string])[] {
  const { puts } = getIndexActions(table.GlobalSecondaryIndexes ?? [], null, row, table);
  return puts.map(({ index, key, item }) => [`${nameOf(table, index)}~${key}`, JSON.stringify(item)] as const);
}

/** dynalite keeps everything in one store: the text before a key and `~` says what the key belongs to. */
const nameOf = ({ TableName }: TableRow, index: string) => `index-global~${TableName}~${index}`;
const under = (name: string) => ({ gte: `${name}~`, lt: `${name}~\xff` });

/** Stands for an entry of 500 bytes: a large ledger has half a million. */
const digest = (key: string, value: string) => hash('sha1', `${key} ${value}`, 'base64');
