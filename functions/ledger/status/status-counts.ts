import { OPEN_STATUSES } from '../../porting/acts.ts';
import { millisecondsOf, timestamp, timestampOf } from '../../porting/timestamp.ts';
import type { Gap } from '../events/awaited.ts';
import { SHARDS } from '../events/outbox-marks.ts';
import { orderRange, UNDECIDED } from '../orders/order-keys.ts';
import { eventRange } from '../table/event-keys.ts';
import { areEqual } from '../table/expressions.ts';
import { type Counted, countUpTo, type Keys, readKeys } from '../table/key-range.ts';
import { controlRange, readRows } from '../table/read-rows.ts';
import type { OrderStore, Store } from '../table/store.ts';
import { idIn, numberIn, type Row, textIn } from '../table/values.ts';

/** Rows that one request reads: 250 KB of keys, a few milliseconds. */
const LOOKED_AT = 2_500;
/** For these the rows must be read too: one request reads 100. */
const UNLISTED_LOOKED_AT = 100;

const HOUR = 3_600_000;
const HOUR_LENGTH = 'yyyy-mm-ddThh'.length;
const DAY = 24 * HOUR;
/** An event is unlisted at the age of a day, and is looked at for a week. */
const UNLISTED_LOOKED_BACK = 9 * DAY;

/** Rows that wait to be published, and since when the oldest one has waited. 4 requests. */
export async function countUnpublished(store: Store): Promise<Counted & { readonly oldestSince: number | undefined }> {
  const pages = await Promise.all(
    SHARDS.map((shard) => {
      const range = eventRange('unpublished', shard, { attributes: ['unpublished_since'] });
      return readKeys(store, range, undefined, LOOKED_AT);
    }),
  );
  const first = pages.flatMap(({ rows }) => timestamp(textIn(rows[0], 'unpublished_since')) ?? []).sort()[0];
  const oldestSince = first === undefined ? undefined : millisecondsOf(first);
  return { ...sum(pages.map(countedIn)), oldestSince };
}

/** Orders that ask something of the customer which has not been published. 1 request. */
export function countUndecided(store: OrderStore): Promise<Counted> {
  return countUpTo(store, orderRange('undecided', UNDECIDED), LOOKED_AT);
}

/** Listed events whose webhook may still come. 4 requests. */
export async function countAwaited(store: Store): Promise<Counted> {
  const ranges = SHARDS.map((shard) => eventRange('awaiting_webhook', shard));
  return sum(await Promise.all(ranges.map((range) => countUpTo(store, range, LOOKED_AT))));
}

/** Gaps of events that were created in the last 24 h. 1 request. */
export function countGaps(store: Store, kind: Gap, now: number): Promise<Counted> {
  return countUpTo(store, eventRange('by_gap', kind, { from: timestampOf(now - DAY), newestFirst: true }), LOOKED_AT);
}

/** Events that were found to be unlisted in the last 24 h, and still are. 2 requests. */
export async function countUnlisted(store: Store, now: number): Promise<Counted> {
  const from = timestampOf(now - UNLISTED_LOOKED_BACK);
  const range = eventRange('by_gap', 'unlisted', { from, newestFirst: true, attributes: ['id'] });
  const keys = await readKeys(store, range, undefined, UNLISTED_LOOKED_AT);
  const foundAfter = timestampOf(now - DAY);
  const attributes = ['unlisted_at', 'listed_first_at'];
  let count = 0;
  for await (const row of readRows(store, 'events', keys.rows.map(idIn), { attributes })) {
    if (row.listed_first_at === undefined && (textIn(row, 'unlisted_at') ?? '') >= foundAfter) count += 1;
  }
  return { count, more: keys.end !== undefined };
}

/** Why a request is refused that says when it was signed. What scanners send does not. */
const SIGNED = /#(signature wrong|timestamp too old or ahead)$/;

/** Requests refused at the webhook URL in the last 24 h, in whole hours. 1 request: an hour has six rows at most. */
export async function countRefused(store: Store, now: number): Promise<Refused> {
  const { rows, end } = await readHours(store, 'refusal', now);
  const signed = rows.filter((row) => SIGNED.test(idIn(row)));
  return {
    count: total(rows, 'count'),
    more: end !== undefined,
    signedAfter: (instant) => {
      const from = instant === undefined ? '' : `${instant.slice(0, HOUR_LENGTH)}~`;
      return total(
        signed.filter((row) => idIn(row) > from),
        'count',
      );
    },
  };
}

/** Counted refusals; `signedAfter` counts those with a signature in the hours after the one of an instant. */
export interface Refused extends Counted {
  readonly signedAfter: (instant: string | undefined) => number;
}

/**
 * Signed webhooks of another product in the last 24 h, in whole hours, and the event type of the latest. 1 request: an
 * hour has some twenty rows at most.
 */
export async function countOtherFamilies(
  store: Store,
  now: number,
): Promise<Counted & { readonly latestType: string | undefined }> {
  const { rows, end } = await readHours(store, 'other-family', now);
  const latest = rows.toSorted((one, other) =>
    (textIn(one, 'last_at') ?? '') < (textIn(other, 'last_at') ?? '') ? 1 : -1,
  )[0];
  return { count: total(rows, 'count'), more: end !== undefined, latestType: textIn(latest, 'event_type') };
}

/**
 * Deliveries and records of the last 24 h, in whole hours, that are not events: signed deliveries, and records of
 * Telnyx's list, each once. 1 request.
 */
export async function countRejected(store: Store, now: number): Promise<Record<'unreadable' | 'records', Counted>> {
  const { rows, end } = await readHours(store, 'rejected-count', now);
  const more = end !== undefined;
  const records = new Set(rows.flatMap((row) => row.records?.SS ?? []));
  return {
    unreadable: { count: total(rows, 'deliveries'), more },
    records: { count: records.size, more },
  };
}

/** Orders that are overdue in their present status, as the nightly run found. 7 requests. */
export async function countOverdue(store: OrderStore): Promise<Counted> {
  // The orders that changed longest ago come first: an overdue one is among them.
  const ranges = OPEN_STATUSES.map((status) =>
    orderRange('by_status', status, { where: areEqual('overdue_since', 'since') }),
  );
  return sum(await Promise.all(ranges.map((range) => countUpTo(store, range, LOOKED_AT))));
}

function readHours(store: Store, kind: 'refusal' | 'other-family' | 'rejected-count', now: number): Promise<Keys> {
  // An hour's rows begin with its first 13 characters.
  const from = timestampOf(now - DAY + HOUR).slice(0, HOUR_LENGTH);
  return readKeys(store, controlRange(kind, { from, consistent: false }), undefined, LOOKED_AT);
}

function total(rows: readonly Row[], attribute: string): number {
  return rows.reduce((count, row) => count + (numberIn(row, attribute) ?? 0), 0);
}

function countedIn({ rows, end }: Keys): Counted {
  return { count: rows.length, more: end !== undefined };
}

function sum(parts: readonly Counted[]): Counted {
  return { count: parts.reduce((total, { count }) => total + count, 0), more: parts.some(({ more }) => more) };
}
