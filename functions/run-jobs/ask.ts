import { describeError } from '../lambda/log.ts';
import { recordAttempt } from '../ledger/events/republishes.ts';
import type { JobOutcome } from '../ledger/jobs/job.ts';
import type { Store } from '../ledger/table/store.ts';
import { type Republished, republish } from '../republishing/republish.ts';
import type { EventsApi } from '../telnyx/events-api.ts';
import { type Clock, type Pace, pace } from '../telnyx/pace.ts';

/** Telnyx has surely not taken it, for a reason that holds for every event. */
export interface NotTaken {
  readonly notTaken: string;
}

/** How asking for a republish ended. */
export type Answer = { readonly outcome: JobOutcome } | NotTaken;

/** Asks Telnyx for republishes, one after another, no faster than it likes. */
export interface Asker {
  /**
   * Gets ready to ask: reads the API key and renews the lease. Call it before claiming an event, which otherwise would
   * look as if it had been asked for.
   */
  readonly prepare: () => Promise<EventsApi | NotTaken>;
  /**
   * Asks once. Only what Telnyx has surely not taken is asked again, a few times, where that may help.
   *
   * @param by who asks, for the event's row
   */
  readonly ask: (telnyx: EventsApi, id: string, by: string) => Promise<Answer>;
  /** Waits until the next call may start: another worker's may come right after ours. */
  readonly turn: () => Promise<void>;
}

export interface AskerOptions {
  readonly store: Store;
  /** Telnyx; may fail, for the API key is a secret that may not be there yet. */
  readonly api: () => Promise<EventsApi>;
  readonly clock: Clock;
  readonly requestsPerSecond: number;
  /** Milliseconds since 1970 after which no call may start. */
  readonly stopAt: number;
  /** Called right before each call, for pauses are long; throws when it must not be made. */
  readonly keepLease: () => Promise<void>;
}

export function createAsker({ store, api, clock, requestsPerSecond, stopAt, keepLease }: AskerOptions): Asker {
  const calls = pace(requestsPerSecond, () => stopAt, clock);
  let asked = false;
  const call: Pace['call'] = (ask) =>
    calls.call(async () => {
      await keepLease();
      asked = true;
      return ask();
    });

  return {
    async prepare() {
      const telnyx = await api().catch((error: unknown) => ({ notTaken: describeError(error) }));
      if (!('notTaken' in telnyx)) await keepLease();
      return telnyx;
    },
    async ask(telnyx, id, by) {
      const attempt = await recordAttempt(store, id, by, clock.now());
      return answerOf(await republish({ store, telnyx, now: clock.now, call }, attempt));
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
