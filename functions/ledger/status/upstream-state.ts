import { millisecondsOf, type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { controlKey, type Store } from '../table/store.ts';
import { textIn } from '../table/values.ts';
import { get, update } from '../table/verbs.ts';

/** How Telnyx has recently answered. */
export interface UpstreamState {
  readonly lastFault: { readonly fault: string; readonly at: Timestamp } | undefined;
  /** Telnyx asked for no request before this instant (milliseconds since 1970), which may have passed. */
  readonly rateLimitedUntil: number | undefined;
}

const KEY = controlKey('upstream', 'telnyx');

/** The wait after a 429 that gives none. */
const USUAL_LIMIT = 1_000;

/**
 * Records that Telnyx refused or failed.
 *
 * @param fault in the words of telnyx/upstream-error.ts
 * @param now milliseconds since 1970
 * @param retryAfter seconds that Telnyx asked to wait, if it did: an hour at most
 */
export async function recordFault(store: Store, fault: string, now: number, retryAfter?: number): Promise<void> {
  const until = now + (retryAfter === undefined ? USUAL_LIMIT : retryAfter * 1000);
  await update(store, 'control', KEY, {
    set: {
      last_fault: fault,
      last_fault_at: timestampOf(now),
      rate_limited_until: fault === 'rate limited' ? timestampOf(until) : undefined,
    },
  });
}

/** The state, without what never happened. */
export async function readUpstream(store: Store): Promise<UpstreamState> {
  const row = await get(store, 'control', KEY);
  const fault = textIn(row, 'last_fault');
  const until = textIn(row, 'rate_limited_until');
  return {
    lastFault: fault === undefined ? undefined : { fault, at: textIn(row, 'last_fault_at') ?? '' },
    rateLimitedUntil: until === undefined ? undefined : millisecondsOf(until),
  };
}
