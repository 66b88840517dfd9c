import { millisecondsOf, type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { once } from '../table/expressions.ts';
import { readKeys } from '../table/key-range.ts';
import { controlRange } from '../table/read-rows.ts';
import { controlKey, type Store } from '../table/store.ts';
import { idIn, type Row, textIn } from '../table/values.ts';
import { get, update } from '../table/verbs.ts';

/** How Telnyx has recently answered. */
export interface UpstreamState {
  readonly lastFault: { readonly fault: string; readonly at: Timestamp } | undefined;
  /** Telnyx asked for no request before this instant (milliseconds since 1970), which may have passed. */
  readonly rateLimitedUntil: number | undefined;
  readonly ordersRefused: OrdersRefused | undefined;
}

/** Since when Telnyx refuses to show porting orders, and when it last did. */
export interface OrdersRefused {
  readonly since: Timestamp;
  readonly at: Timestamp;
}

const KEY = controlKey('upstream', 'telnyx');
const ORDERS = controlKey('upstream', 'orders');

/** There are three: the third spaces single calls. */
const MOST_ROWS = 10;

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
  const { rows } = await readKeys(store, controlRange('upstream'), undefined, MOST_ROWS);
  const rowOf = ({ id }: typeof KEY) => rows.find((row) => idIn(row) === id);
  const row = rowOf(KEY);
  const fault = textIn(row, 'last_fault');
  const until = textIn(row, 'rate_limited_until');
  return {
    lastFault: fault === undefined ? undefined : { fault, at: textIn(row, 'last_fault_at') ?? '' },
    rateLimitedUntil: until === undefined ? undefined : millisecondsOf(until),
    ordersRefused: refusalIn(rowOf(ORDERS)),
  };
}

/**
 * Records that Telnyx refuses to show porting orders. It is no fault of the key: that may still list events.
 *
 * @param now milliseconds since 1970
 */
export async function recordOrdersRefused(store: Store, now: number): Promise<void> {
  const at = timestampOf(now);
  await update(store, 'control', ORDERS, { set: { refused_at: at, refused_since: once(at) } });
}

/** Records that Telnyx shows porting orders again. */
export async function recordOrdersShown(store: Store): Promise<void> {
  await update(store, 'control', ORDERS, { remove: ['refused_at', 'refused_since'] });
}

/** Undefined while Telnyx shows porting orders, or was never asked for one. */
export async function readOrdersRefused(store: Store): Promise<OrdersRefused | undefined> {
  return refusalIn(await get(store, 'control', ORDERS, { consistent: true }));
}

function refusalIn(row: Row | undefined): OrdersRefused | undefined {
  const [since, at] = [textIn(row, 'refused_since'), textIn(row, 'refused_at')];
  return since === undefined || at === undefined ? undefined : { since, at };
}
