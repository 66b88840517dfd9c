import { describeError, log } from '../lambda/log.ts';
import { type Attempt, type RepublishOutcome, recordOutcome } from '../ledger/events/republishes.ts';
import { recordFault } from '../ledger/status/upstream-state.ts';
import type { Store } from '../ledger/table/store.ts';
import type { EventsApi } from '../telnyx/events-api.ts';
import type { Pace } from '../telnyx/pace.ts';
import { isAboutTelnyx, tookNothing, UpstreamError } from '../telnyx/upstream-error.ts';

/** What a republish needs. */
export interface Republishing {
  readonly store: Store;
  readonly telnyx: EventsApi;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /**
   * Makes the call. It may repeat a call that throws an {@link UpstreamError} after which Telnyx certainly did nothing.
   */
  readonly call?: Pace['call'];
}

/** How a republish ended, with Telnyx's fault if it failed. */
export type Republished =
  | { readonly outcome: 'sent'; readonly error?: never }
  | { readonly outcome: Exclude<RepublishOutcome, 'sent'>; readonly error: UpstreamError };

/**
 * Asks Telnyx for a republish, and records how it ended. If that cannot be recorded, it is logged.
 *
 * @param attempt recorded beforehand, so that a crash during the call leaves a trace
 * @throws only what `call` itself throws
 */
export async function republish(
  { store, telnyx, now, call = (ask) => ask() }: Republishing,
  attempt: Attempt,
): Promise<Republished> {
  const { id } = attempt;
  const faults: Promise<void>[] = [];
  const ask = async (): Promise<Republished> => {
    try {
      await telnyx.republish(id);
      return { outcome: 'sent' };
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      faults.push(noteFault(store, error, now()));
      if (tookNothing(error)) throw error;
      return endOf(error);
    }
  };
  try {
    const ended = await call(ask).catch((error: unknown) => {
      if (error instanceof UpstreamError) return endOf(error);
      throw error;
    });
    const { outcome } = ended;
    await recordOutcome(store, attempt, outcome).catch((error: unknown) => {
      log('error', 'republish_outcome_not_recorded', { id, outcome, error: describeError(error) });
    });
    return ended;
  } finally {
    // Written at the same time as the outcome: one after the other, a slow DynamoDB would outlast the function.
    await Promise.all(faults);
  }
}

function endOf(error: UpstreamError): Republished {
  return { outcome: outcomeOf(error), error };
}

function outcomeOf(error: UpstreamError): Exclude<RepublishOutcome, 'sent'> {
  switch (error.fault) {
    case 'key refused':
      return 'key_refused';
    case 'not available':
      return 'not_available';
    case 'rate limited':
      return 'rate_limited';
    case 'not found':
      return 'not_found';
    case 'refused':
    case 'failed':
      return error.fault;
    case 'unavailable':
    case 'not reached':
    case 'unreadable':
    case 'no answer':
    case 'gave up':
      return tookNothing(error) ? 'not_sent' : 'unknown';
  }
}

/** Records Telnyx's state for the status and for jobs, which pause while it takes no requests. */
async function noteFault(store: Store, { fault, retryAfterSeconds }: UpstreamError, now: number): Promise<void> {
  if (!isAboutTelnyx(fault)) return;
  await recordFault(store, fault, now, retryAfterSeconds).catch((error: unknown) => {
    log('warn', 'fault_not_recorded', { fault, error: describeError(error) });
  });
}
