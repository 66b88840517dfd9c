import { factsOf, type PortingEvent } from '../../porting/event.ts';
import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { eventRange } from '../table/event-keys.ts';
import { all, exists, is, lacks } from '../table/expressions.ts';
import { pagesOf } from '../table/key-range.ts';
import { readRows } from '../table/read-rows.ts';
import type { Store } from '../table/store.ts';
import { idIn, numberIn, type Row, textIn } from '../table/values.ts';
import { update } from '../table/verbs.ts';
import { SHARDS, wake } from './outbox-marks.ts';
import { eventIn, joinedToIn, type LedgerMember } from './row.ts';

/** A row with something to publish, as it is now. */
export interface Unpublished {
  readonly id: string;
  /** Telnyx's record. */
  readonly event: PortingEvent;
  readonly ledger: LedgerMember;
  readonly portingOrderId: string | undefined;
  readonly createdAt: string;
  /** The mark that was read. It is removed after publishing only if it has not changed. */
  readonly since: string;
  /** The revision to publish; undefined when the event's content is already published. */
  readonly news: number | undefined;
  /** True when nothing more will come. Otherwise the event waits for its payload. */
  readonly final: boolean;
  readonly listed: boolean;
  readonly byWebhook: boolean;
  /** When its first webhook was received. */
  readonly receivedAt: Timestamp | undefined;
  readonly recordVersion: string | undefined;
  readonly missedToPublish: boolean;
  readonly recoveredToPublish: boolean;
  /** The list's id of the same event, if this row was joined to it: join.ts. */
  readonly joinedTo: string | undefined;
  /** The listed event to which this row was joined before the list showed this one too. */
  readonly mistakenFor: string | undefined;
  /** The webhook's id of the same event, if that row was joined to this one. */
  readonly joinedFrom: string | undefined;
  /** True when this event was published under its webhook's id. */
  readonly publishedAsOther: boolean;
}

/**
 * Reads those of these rows that have something to publish. The read is consistent: a stream's record may be older than
 * the row.
 *
 * @returns also the unreadable rows, each with the reason, so that they do not keep the others from being published
 */
export async function readUnpublished(
  store: Store,
  ids: readonly string[],
): Promise<{ readonly rows: readonly Unpublished[]; readonly broken: ReadonlyMap<string, string> }> {
  const found: Unpublished[] = [];
  const broken = new Map<string, string>();
  for await (const row of readRows(store, 'events', ids, { consistent: true })) {
    try {
      const one = unpublishedIn(row);
      if (one) found.push(one);
    } catch (error) {
      broken.set(idIn(row), error instanceof Error ? error.message.slice(0, 100) : 'unreadable');
    }
  }
  return { rows: found, broken };
}

function unpublishedIn(row: Row): Unpublished | undefined {
  const since = textIn(row, 'unpublished_since');
  const shown = since === undefined ? undefined : eventIn(row);
  if (since === undefined || !shown) return undefined;
  const { ledger, ...event } = shown;
  const news = numberIn(row, 'news_revision') ?? 0;
  return {
    id: idIn(row),
    event,
    ledger,
    portingOrderId: textIn(row, 'porting_order_id'),
    createdAt: factsOf(event, ledger.first_seen_at ?? timestampOf(0))?.createdAt ?? timestampOf(0),
    since,
    news: news > (numberIn(row, 'published_revision') ?? 0) ? ledger.revision : undefined,
    final: textIn(row, 'final_at') !== undefined,
    listed: textIn(row, 'listed_first_at') !== undefined,
    byWebhook: textIn(row, 'webhook_first_at') !== undefined,
    receivedAt: textIn(row, 'webhook_first_at'),
    recordVersion: textIn(row, 'record_version'),
    missedToPublish: ledger.missed_at !== null && textIn(row, 'missed_published_at') === undefined,
    recoveredToPublish: ledger.recovered_at !== null && textIn(row, 'recovered_published_at') === undefined,
    joinedTo: joinedToIn(row),
    mistakenFor: textIn(row, 'listed_first_at') && textIn(row, 'joined_to'),
    joinedFrom: textIn(row, 'joined_from'),
    publishedAsOther: textIn(row, 'published_as') !== undefined,
  };
}

/** Marks a row for the publisher, unless it is gone. */
export async function wakeEvent(store: Store, id: string, now: number): Promise<void> {
  await update(store, 'events', { id }, { when: exists('id'), ...wake(id, timestampOf(now)) });
}

/**
 * Has the order folded again with the list's date of an event: when the list shows it, or now if it already has.
 * Does nothing for a row that is gone.
 */
export async function foldAgainWhenListed(store: Store, id: string, now: number): Promise<void> {
  const when = all(exists('id'), lacks('listed_first_at'));
  if (await update(store, 'events', { id }, { when, set: { fold_again: 'yes' } })) return;
  await wakeEvent(store, id, now);
}

/** What was published of a row. */
export interface Published {
  readonly revision: number | undefined;
  readonly missed: boolean;
  readonly recovered: boolean;
  /** False while the row waits for its payload: it stays in the index. */
  readonly everything: boolean;
}

/**
 * Records what was published. If a later write left something else to publish, the row stays marked.
 *
 * @param row as it was read
 * @param now milliseconds since 1970
 */
export async function markPublished(
  store: Store,
  row: Pick<Unpublished, 'id' | 'since' | 'ledger'>,
  { revision, missed, recovered, everything }: Published,
  now: number,
): Promise<void> {
  const at = timestampOf(now);
  const set = {
    ...(revision !== undefined && { published_at: at, published_revision: revision }),
    ...(missed && { missed_published_at: at }),
    ...(recovered && { recovered_published_at: at }),
  };
  const { id } = row;
  const remove = ['unpublished', 'unpublished_since'];
  if (everything && (await update(store, 'events', { id }, { when: isAsRead(row), set, remove }))) return;
  if (Object.keys(set).length > 0) await update(store, 'events', { id }, { when: exists('id'), set });
}

/** Nothing was written that must be published. The mark alone is no proof: two writers may share its millisecond. */
function isAsRead({ since, ledger: { revision, missed_at, recovered_at } }: Pick<Unpublished, 'since' | 'ledger'>) {
  const isStill = (attribute: string, value: string | number | null) =>
    value === null ? lacks(attribute) : is(attribute, value);
  return all(
    is('unpublished_since', since),
    isStill('revision', revision === 0 ? null : revision),
    isStill('missed_at', missed_at),
    isStill('recovered_at', recovered_at),
  );
}

/** Rows marked up to an instant, oldest mark first: the ids of a page at a time. */
export async function* unpublishedUntil(store: Store, until: number): AsyncGenerator<readonly string[]> {
  for (const shard of SHARDS) {
    const range = eventRange('unpublished', shard, { to: timestampOf(until) });
    for await (const rows of pagesOf(store, range, 100)) {
      yield rows.map(idIn);
    }
  }
}
