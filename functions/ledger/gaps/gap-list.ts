import type { Timestamp } from '../../porting/timestamp.ts';
import type { Gap } from '../events/awaited.ts';
import { type CursorPage, fillPage, type PageRequest } from '../table/cursor-page.ts';
import { eventRange, isEventOf, through } from '../table/event-keys.ts';
import { type KeyRange, readKeys } from '../table/key-range.ts';
import { readRows } from '../table/read-rows.ts';
import type { Store } from '../table/store.ts';
import { idIn, type Row, textIn } from '../table/values.ts';

/** A missed, recovered or unlisted notification, as the API shows it. */
export interface ShownGap {
  readonly id: string;
  readonly event_type: string | null;
  readonly porting_order_id: string | null;
  readonly created_at: Timestamp;
  readonly kind: Gap;
  readonly listed_at: Timestamp | null;
  readonly missed_at: Timestamp | null;
  readonly recovered_at: Timestamp | null;
  readonly unlisted_at: Timestamp | null;
  /** What healing did about it. */
  readonly healing: { readonly asked_at: Timestamp; readonly outcome: string | null } | null;
}

/** Which gaps to list. Both bounds of `created_at` are included. */
export interface GapFilter {
  readonly kind: Gap;
  readonly type?: string;
  readonly portingOrderId?: string;
  readonly createdFrom?: Timestamp;
  readonly createdTo?: Timestamp;
}

const SORT_KEY = 'created_at_id';
/** Keys read in one request when a filter may skip some: 200 KB. */
const LOOKED_AT = 1_000;

/** A page of gaps, newest event first. */
export async function listGaps(store: Store, filter: GapFilter, page: PageRequest): Promise<CursorPage<ShownGap>> {
  if (isBackwards(filter)) return { things: [], next: undefined };
  const range = gapRange(filter);
  return fillPage(
    {
      sortKey: SORT_KEY,
      read: (after) => readKeys(store, range, after, range.where ? LOOKED_AT : page.size + 1),
      show: (keys) => readGaps(store, filter.kind, keys),
    },
    page,
  );
}

/**
 * Reads the gaps of these keys. An event that the list has shown since is no longer unlisted, and one whose webhook has
 * come since is no longer missed.
 */
async function readGaps(store: Store, kind: Gap, keys: readonly Row[]): Promise<readonly (ShownGap | undefined)[]> {
  const ids = keys.map(idIn);
  const gaps = new Map<string, ShownGap>();
  for await (const row of readRows(store, 'events', ids, { attributes: ATTRIBUTES })) {
    if (isStillA(kind, row)) gaps.set(idIn(row), gapIn(row, kind));
  }
  return ids.map((id) => gaps.get(id));
}

const ATTRIBUTES = [
  'id',
  'gap',
  'event_type',
  'porting_order_id',
  'created_at_id',
  'listed_first_at',
  'missed_at',
  'recovered_at',
  'unlisted_at',
  'healed_at',
  'healing_outcome',
];

function isStillA(kind: Gap, row: Row): boolean {
  const isListed = row.listed_first_at !== undefined;
  return textIn(row, 'gap') === kind && row[SORT_KEY] !== undefined && !(kind === 'unlisted' && isListed);
}

function gapIn(row: Row, kind: Gap): ShownGap {
  const of = (attribute: string) => textIn(row, attribute) ?? null;
  const askedAt = of('healed_at');
  return {
    id: idIn(row),
    event_type: of('event_type'),
    porting_order_id: of('porting_order_id'),
    created_at: createdAtIn(row),
    kind,
    listed_at: of('listed_first_at'),
    missed_at: of('missed_at'),
    recovered_at: of('recovered_at'),
    unlisted_at: of('unlisted_at'),
    healing: askedAt === null ? null : { asked_at: askedAt, outcome: of('healing_outcome') },
  };
}

/** When the event of a key or a row was created. */
export function createdAtIn(row: Row): Timestamp {
  return textIn(row, SORT_KEY)?.split('#', 1)[0] ?? '';
}

/** The range of the index that holds the gaps of a filter. */
export function gapRange({ kind, type, portingOrderId, createdFrom, createdTo }: GapFilter): KeyRange<'events'> {
  return eventRange('by_gap', kind, {
    from: createdFrom,
    to: through(createdTo),
    newestFirst: true,
    attributes: ['id', SORT_KEY],
    where: isEventOf(type, portingOrderId),
  });
}

/** True for a range that ends before it begins, which DynamoDB refuses. */
export function isBackwards({ createdFrom, createdTo }: Pick<GapFilter, 'createdFrom' | 'createdTo'>): boolean {
  return createdFrom !== undefined && createdTo !== undefined && createdFrom > createdTo;
}
