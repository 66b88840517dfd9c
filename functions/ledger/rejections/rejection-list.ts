import type { CursorPage, PageRequest } from '../table/cursor-page.ts';
import { isExpired } from '../table/expiry.ts';
import { readKeys } from '../table/key-range.ts';
import { controlRange } from '../table/read-rows.ts';
import type { ControlKind, Store } from '../table/store.ts';
import { idIn, numberIn, type Row, textIn } from '../table/values.ts';

/** A delivery or record that is not a port-in event, as the API shows it. */
export interface Rejection {
  readonly id: string;
  /**
   * `refused`: without Telnyx's signature, counted by hour and reason. `unreadable`: signed, but not an event.
   * `listed`: a record of Telnyx's list that is not an event, counted once however often it is listed. `other_family`:
   * signed events of another product, counted by hour and type.
   */
  readonly kind: 'refused' | 'unreadable' | 'listed' | 'other_family';
  readonly reason: string;
  readonly first_at: string;
  readonly last_at: string;
  readonly count: number;
  /** The size of the stored body; null when none is stored. */
  readonly body_bytes: number | null;
}

/** Requests for each kind: one holds 10,000 rows of refusals, or 1,000 bodies of Telnyx's usual size. */
const MOST_READS = 10;
const MOST_ROWS = 10_000;

/** A page, with whether every stored rejection was read. */
export interface RejectionPage extends CursorPage<Rejection> {
  readonly complete: boolean;
}

/**
 * A page of rejections, latest first. Every page reads all: rows are few, because refusals are counted together and the
 * number of stored bodies is bounded. Beyond 10 MB of bodies the rest is left out, and `complete` is false.
 *
 * @param now milliseconds since 1970
 */
export async function listRejections(store: Store, { size, after }: PageRequest, now: number): Promise<RejectionPage> {
  const kinds = await Promise.all([
    readKind(store, 'refusal', ['id', 'reason', 'first_at', 'last_at', 'count', 'expires_at']),
    readKind(store, 'rejected-delivery', ['id', 'reason', 'first_at', 'last_at', 'deliveries', 'body', 'expires_at']),
    readKind(store, 'rejected-record', ['id', 'reason', 'first_at', 'last_at', 'body', 'expires_at']),
    readKind(store, 'other-family', ['id', 'reason', 'first_at', 'last_at', 'count', 'expires_at']),
  ]);
  const kept = kinds.map(({ rows }) => rows.filter((row) => !isExpired(row, now)));
  const [refusals = [], bodies = [], records = [], others = []] = kept;
  const shown = [
    ...refusals.map((row) => rejectionIn(row, 'refused', numberIn(row, 'count'))),
    ...bodies.map((row) => rejectionIn(row, 'unreadable', numberIn(row, 'deliveries'))),
    ...records.map((row) => rejectionIn(row, 'listed', 1)),
    ...others.map((row) => rejectionIn(row, 'other_family', numberIn(row, 'count'))),
  ];
  const newestFirst = shown.sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1));
  const rest = after === undefined ? newestFirst : newestFirst.filter((one) => placeOf(one) < after);
  const things = rest.slice(0, size);
  const last = things.at(-1);
  return {
    things,
    next: last && rest.length > things.length ? placeOf(last) : undefined,
    complete: kinds.every(({ complete }) => complete),
  };
}

function placeOf({ last_at, id }: Rejection): string {
  return `${last_at}#${id}`;
}

function rejectionIn(row: Row, kind: Rejection['kind'], count = 0): Rejection {
  return {
    id: idIn(row),
    kind,
    reason: textIn(row, 'reason') ?? '',
    first_at: textIn(row, 'first_at') ?? '',
    last_at: textIn(row, 'last_at') ?? '',
    count,
    body_bytes: row.body?.B?.length ?? null,
  };
}

async function readKind(
  store: Store,
  kind: ControlKind,
  attributes: readonly string[],
): Promise<{ rows: readonly Row[]; complete: boolean }> {
  const range = controlRange(kind, { newestFirst: true, consistent: false, attributes });
  const rows: Row[] = [];
  let place: string | undefined;
  for (let reads = 0; reads < MOST_READS; reads += 1) {
    const { rows: some, end } = await readKeys(store, range, place, MOST_ROWS);
    rows.push(...some);
    place = end;
    if (place === undefined) return { rows, complete: true };
  }
  return { rows, complete: false };
}
