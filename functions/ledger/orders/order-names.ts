import { any, isAtMost, isBelow, lacks } from '../table/expressions.ts';
import type { KeyRange } from '../table/key-range.ts';
import { controlRange } from '../table/read-rows.ts';
import { controlKey, type OrderStore } from '../table/store.ts';
import { put, remove } from '../table/verbs.ts';

/**
 * Rows of `control` by which orders are found: for each name of an order, as porting/order-names.ts makes it, one row
 * with the id `<name>\t<order id>`. Names hold no tab, and the tab comes before every other character: an equal name
 * comes before longer ones. A row may outlive its name, after a crash: what it leads to is checked.
 */
const KIND = 'order-name';
const SEPARATOR = '\t';
/** In UTF-8, where DynamoDB compares, no character comes after it. */
const LAST = '\u{10ffff}';
/** Characters of a name in the key: DynamoDB takes 1,024 bytes, and one character is up to 4. */
const LONGEST = 100;

/** Writes rows for names, before the order's row of this version is written: whoever sees that row finds them. */
export async function addNames(store: OrderStore, id: string, names: readonly string[], version: number) {
  const isNewer = any(lacks('version'), isBelow('version', version));
  await Promise.all(names.map((name) => put(store, 'control', { ...keyOf(name, id), version }, { when: isNewer })));
}

/**
 * Deletes the rows of names that an order no longer has, after its row of this version is written. A name that the order
 * has again has a newer version by now, and stays.
 */
export async function removeNames(store: OrderStore, id: string, names: readonly string[], version: number) {
  const when = isAtMost('version', version);
  await Promise.all(names.map((name) => remove(store, 'control', keyOf(name, id), { when })));
}

/** The rows of a name, or of all names that begin with a text. */
export function nameRange(name: string, { asPrefix }: { readonly asPrefix: boolean }): KeyRange<'control'> {
  const from = asPrefix ? beginningOf(name) : `${beginningOf(name)}${SEPARATOR}`;
  return controlRange(KIND, { from, to: `${from}${LAST}` });
}

/** What the id of such a row says; `beginning` is all of a name of up to 100 characters. */
export function namedBy(rowId: string): { readonly beginning: string; readonly orderId: string } {
  const [beginning = '', orderId = ''] = rowId.split(SEPARATOR);
  return { beginning, orderId };
}

/** As much of a name as its key holds. */
export function beginningOf(name: string): string {
  return [...name].slice(0, LONGEST).join('');
}

function keyOf(name: string, id: string) {
  return controlKey(KIND, `${beginningOf(name)}${SEPARATOR}${id}`);
}
