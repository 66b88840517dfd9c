import { describeError, log } from '../lambda/log.ts';
import { countOtherFamily, countRefusals } from '../ledger/rejections/rejections.ts';
import type { Store } from '../ledger/table/store.ts';

/**
 * The time between two writes for one reason. A flood costs six writes per minute and reason in each execution
 * environment, instead of one per request.
 */
const WRITTEN_EVERY = 10_000;
/** How long the answer to a request that is only counted may wait for the table. */
const GIVE_UP_AFTER = 500;

/** Telnyx has a few hundred event types. A notification that was subscribed by mistake brings some five of them. */
const MOST_TYPES = 20;
const OTHER_TYPES = 'any other type';
/** As all of Telnyx's types are spelled. No other text of a request gets into a row. */
const TYPE = /^[\w.-]{1,100}$/;

/** Counts one request. It never throws. */
type Counter = (reason: string, now: number) => Promise<void>;

/** Counts requests that were refused at the webhook URL, by reason. */
export function refusalCounter(store: Store): Counter {
  return bundling((reason, count, now, signal) => countRefusals(store, reason, count, now, signal));
}

/** Counts signed webhooks of another product, by event type: at most 20 types, and the rest together. */
export function otherFamilyCounter(store: Store): Counter {
  const types = new Set<string>();
  const count = bundling((type, count, now, signal) => countOtherFamily(store, type, count, now, signal));
  return (eventType, now) => {
    const isCounted = types.has(eventType) || (types.size < MOST_TYPES && TYPE.test(eventType));
    if (isCounted) types.add(eventType);
    return count(isCounted ? eventType : OTHER_TYPES, now);
  };
}

/**
 * Counts in the ledger: a single request at once, many of them together. The last seconds of a flood may go uncounted.
 */
function bundling(write: (reason: string, count: number, now: number, signal: AbortSignal) => Promise<void>): Counter {
  const counts = new Map<string, { waiting: number; writtenAt: number }>();
  return async (reason, now) => {
    const known = counts.get(reason) ?? { waiting: 0, writtenAt: Number.NEGATIVE_INFINITY };
    counts.set(reason, known);
    known.waiting += 1;
    if (now - known.writtenAt < WRITTEN_EVERY) return;
    const { waiting } = known;
    known.waiting = 0;
    known.writtenAt = now;
    try {
      await write(reason, waiting, now, AbortSignal.timeout(GIVE_UP_AFTER));
    } catch (error) {
      log('warn', 'rejections_not_counted', { reason, count: waiting, error: describeError(error) });
    }
  };
}
