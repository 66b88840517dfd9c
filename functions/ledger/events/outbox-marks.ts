import type { Timestamp } from '../../porting/timestamp.ts';
import { type Change, oneMoreThan, together } from '../table/expressions.ts';

/**
 * The row is its own outbox. A write that leaves work (fold the order, publish on the bus) marks the row itself, and
 * the mark goes once the work is done: a crash in between loses nothing.
 *
 * - `revision` counts the versions of an event's content; `news_revision` is the last one that must be published, and
 *   `published_revision` the last one that was.
 * - `unpublished` and `unpublished_since` are the keys of the sparse index of marked rows.
 * - `fold_again`: the list's date of this event decides something in its order. Its first listing then marks the row,
 *   even if it only confirms what the webhook brought. Without it, most confirmations leave no work.
 */

/** The sparse indexes are spread over four partitions: 4,000 writes a second instead of 1,000. */
export const SHARDS = ['0', '1', '2', '3'] as const;

/** The shard of an event. */
export function shardOf(id: string): string {
  return SHARDS[id.charCodeAt(id.length - 1) & 3] as string;
}

/** The write leaves work other than publishing the event. */
export function wake(id: string, at: Timestamp): Change {
  return { set: { unpublished: shardOf(id), unpublished_since: at } };
}

/** The write changes the content, and leaves no work. */
export const REVISED: Change = { set: { revision: oneMoreThan('revision') } };

/** The write changes the content in a way that need not be published. */
export function revise(id: string, at: Timestamp): Change {
  return together(REVISED, wake(id, at));
}

/** The write changes the content in a way that must be published: the event's first sight, or its payload. */
export function publish(id: string, at: Timestamp): Change {
  return together({ set: { news_revision: oneMoreThan('revision') } }, revise(id, at));
}
