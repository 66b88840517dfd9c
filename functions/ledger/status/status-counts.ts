import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { OPEN_STATUSES } from '../../porting/acts.ts';
import { millisecondsOf, timestamp, timestampOf } from '../../porting/timestamp.ts';
import type { Gap } from '../events/awaited.ts';
import { SHARDS } from '../events/outbox-marks.ts';
import { UNDECIDED } from '../orders/order-keys.ts';
import { END } from '../table/event-keys.ts';
import { readRows } from '../table/read-rows.ts';
import { type OrderStore, type Store, text } from '../table/store.ts';
import { numberIn, type Row, textIn } from '../table/values.ts';

/** What was counted up to a bound. `more`: there are, or may be, more than these. */
export interface Counted {
  readonly count: number;
  readonly more: boolean;
}

/** Rows that one request looks at: 250 KB of keys, a few milliseconds. */
const LOOKED_AT = 2_500;
/** For these, rows have to be read as well: one request reads 100. */
const UNLISTED_LOOKED_AT = 100;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** An event must be a day old to be unlisted, and is looked at for a week. */
const UNLISTED_LOOKED_BACK = 9 * DAY;

/** Rows about which something is to be announced, and since when the oldest of them is. 4 requests. */
export async function countUnpublished(store: Store): Promise<Counted & { readonly oldestSince: number | undefined }> {
  const pages = await Promise.all(
    SHARDS.map((shard) =>
      ask(store, {
        TableName: store.events,
        IndexName: 'unpublished',
        KeyConditionExpression: 'unpublished = :shard',
        ProjectionExpression: 'unpublished_since',
        ExpressionAttributeValues: { ':shard': text(shard) },
      }),
    ),
  );
  const first = pages.flatMap(({ rows }) => timestamp(textIn(rows[0], 'unpublished_since')) ?? []).sort()[0];
  return { ...sum(pages), oldestSince: first === undefined ? undefined : millisecondsOf(first) };
}

/** Orders that ask something of the customer which has not been announced. 1 request. */
export async function countUndecided(store: OrderStore): Promise<Counted> {
  return ask(store, {
    TableName: store.orders,
    IndexName: 'undecided',
    KeyConditionExpression: 'undecided = :undecided',
    ExpressionAttributeValues: { ':undecided': text(UNDECIDED) },
    Select: 'COUNT',
  });
}

/** Listed events whose webhook may still come. 4 requests. */
export async function countAwaited(store: Store): Promise<Counted> {
  const pages = SHARDS.map((shard) =>
    ask(store, {
      TableName: store.events,
      IndexName: 'awaiting_webhook',
      KeyConditionExpression: 'awaiting_webhook = :shard',
      ExpressionAttributeValues: { ':shard': text(shard) },
      Select: 'COUNT',
    }),
  );
  return sum(await Promise.all(pages));
}

/** Gaps of events that were created in the last 24 h. 1 request. */
export async function countGaps(store: Store, kind: Gap, now: number): Promise<Counted> {
  return ask(store, { ...gapsSince(store, kind, now - DAY), Select: 'COUNT' });
}

/** Events of which it was found out in the last 24 h that the list does not show them, and still does not. 2 requests. */
export async function countUnlisted(store: Store, now: number): Promise<Counted> {
  const input = gapsSince(store, 'unlisted', now - UNLISTED_LOOKED_BACK);
  const { rows, more } = await ask(store, { ...input, ProjectionExpression: 'id', Limit: UNLISTED_LOOKED_AT });
  const ids = rows.map((row) => textIn(row, 'id') ?? '');
  const foundAfter = timestampOf(now - DAY);
  let count = 0;
  for await (const read of readRows(store, 'events', ids, { attributes: ['unlisted_at', 'listed_first_at'] })) {
    for (const row of read) {
      if (row.listed_first_at === undefined && (textIn(row, 'unlisted_at') ?? '') >= foundAfter) count += 1;
    }
  }
  return { count, more };
}

/** Requests refused at the webhook URL in the last 24 h, in whole hours. 1 request: an hour has six rows at most. */
export async function countRefused(store: Store, now: number): Promise<Counted> {
  const { rows, more } = await readHours(store, 'refusal', now);
  return { count: total(rows, 'count'), more };
}

/**
 * What is no event, of the last 24 h in whole hours: signed deliveries, and records of Telnyx's list, each once. 1
 * request.
 */
export async function countRejected(store: Store, now: number): Promise<{ unreadable: Counted; records: Counted }> {
  const { rows, more } = await readHours(store, 'rejected-count', now);
  const records = new Set(rows.flatMap((row) => row.records?.SS ?? []));
  return { unreadable: { count: total(rows, 'deliveries'), more }, records: { count: records.size, more } };
}

/** Orders that are overdue in their present status, as the nightly run has found. 7 requests. */
export async function countOverdue(store: OrderStore): Promise<Counted> {
  const pages = OPEN_STATUSES.map((status) =>
    ask(store, {
      TableName: store.orders,
      IndexName: 'by_status',
      // Those that changed longest ago come first: an overdue one is among them.
      KeyConditionExpression: '#status = :status',
      FilterExpression: 'overdue_since = since',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': text(status) },
      Select: 'COUNT',
    }),
  );
  return sum(await Promise.all(pages));
}

function gapsSince(store: Store, kind: Gap, since: number): QueryCommandInput {
  return {
    TableName: store.events,
    IndexName: 'by_gap',
    KeyConditionExpression: 'gap = :kind AND created_at_id >= :since',
    ExpressionAttributeValues: { ':kind': text(kind), ':since': text(timestampOf(since)) },
    ScanIndexForward: false,
  };
}

function readHours(store: Store, kind: 'refusal' | 'rejected-count', now: number) {
  return ask(store, {
    TableName: store.control,
    KeyConditionExpression: 'kind = :kind AND id BETWEEN :first AND :last',
    ExpressionAttributeValues: {
      ':kind': text(kind),
      // An hour's rows begin with its first 13 characters.
      ':first': text(timestampOf(now - DAY + HOUR).slice(0, 'yyyy-mm-ddThh'.length)),
      ':last': text(END),
    },
  });
}

function total(rows: readonly Row[], attribute: string): number {
  return rows.reduce((count, row) => count + (numberIn(row, attribute) ?? 0), 0);
}

async function ask(store: Store, input: QueryCommandInput): Promise<Counted & { readonly rows: readonly Row[] }> {
  const query = new QueryCommand({ Limit: LOOKED_AT, ...input });
  const { Count = 0, Items = [], LastEvaluatedKey } = await store.client.send(query);
  return { count: Count, more: LastEvaluatedKey !== undefined, rows: Items };
}

function sum(parts: readonly Counted[]): Counted {
  return { count: parts.reduce((total, { count }) => total + count, 0), more: parts.some(({ more }) => more) };
}
