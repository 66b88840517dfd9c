import { timestampOf } from '../../porting/timestamp.ts';
import { exists, is } from '../table/expressions.ts';
import type { Store } from '../table/store.ts';
import { update } from '../table/verbs.ts';

/**
 * How a republish ended: `sent` (Telnyx accepted it), `unknown` (no answer: it may have been sent), `not_sent` (Telnyx
 * was not reached, or not available), or a refusal.
 */
export type RepublishOutcome =
  | 'sent'
  | 'unknown'
  | 'not_sent'
  | 'not_found'
  | 'rate_limited'
  | 'key_refused'
  | 'not_available'
  | 'refused'
  | 'failed';

/** An attempt recorded on its event's row; if the ledger lacks the event, it is recorded nowhere. */
export interface Attempt {
  readonly id: string;
  readonly at: string;
}

/**
 * Records that a republish is about to be requested, and by whom. Its outcome is `asked` until {@link recordOutcome}:
 * permanently, if the function dies in the call. An event that the ledger lacks gets no row.
 */
export async function recordAttempt(store: Store, id: string, by: string, now: number): Promise<Attempt> {
  const at = timestampOf(now);
  const set = { republish_last_at: at, republish_last_by: by, republish_last_outcome: 'asked' };
  await update(store, 'events', { id }, { when: exists('id'), set, add: { republish_count: 1 } });
  return { id, at };
}

/** Records how an attempt ended. Of two concurrent ones, the row shows the later. */
export async function recordOutcome(store: Store, { id, at }: Attempt, outcome: RepublishOutcome): Promise<void> {
  const set = { republish_last_outcome: outcome };
  await update(store, 'events', { id }, { when: is('republish_last_at', at), set });
}
