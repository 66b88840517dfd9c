import { log } from '../lambda/log.ts';
import { noteDigest, readLastDigest } from '../ledger/notices/notice-state.ts';
import { claimNotice, type HeldNotice, recordNotice, releaseNotice, settleNotice } from '../ledger/notices/notices.ts';
import { ordersNeedingYou } from '../ledger/orders/needs-you.ts';
import { ordersDated, ordersEndedSince, overdueOrders } from '../ledger/orders/orders-for-digest.ts';
import { readSync } from '../ledger/runs/sync-state.ts';
import { DIGEST_DAYS, digestMessage, isWorthSending, type Morning } from '../porting/digest.ts';
import { localDayOf } from '../porting/local-day.ts';
import { isNearPresent } from '../porting/near-present.ts';
import { type Timestamp, timestampOf } from '../porting/timestamp.ts';
import { deliver, type Notifier } from './deliver.ts';

export const DIGEST = 'digest';

const DAY = 24 * 3_600_000;

/**
 * Sends the digest of a day, once. With nothing to say, it is sent on Mondays only.
 *
 * @param now milliseconds since 1970
 * @returns whether every channel has it
 */
export async function sendDigest(notifier: Notifier, now: number): Promise<boolean> {
  const { store, zone } = notifier;
  const since = (await readLastDigest(store)) ?? timestampOf(now - DAY);
  const morning = await readMorning(notifier, since, now);
  if (!isWorthSending(morning, { now, zone })) {
    log('info', 'digest_not_needed');
    return false;
  }
  const id = `${DIGEST}:${localDayOf(now, zone)}`;
  const about = { orderId: undefined, eventId: undefined, from: undefined, to: undefined };
  await recordNotice(store, { id, name: DIGEST, since, ...about }, now);
  return sendRecordedDigest(notifier, id, now);
}

/**
 * Sends a digest to the channels that do not have it, with what is true now. On another day it is too late.
 *
 * @param now milliseconds since 1970
 */
export async function sendRecordedDigest(notifier: Notifier, id: string, now: number): Promise<boolean> {
  const { store, zone, channels } = notifier;
  const held = await claimNotice(store, id, now);
  if (!held) return false;
  if (id !== `${DIGEST}:${localDayOf(now, zone)}`) {
    await end(store, held, now);
    return false;
  }
  const message = digestMessage(await readMorning(notifier, held.since ?? '', now), { now, zone });
  const took = await deliver(notifier, async (name) => (held.told.includes(name) ? undefined : message), now);
  const told = [...held.told, ...took];
  const isComplete = channels.every(({ name }) => told.includes(name));
  if (isComplete) await end(store, { ...held, told }, now);
  else await releaseNotice(store, id, told);
  return isComplete;
}

/** What the next digest says ended is counted from the last that anyone has. */
async function end(store: Notifier['store'], { id, told }: HeldNotice, now: number): Promise<void> {
  if (told.length > 0) await noteDigest(store, now);
  await settleNotice(store, id, now);
}

async function readMorning({ store, interval }: Notifier, since: Timestamp, now: number): Promise<Morning> {
  const [{ completeThrough }, needing, dated, overdue, ended] = await Promise.all([
    readSync(store, now),
    ordersNeedingYou(store, now),
    // A day more at both ends: the composer knows the days of the time zone.
    ordersDated(store, timestampOf(now - DAY), timestampOf(now + (DIGEST_DAYS + 1) * DAY)),
    overdueOrders(store),
    ordersEndedSince(store, since),
  ]);
  return {
    // Not as readCurrent judges it: a run of a few seconds that is at work at this moment changes nothing for people.
    current: isNearPresent(completeThrough, interval, now),
    completeThrough: completeThrough === undefined ? undefined : timestampOf(completeThrough),
    needing: needing.map(({ order }) => order),
    dated,
    overdue,
    ended,
  };
}
