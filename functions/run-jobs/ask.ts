import { describeError, log } from '../lambda/log.ts';
import { recordAttempt } from '../ledger/events/republishes.ts';
import type { JobOutcome } from '../ledger/jobs/job.ts';
import type { Store } from '../ledger/table/store.ts';
import { type Republished, republish } from '../republishing/republish.ts';
import type { EventsApi } from '../telnyx/events-api.ts';
import { type Clock, type Pace, pace } from '../telnyx/pace.ts';

/** Telnyx certainly did not accept the request, for a reason that applies to every event. */
export interface NotTaken {
  readonly notTaken: string;
}

/** The result of a request for a republish. */
export type Answer = { readonly outcome: JobOutcome } | NotTaken;

/** Asks Telnyx for republishes one after another, within its rate limit. */
export interface Asker {
  /**
   * Prepares a request: reads the API key and renews the lease. Call it before claiming an event; otherwise a failure
   * here would leave the event looking as if it had been requested.
   */
  readonly prepare: () => Promise<EventsApi | NotTaken>;
  /**
   * Asks once. Repeats the call a few times only if Telnyx certainly did nothing and a retry may help.
   *
   * @param by who asks, for the event's row
   */
  readonly ask: (telnyx: EventsApi, id: string, by: string) => Promise<Answer>;
  /** Waits until the next call may start: another worker's call may follow immediately. */
  readonly turn: () => Promise<void>;
}

export interface AskerOptions {
  readonly store: Store;
  /** The Telnyx client; may fail, because the API key's secret may not have a value yet. */
  readonly api: () => Promise<EventsApi>;
  readonly clock: Clock;
  readonly requestsPerSecond: number;
  /** Milliseconds since 1970 after which no call may start. */
  readonly stopAt: number;
  /** Called right before each call, because pauses are long; throws when the call must not be made. */
  readonly keepLease: () => Promise<void>;
}

export function createAsker({ store, api, clock, requestsPerSecond, stopAt, keepLease }: AskerOptions): Asker {
  const calls = pace(requestsPerSecond, () => stopAt, clock);
  let asked = false;
  const call: Pace['call'] = (ask) =>
    calls.call(ask, async () => {
      await keepLease();
      asked = true;
    });

  return {
    async prepare() {
      const telnyx = await api().catch((error: unknown) => ({ notTaken: describeError(error) }));
      if (!('notTaken' in telnyx)) await keepLease();
      return telnyx;
    },
    async ask(telnyx, id, by) {
      const attempt = await recordAttempt(store, id, by, clock.now());
      const republished = await republish({ store, telnyx, now: clock.now, call }, attempt);
      const { outcome, error } = republished;
      const answer = answerOf(republished);
      // The reason of one that was not taken is the job's or healing's own; any other is found in the log alone.
      if (error && 'outcome' in answer) log('warn', 'republish', { id, by, outcome, error: error.message });
      return answer;
    },
    turn: async () => {
      if (asked) await calls.call(async () => {});
    },
  };
}

function answerOf({ outcome, error }: Republished): Answer {
  switch (outcome) {
    case 'key_refused':
      return { notTaken: `Telnyx refuses this ledger's API key. ${error.message}` };
    case 'not_available':
      return {
        notTaken: `Telnyx says that republishing is not available for this account, or not now. ${error.message}`,
      };
    case 'rate_limited':
      return { notTaken: `Telnyx takes no more requests for now. ${error.message}` };
    case 'not_sent':
      if (error.fault !== 'unavailable') return { notTaken: error.message };
      return { notTaken: `Telnyx is not available for now. ${error.message}` };
    case 'refused':
      return { outcome: 'failed' };
    default:
      return { outcome };
  }
}
