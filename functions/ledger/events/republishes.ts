import { timestampOf } from '../../porting/timestamp.ts';
import { exists, is } from '../table/expressions.ts';
import type { Store } from '../table/store.ts';
import { update } from '../table/verbs.ts';

/**
 * How a republish ended: `sent` (Telnyx took it), `unknown` (no answer: it may have been sent), `not_sent` (Telnyx was
 * not reached, or not available), or a refusal.
 */
export type RepublishOutcome =
  | 'sent'
  | 'unknown'
  | 'not_sent'
  | 'not_found'
  | 'rate_limited'
  | 'key_refused'
  | 'refused'
  | 'failed';

/** An attempt that is recorded on its event's row, or, when the ledger lacks the event, nowhere. */
export interface Attempt {
  readonly id: string;
  readonly at: string;
}

/**
 * Records that a republish is about to be asked for, and by whom. Its outcome is `asked` until {@link recordOutcome}:
 * permanently, when the function dies in the call. An event that the ledger lacks gets no row.
 */
export async function recordAttempt(store: Store, id: string, by: string, now: number): Promise<Attempt> {
  const at = timestampOf(now);
  const set = { republish_last_at: at, republish_last_by: by, republish_last_outcome: 'asked' };
  await update(store, 'events', { id }, { when: exists('id'), set, add: { republish_count: 1 } });
  return { id, at };
}

/** Records how an attempt ended. Of two at once, the row shows the later one. */
export async function recordOutcome(store: Store, { id, at }: Attempt, outcome: RepublishOutcome): Promise<void> {
  const set = { republish_last_outcome: outcome };
  await update(store, 'events', { id }, { when: is('republish_last_at', at), set });
}
