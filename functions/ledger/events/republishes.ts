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

/** Records that a republish is about to be asked for, and by whom: before the call, so that a death in it leaves a trace. */
export async function recordAttempt(store: Store, id: string, by: string, now: number): Promise<Attempt> {
  const attempt = { id, at: timestampOf(now) };
  await update(
    store,
    'events',
    { id },
    {
      // A republish makes no row: only Telnyx's own record of an event does.
      when: exists('id'),
      // `asked` stays when the function dies in the call.
      set: { republish_last_at: attempt.at, republish_last_by: by, republish_last_outcome: 'asked' },
      add: { republish_count: 1 },
    },
  );
  return attempt;
}

/** Records how an attempt ended. Of two at once, the row shows the later one. */
export async function recordOutcome(store: Store, { id, at }: Attempt, outcome: RepublishOutcome): Promise<void> {
  const when = is('republish_last_at', at);
  await update(store, 'events', { id }, { when, set: { republish_last_outcome: outcome } });
}
