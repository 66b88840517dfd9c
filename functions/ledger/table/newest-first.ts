import { type CursorPage, fillPage, type PageRequest } from './cursor-page.ts';
import { isExpired } from './expiry.ts';
import { readKeys } from './key-range.ts';
import { controlRange } from './read-rows.ts';
import type { ControlKind, Store } from './store.ts';
import type { Row } from './values.ts';

/**
 * A page of a kind of rows whose ids begin with an instant: the order of ids is that of time. Expired rows are passed over.
 *
 * @param now milliseconds since 1970
 */
export function listNewestFirst<Thing>(
  store: Store,
  kind: ControlKind,
  page: PageRequest,
  thingIn: (row: Row) => Thing,
  now: number,
): Promise<CursorPage<Thing>> {
  const range = controlRange(kind, { newestFirst: true });
  return fillPage(
    {
      sortKey: range.sortKey,
      read: (after) => readKeys(store, range, after, page.size + 1),
      show: async (rows) => rows.map((row) => (isExpired(row, now) ? undefined : thingIn(row))),
    },
    page,
  );
}
