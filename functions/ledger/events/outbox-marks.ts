import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { number, text } from '../table/store.ts';

/**
 * The row is its own outbox. What has to follow a write (the order's state, an announcement on the bus) is marked on the row by that very
 * write, and the mark goes when it is done: nothing can be written without it, whoever dies in between.
 *
 * - `revision` counts the versions of an event's content; `news_revision` is the last one that has to be announced, and
 *   `published_revision` the last one that was.
 * - `unpublished` and `unpublished_since` are the keys of the sparse index: something about this row is to be done. A listing that only
 *   confirms has nothing to announce, but its `created_at` may change the order's fold.
 */

/** The sparse indexes are spread over so many partitions: 4,000 writes a second, where one would take 1,000. */
export const SHARDS = ['0', '1', '2', '3'] as const;

/** The shard of an event. */
export function shardOf(id: string): string {
  return SHARDS[id.charCodeAt(id.length - 1) & 3] as string;
}

const NEW_REVISION = 'revision = if_not_exists(revision, :zero) + :one';

/** The write changes the content so that it has to be announced: the event's first sight, or its payload. */
export const NEWS = [
  NEW_REVISION,
  'news_revision = if_not_exists(revision, :zero) + :one',
  'unpublished = :shard',
  'unpublished_since = :now',
];

/** There is something to do that is not to announce the event. */
export const ANNOUNCE = ['unpublished = :shard', 'unpublished_since = :now'];

/** The write changes the content in a way that need not be announced. */
export const CHANGE = [NEW_REVISION, ...ANNOUNCE];

/** The values that {@link NEWS} and {@link CHANGE} need besides `:now`. */
export function newsValues(id: string): Record<string, AttributeValue> {
  return { ':zero': number(0), ':one': number(1), ':shard': text(shardOf(id)) };
}
