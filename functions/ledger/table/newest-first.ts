import { type CursorPage, fillPage, type PageRequest } from './cursor-page.ts';
import { isExpired } from './expiry.ts';
import { readMerged } from './key-range.ts';
import { controlRange } from './read-rows.ts';
import type { ControlKind, Store } from './store.ts';
import type { Row } from './values.ts';

/**
 * A page of one or more kinds of rows. Their ids begin with an instant, so the order of ids is the order of time. Skips
 * expired rows.
 *
 * @param now milliseconds since 1970
 */
export function listNewestFirst<Thing>(
  store: Store,
  kinds: ControlKind | readonly ControlKind[],
  page: PageRequest,
  thingIn: (row: Row) => Thing,
  now: number,
): Promise<CursorPage<Thing>> {
  const ranges = [kinds].flat().map((kind) => controlRange(kind, { newestFirst: true }));
  return fillPage(
    {
      sortKey: 'id',
      read: (after) => readMerged(store, ranges, after, page.size + 1),
      show: async (rows) => rows.map((row) => (isExpired(row, now) ? undefined : thingIn(row))),
    },
    page,
  );
}
