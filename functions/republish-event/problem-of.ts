import { notFound, type Problem } from '../http/problem.ts';
import { upstreamBusy, upstreamFailed, upstreamRefusedKey, upstreamUnavailable } from '../http/upstream-problem.ts';
import type { RepublishOutcome } from '../ledger/events/republishes.ts';
import { tookNothing, type UpstreamError } from '../telnyx/upstream-error.ts';

const NOT_SENT = 'Nothing was sent.';
const MAY_HAVE_BEEN_SENT = 'The notification may have been sent: look for a new delivery before asking again.';

/** What a failed call to Telnyx means for whoever asked for the republish, and what is written down about it. */
export function problemOf(error: UpstreamError): { outcome: RepublishOutcome; problem: Problem } {
  const { fault, message } = error;
  switch (fault) {
    case 'not found':
      return { outcome: 'not_found', problem: notFound('Telnyx has no such event.') };
    case 'rate limited':
      return { outcome: 'rate_limited', problem: upstreamBusy(NOT_SENT, error.retryAfterSeconds) };
    case 'key refused':
      return { outcome: 'key_refused', problem: upstreamRefusedKey(NOT_SENT, message) };
    case 'refused':
      return {
        outcome: 'refused',
        problem: upstreamFailed(502, `Telnyx refused to republish the event. ${NOT_SENT} ${message}`),
      };
    case 'unavailable':
    case 'not reached':
      return { outcome: 'not_sent', problem: upstreamUnavailable(`${message} ${NOT_SENT}`, error.retryAfterSeconds) };
    // A repeated request would send again what may have been sent.
    case 'failed':
      return { outcome: 'failed', problem: upstreamFailed(502, `Telnyx failed. ${message}`) };
    case 'unreadable':
      if (tookNothing(error)) return { outcome: 'not_sent', problem: upstreamFailed(502, `${message} ${NOT_SENT}`) };
      return { outcome: 'unknown', problem: upstreamFailed(504, `${message} ${MAY_HAVE_BEEN_SENT}`) };
    case 'no answer':
    case 'gave up':
      return { outcome: 'unknown', problem: upstreamFailed(504, `${message} ${MAY_HAVE_BEEN_SENT}`) };
  }
}
