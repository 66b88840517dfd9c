import { paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { factsOf, type PortingEvent } from '../../porting/event.ts';
import { millisecondsOf, type Timestamp, timestamp, timestampOf } from '../../porting/timestamp.ts';
import { readRows } from '../table/read-rows.ts';
import { number, type Store, text, tookPlace } from '../table/store.ts';
import { numberIn, type Row, textIn } from '../table/values.ts';
import { SHARDS } from './outbox-marks.ts';
import { eventIn, type LedgerMember } from './row.ts';

/** A row with something to announce, read as it is now. */
export interface Unpublished {
  readonly id: string;
  /** Telnyx's record. */
  readonly event: PortingEvent;
  readonly ledger: LedgerMember;
  readonly portingOrderId: string | undefined;
  readonly createdAt: string;
  /** The mark that was read: it goes only if it is still the same when all has been announced. */
  readonly since: string;
  /** The revision to announce; undefined when the event's content has been announced. */
  readonly news: number | undefined;
  /** Complete as it will ever be. Another one waits for its payload. */
  readonly final: boolean;
  readonly listed: boolean;
  readonly byWebhook: boolean;
  /** When its first webhook was received. */
  readonly receivedAt: Timestamp | undefined;
  readonly recordVersion: string | undefined;
  readonly missedToAnnounce: boolean;
  readonly recoveredToAnnounce: boolean;
  /** The list's id of the same event, when this row was joined to it. */
  readonly joinedTo: string | undefined;
  /** The webhook's id of the same event, when that row was joined to this one. */
  readonly joinedFrom: string | undefined;
  /** True when this event was announced under another id. */
  readonly announcedAsTwin: boolean;
}

/**
 * Reads those of these rows that have something to announce. The read is consistent: a stream's record may be older than the row.
 *
 * @returns besides, rows that cannot be read, with the reason: they must not keep the others from being announced
 */
export async function readUnpublished(
  store: Store,
  ids: readonly string[],
): Promise<{ readonly rows: readonly Unpublished[]; readonly broken: ReadonlyMap<string, string> }> {
  const found: Unpublished[] = [];
  const broken = new Map<string, string>();
  for await (const rows of readRows(store, 'events', ids, { consistent: true })) {
    for (const row of rows) {
      try {
        const one = unpublishedIn(row);
        if (one) found.push(one);
      } catch (error) {
        broken.set(textIn(row, 'id') ?? '', error instanceof Error ? error.message.slice(0, 100) : 'unreadable');
      }
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
    id: textIn(row, 'id') ?? '',
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
    missedToAnnounce: ledger.missed_at !== null && textIn(row, 'missed_published_at') === undefined,
    recoveredToAnnounce: ledger.recovered_at !== null && textIn(row, 'recovered_published_at') === undefined,
    joinedTo: textIn(row, 'joined_to'),
    joinedFrom: textIn(row, 'joined_from'),
    announcedAsTwin: textIn(row, 'twin_published_at') !== undefined,
  };
}

/** What was announced of a row. */
export interface Announced {
  readonly revision: number | undefined;
  readonly missed: boolean;
  readonly recovered: boolean;
  /** False while the row waits for its payload: it stays in the index. */
  readonly all: boolean;
}

/**
 * Writes down what was announced. When the row got something new to announce meanwhile, it stays marked.
 *
 * @param row as it was read
 * @param now milliseconds since 1970
 */
export async function markAnnounced(
  store: Store,
  row: Pick<Unpublished, 'id' | 'since' | 'ledger'>,
  { revision, missed, recovered, all }: Announced,
  now: number,
): Promise<void> {
  const set = [
    ...(revision === undefined ? [] : ['published_at = :now', 'published_revision = :published']),
    ...(missed ? ['missed_published_at = :now'] : []),
    ...(recovered ? ['recovered_published_at = :now'] : []),
  ];
  const unchanged = asItWasRead(row);
  const write = (remove: boolean) =>
    new UpdateItemCommand({
      TableName: store.events,
      Key: { id: text(row.id) },
      ConditionExpression: remove ? unchanged.condition : 'attribute_exists(id)',
      UpdateExpression: [
        ...(set.length > 0 ? [`SET ${set.join(', ')}`] : []),
        ...(remove ? ['REMOVE unpublished, unpublished_since'] : []),
      ].join(' '),
      ExpressionAttributeValues: {
        ...(set.length > 0 && { ':now': text(timestampOf(now)) }),
        ...(revision !== undefined && { ':published': number(revision) }),
        ...(remove && unchanged.values),
      },
    });
  if (all && (await tookPlace(store.client.send(write(true))))) return;
  if (set.length > 0) await tookPlace(store.client.send(write(false)));
}

/** That nothing was written which has to be announced. The mark alone would not tell: two writers may share its millisecond. */
function asItWasRead({ since, ledger: { revision, missed_at, recovered_at } }: Pick<Unpublished, 'since' | 'ledger'>) {
  const read = {
    unpublished_since: text(since),
    revision: revision === 0 ? null : number(revision),
    missed_at: missed_at === null ? null : text(missed_at),
    recovered_at: recovered_at === null ? null : text(recovered_at),
  };
  const held = Object.entries(read).flatMap(([name, value]) => (value === null ? [] : [[`:${name}`, value] as const]));
  return {
    condition: Object.entries(read)
      .map(([name, value]) => (value === null ? `attribute_not_exists(${name})` : `${name} = :${name}`))
      .join(' AND '),
    values: Object.fromEntries(held),
  };
}

/** Rows that have been marked at least until an instant, oldest mark first, a page at a time: ids and marks. */
export async function* unpublishedUntil(
  store: Store,
  until: number,
): AsyncGenerator<readonly { readonly id: string; readonly since: string }[]> {
  for (const shard of SHARDS) {
    const pages = paginateQuery(
      { client: store.client, pageSize: 100 },
      {
        TableName: store.events,
        IndexName: 'unpublished',
        KeyConditionExpression: 'unpublished = :shard AND unpublished_since <= :until',
        ExpressionAttributeValues: { ':shard': text(shard), ':until': text(timestampOf(until)) },
      },
    );
    for await (const { Items = [] } of pages) {
      if (Items.length > 0) {
        yield Items.map((row) => ({ id: textIn(row, 'id') ?? '', since: textIn(row, 'unpublished_since') ?? '' }));
      }
    }
  }
}

/** Milliseconds since 1970 of a mark. */
export function markedAt(since: string): number {
  return millisecondsOf(timestamp(since) ?? timestampOf(0));
}
