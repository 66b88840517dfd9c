import { describeError, log } from '../lambda/log.ts';
import { ordersInStatus } from '../ledger/orders/orders-by-status.ts';
import { dutyOf } from '../porting/acts.ts';
import { derivedFrom } from '../porting/derived.ts';
import { DRAFT_NEEDS_YOU_FOR } from '../porting/needs.ts';
import { timestampOf } from '../porting/timestamp.ts';
import { decideOne } from './decide.ts';
import type { Publisher } from './publish.ts';
import { foldWhole } from './whole-order.ts';

/**
 * Publishes drafts that Telnyx deletes within five days, once each, while the ledger is current. Nothing is written to
 * an order when its last days begin, so each day looks for them.
 *
 * @param current whether the ledger is current: see readCurrent
 * @returns how many were published
 */
export async function findExpiringDrafts(
  publisher: Publisher,
  current: () => Promise<number | undefined>,
  now: number,
): Promise<number> {
  const before = await current();
  if (before === undefined) return 0;
  let published = 0;
  const soon = timestampOf(now + DRAFT_NEEDS_YOU_FOR);
  for await (const { id, since } of ordersInStatus(publisher.store, 'draft')) {
    const { act_by } = dutyOf('draft', since);
    if (act_by === null || act_by > soon || act_by <= timestampOf(now)) continue;
    try {
      const { held } = await foldWhole(publisher.store, id, now);
      if (derivedFrom(held, now).length === 0 || (await current()) !== before) continue;
      if (await decideOne(publisher, held, now)) published += 1;
    } catch (error) {
      // An unreadable order must not block the others.
      log('error', 'not_decided', { error: describeError(error) });
    }
  }
  return published;
}
