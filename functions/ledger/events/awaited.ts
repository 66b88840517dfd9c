import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { eventRange, RECORD_TYPE } from '../table/event-keys.ts';
import { all, type Change, exists, is, lacks, once, together } from '../table/expressions.ts';
import { pagesOf } from '../table/key-range.ts';
import type { Store } from '../table/store.ts';
import { idIn } from '../table/values.ts';
import { update } from '../table/verbs.ts';
import { SHARDS, shardOf, wake } from './outbox-marks.ts';

/**
 * Whether the notification of an event came, on its row:
 * - `awaiting_webhook`, `awaiting_since`: the list brought the event, and its webhook may still come
 * - `gap`: `missed` (its webhook was due and did not come), `recovered` (it came later), `unlisted` (the webhook came,
 *   but the list has never shown the event); with `missed_at`, `recovered_at`, `unlisted_at`
 */
export type Gap = 'missed' | 'recovered' | 'unlisted';

const STILL_AWAITED = all(exists('awaiting_webhook'), lacks('webhook_first_at'));
const NEVER_LISTED = all(exists('id'), lacks('listed_first_at'), lacks('joined_to'), lacks('gap'));

/** An event that awaits its webhook has both. */
export const AWAITING = ['awaiting_webhook', 'awaiting_since'] as const;

export const NOT_RECOVERED_YET = lacks('recovered_at');

/** The webhook of a missed notification has come after all. */
export function recovered(at: Timestamp): Change {
  return { set: { gap: 'recovered' satisfies Gap, recovered_at: at } };
}

/** The webhook may still come. */
export function awaited(id: string, at: Timestamp): Change {
  return { set: { awaiting_webhook: shardOf(id), awaiting_since: once(at) } };
}

/** Ids of events that have been waiting for their webhook since an instant, longest first, a page at a time. */
export async function* awaitedSince(store: Store, until: number): AsyncGenerator<readonly string[]> {
  for (const shard of SHARDS) {
    const range = eventRange('awaiting_webhook', shard, { to: timestampOf(until) });
    for await (const rows of pagesOf(store, range, 100)) yield rows.map(idIn);
  }
}

/** Marks an event as missed. False when its webhook has come since. */
export async function markMissed(store: Store, id: string, now: number): Promise<boolean> {
  const at = timestampOf(now);
  const change = together(wake(id, at), { set: { gap: 'missed' satisfies Gap, missed_at: at }, remove: AWAITING });
  const missed = await update(store, 'events', { id }, { when: all(STILL_AWAITED, lacks('missed_at')), ...change });
  return missed !== undefined;
}

/**
 * Stops waiting for a webhook: none was due, by that revision of the event. A payload that comes at this moment may
 * change that.
 */
export async function stopAwaiting(store: Store, id: string, revision: number): Promise<void> {
  const when = all(exists('awaiting_webhook'), is('revision', revision));
  await update(store, 'events', { id }, { when, remove: AWAITING });
}

/** Ids of events in a span of `created_at` that the list has never shown, a page at a time. */
export async function* neverListed(store: Store, from: Timestamp, to: Timestamp): AsyncGenerator<readonly string[]> {
  const range = eventRange('by_time', RECORD_TYPE, { from, to, attributes: ['id', 'listed_first_at'] });
  for await (const rows of pagesOf(store, range)) {
    const ids = rows.filter((row) => row.listed_first_at === undefined).map(idIn);
    if (ids.length > 0) yield ids;
  }
}

/**
 * Records that the list has never shown an event that came by webhook. False when it has, or this is already recorded.
 */
export async function markUnlisted(store: Store, id: string, now: number): Promise<boolean> {
  const set = { gap: 'unlisted' satisfies Gap, unlisted_at: timestampOf(now) };
  return (await update(store, 'events', { id }, { when: NEVER_LISTED, set })) !== undefined;
}
