import { describeError, log } from '../lambda/log.ts';
import { measureFault } from '../lambda/metrics.ts';
import { type RepublishOutcome, recordAttempt, recordOutcome } from '../ledger/events/republishes.ts';
import type { JobOutcome } from '../ledger/jobs/job.ts';
import { recordFault } from '../ledger/status/upstream-state.ts';
import type { Store } from '../ledger/table/store.ts';
import type { EventsApi } from '../telnyx/events-api.ts';
import { type Clock, pace } from '../telnyx/pace.ts';
import { isAboutTelnyx, tookNothing, UpstreamError } from '../telnyx/upstream-error.ts';

/** How asking ended; or that Telnyx has surely not taken it, for a reason that holds for every event. */
export type Answer = { readonly outcome: JobOutcome } | { readonly notTaken: string };

/** Asks Telnyx for republishes, one after another, no faster than it likes. */
export interface Asker {
  /**
   * Asks once. Only what Telnyx has surely not taken is asked again, some times, where that may pass.
   *
   * @param by what stands on the event's row as the one who asked
   */
  readonly ask: (telnyx: EventsApi, id: string, by: string) => Promise<Answer>;
  /** Waits until the next call may start: another worker's may come right after us. */
  readonly turn: () => Promise<void>;
}

export interface AskerOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly requestsPerSecond: number;
  /** Milliseconds since 1970 after which no call may start. */
  readonly stopAt: number;
  /** Called right before each call, for pauses are long; throws when it must not be made. */
  readonly keepLease: () => Promise<void>;
}

type Ended = { readonly recorded: RepublishOutcome; readonly answer: Answer };

export function createAsker({ store, clock, requestsPerSecond, stopAt, keepLease }: AskerOptions): Asker {
  const calls = pace(requestsPerSecond, () => stopAt, clock);
  let asked = false;

  async function note({ fault, retryAfterSeconds }: UpstreamError): Promise<void> {
    measureFault(fault);
    if (!isAboutTelnyx(fault)) return;
    await recordFault(store, fault, clock.now(), retryAfterSeconds).catch((error: unknown) => {
      log('warn', 'fault_not_recorded', { fault, error: describeError(error) });
    });
  }

  async function askOnce(telnyx: EventsApi, id: string): Promise<Ended> {
    await keepLease();
    asked = true;
    try {
      await telnyx.republish(id);
      return { recorded: 'sent', answer: { outcome: 'sent' } };
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      await note(error);
      // Thrown, it may be called again after a pause.
      if (tookNothing(error)) throw error;
      return endOf(error);
    }
  }

  return {
    async ask(telnyx, id, by) {
      const attempt = await recordAttempt(store, id, by, clock.now());
      const { recorded, answer } = await calls
        .call(() => askOnce(telnyx, id))
        .catch((error: unknown) => {
          if (error instanceof UpstreamError) return endOf(error);
          throw error;
        });
      await recordOutcome(store, attempt, recorded).catch((error: unknown) => {
        log('error', 'republish_outcome_not_recorded', { id, outcome: recorded, error: describeError(error) });
      });
      return answer;
    },
    turn: async () => {
      if (asked) await calls.call(async () => {});
    },
  };
}

function endOf(error: UpstreamError): Ended {
  const { fault, message } = error;
  switch (fault) {
    case 'key refused':
      return { recorded: 'key_refused', answer: { notTaken: `Telnyx refuses this ledger's API key. ${message}` } };
    case 'rate limited':
      return { recorded: 'rate_limited', answer: { notTaken: `Telnyx takes no more requests for now. ${message}` } };
    case 'unavailable':
      return { recorded: 'not_sent', answer: { notTaken: `Telnyx is not available for now. ${message}` } };
    case 'not reached':
      return { recorded: 'not_sent', answer: { notTaken: message } };
    case 'not found':
      return { recorded: 'not_found', answer: { outcome: 'not_found' } };
    case 'refused':
      return { recorded: 'refused', answer: { outcome: 'failed' } };
    case 'failed':
      return { recorded: 'failed', answer: { outcome: 'failed' } };
    case 'unreadable':
      if (tookNothing(error)) return { recorded: 'not_sent', answer: { notTaken: message } };
      return { recorded: 'unknown', answer: { outcome: 'unknown' } };
    case 'no answer':
    case 'gave up':
      return { recorded: 'unknown', answer: { outcome: 'unknown' } };
  }
}
