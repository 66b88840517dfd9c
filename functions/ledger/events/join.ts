import type { PortingEvent } from '../../porting/event.ts';
import type { Pair } from '../../porting/pairs.ts';
import { sameEventKey } from '../../porting/same-event.ts';
import { timestampOf } from '../../porting/timestamp.ts';
import { doubtDay } from '../counts/doubtful-days.ts';
import { eventRange } from '../table/event-keys.ts';
import { all, exists, is, lacks, together } from '../table/expressions.ts';
import { pagesOf } from '../table/key-range.ts';
import { readRows } from '../table/read-rows.ts';
import type { Store } from '../table/store.ts';
import { idIn, numberIn, type Row, textIn } from '../table/values.ts';
import { get, update } from '../table/verbs.ts';
import { AWAITING, recovered } from './awaited.ts';
import { wake } from './outbox-marks.ts';
import { eventIn, type LedgerEvent } from './row.ts';

/**
 * Where the list and webhooks give one event two ids, its two rows are joined. The list's row stays, because show and
 * republish know its id: `joined_from` is the webhook's id, and `published_as` records that the event was published
 * under it. The webhook's row leaves the lists and points to the other with `joined_to`. That mark is valid only until
 * the list shows the webhook's id: the write that records such a listing separates the two events again.
 *
 * Each step marks the row from which the next step starts, so another publisher can continue after a crash.
 */

/**
 * First step: the list's row takes the webhook's marks, and no other webhook's row can then be joined to it.
 *
 * @returns true when it has, even through another publisher; false unless each row came from one of the sources
 */
export async function join(store: Store, { listedId, webhookId }: Pair, now: number): Promise<boolean> {
  const at = timestampOf(now);
  const webhook = await get(store, 'events', { id: webhookId }, { consistent: true });
  const listed = await get(store, 'events', { id: listedId }, { consistent: true });
  if (!webhook || !listed || !isFromWebhookOnly(webhook)) return false;
  if (textIn(listed, 'joined_from') === webhookId) return true;
  if (!isFromListOnly(listed)) return false;
  const missed = listed.missed_at !== undefined && listed.recovered_at === undefined;
  const taken = {
    set: {
      joined_from: webhookId,
      published_as: textIn(webhook, 'published_at') && webhookId,
      webhook_first_at: textIn(webhook, 'webhook_first_at'),
      webhook_last_at: textIn(webhook, 'webhook_last_at') ?? textIn(webhook, 'webhook_first_at'),
      webhook_deliveries: numberIn(webhook, 'webhook_deliveries'),
    },
    remove: AWAITING,
  };
  const written = await update(
    store,
    'events',
    { id: listedId },
    {
      when: all(
        exists('listed_first_at'),
        lacks('webhook_first_at'),
        lacks('joined_from'),
        missed ? exists('missed_at') : lacks('missed_at'),
      ),
      ...together(taken, wake(listedId, at), missed ? recovered(at) : {}),
    },
  );
  // Refused: the row has changed since it was read. Each of these changes happens once.
  return written ? true : join(store, { listedId, webhookId }, now);
}

/**
 * Second step, repeatable: the webhook's row leaves the lists.
 *
 * @returns false when the list has shown its id since: then they are two events
 */
export async function hideJoined(store: Store, { listedId, webhookId }: Pair, now: number): Promise<boolean> {
  const row = await get(store, 'events', { id: webhookId }, { consistent: true, attributes: ['created_at_id'] });
  const createdAtId = textIn(row, 'created_at_id');
  if (createdAtId !== undefined) await doubtDay(store, createdAtId, now);
  const hidden = await update(
    store,
    'events',
    { id: webhookId },
    {
      when: all(exists('id'), lacks('listed_first_at')),
      ...together(wake(webhookId, timestampOf(now)), {
        set: { joined_to: listedId },
        remove: ['created_at_id', 'first_seen_id', 'gap'],
      }),
    },
  );
  return hidden !== undefined;
}

/**
 * Makes the list's row an event of its own again. It is published if it was not; the marks that it took from the
 * webhook's row stay.
 */
export async function restoreListed(store: Store, { listedId, webhookId }: Pair, now: number): Promise<void> {
  await update(
    store,
    'events',
    { id: listedId },
    {
      when: is('joined_from', webhookId),
      ...together(wake(listedId, timestampOf(now)), { remove: ['joined_from', 'published_as'] }),
    },
  );
}

/** The row that the webhook of a listed event brought under another id, if there is one that is not joined. */
export async function deliveredUnderOtherId(
  store: Store,
  listed: PortingEvent,
  orderId: string,
): Promise<LedgerEvent | undefined> {
  const key = sameEventKey(listed);
  if (key === undefined) return undefined;
  const range = eventRange('by_order', orderId, { attributes: ['id'], where: is('event_type', listed.event_type) });
  for await (const keys of pagesOf(store, range)) {
    const ids = keys.map(idIn).filter((id) => id !== listed.id);
    for await (const row of readRows(store, 'events', ids, { consistent: true })) {
      if (!isFromWebhookOnly(row)) continue;
      const event = eventIn(row);
      if (event && sameEventKey(event) === key) return event;
    }
  }
  return undefined;
}

function isFromListOnly(row: Row): boolean {
  return row.listed_first_at !== undefined && row.webhook_first_at === undefined && row.joined_from === undefined;
}

function isFromWebhookOnly(row: Row): boolean {
  return row.webhook_first_at !== undefined && row.listed_first_at === undefined;
}
