import { randomUUID } from 'node:crypto';
import { takeMessage } from '../ledger/notices/notice-state.ts';
import { type HeldNotice, recordNotice, waitingNotices } from '../ledger/notices/notices.ts';
import { LeaseLost, releaseLease, takeLease } from '../ledger/table/lease.ts';
import { controlKey } from '../ledger/table/store.ts';
import type { NoticeName } from '../porting/notice-names.ts';
import { millisecondsOf } from '../porting/timestamp.ts';
import type { Notifier } from './deliver.ts';
import { type FromBus, recordedFrom } from './recorded.ts';
import { DIGEST, sendRecordedDigest } from './send-digest.ts';
import { type Sent, sendNotices } from './send-notices.ts';

const NOTHING: Sent = { sent: 0, over: 0, waiting: 0 };

/**
 * Records what an event on the bus tells people. What a live webhook brought is sent at once, unless 10 messages have
 * been sent within five minutes; everything else waits for {@link sendWaiting}.
 *
 * @param now milliseconds since 1970
 */
export async function notifyOf(
  notifier: Notifier,
  event: FromBus,
  wanted: ReadonlySet<NoticeName>,
  now: number,
): Promise<Sent> {
  const { store, channels } = notifier;
  const recorded = recordedFrom(event, wanted);
  if (recorded === undefined || channels.length === 0) return NOTHING;
  const { notice, isLive } = recorded;
  if (!(await recordNotice(store, notice, now))) return NOTHING;
  if (!isLive || !(await takeMessage(store, now))) return { ...NOTHING, waiting: 1 };
  return sendNotices(notifier, [notice.id], now);
}

/**
 * Sends all that waits, as one message: what is decided when the ledger becomes current, what was too much to be sent
 * at once, and what a channel did not take.
 *
 * @param now milliseconds since 1970
 */
export async function sendWaiting(notifier: Notifier, now: number): Promise<Sent> {
  const { store, interval } = notifier;
  const waiting = await waitingNotices(store);
  if (waiting.length === 0 || isArriving(waiting, interval, now)) return { ...NOTHING, waiting: waiting.length };
  const lease = await takeLease(store, controlKey('lease', 'notices'), randomUUID(), now);
  // Two senders would make two messages of it.
  if (!lease) return { ...NOTHING, waiting: waiting.length };
  for (const { id, name } of waiting) if (name === DIGEST) await sendRecordedDigest(notifier, id, now);
  const ids = waiting.filter(({ name }) => name !== DIGEST).map(({ id }) => id);
  const sent = await sendNotices(notifier, ids, now);
  // Another sender may have taken it meanwhile: each notice is taken one by one, so that none is sent twice.
  await releaseLease(store, lease).catch((error: unknown) => {
    if (!(error instanceof LeaseLost)) throw error;
  });
  return sent;
}

/**
 * What is decided together arrives within seconds: a fifth of the sync's interval after the last of it (a minute on
 * AWS), all of it is there. No notice waits for others longer than two intervals.
 */
function isArriving(waiting: readonly HeldNotice[], interval: number, now: number): boolean {
  // What some channel has is not new: the others get it again and again.
  const ages = waiting.filter(({ told }) => told.length === 0).map(({ at }) => now - millisecondsOf(at));
  return Math.min(...ages) < interval / 5 && Math.max(...ages) < 2 * interval;
}
