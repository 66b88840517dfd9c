import { notFound, type Problem } from '../http/problem.ts';
import {
  upstreamBusy,
  upstreamFailed,
  upstreamNotAvailable,
  upstreamRefusedKey,
  upstreamUnavailable,
} from '../http/upstream-problem.ts';
import { tookNothing, type UpstreamError } from '../telnyx/upstream-error.ts';

const NOT_SENT = 'Nothing was sent.';
const MAY_HAVE_BEEN_SENT = 'The notification may have been sent: look for a new delivery before asking again.';

/** The answer to a caller whose republish failed. */
export function republishProblem(error: UpstreamError): Problem {
  const { fault, message } = error;
  switch (fault) {
    case 'not found':
      return notFound(`Telnyx has no such event. ${message}`);
    case 'rate limited':
      return upstreamBusy(NOT_SENT, message, error.retryAfterSeconds);
    case 'key refused':
      return upstreamRefusedKey(NOT_SENT, message);
    case 'not available':
      return upstreamNotAvailable(NOT_SENT, message, error.retryable);
    case 'refused':
      if (error.retryable) return upstreamUnavailable(`${message} ${NOT_SENT}`, error.retryAfterSeconds);
      return upstreamFailed(502, `Telnyx refused to republish the event. ${NOT_SENT} ${message}`);
    case 'unavailable':
    case 'not reached':
      return upstreamUnavailable(`${message} ${NOT_SENT}`, error.retryAfterSeconds);
    // A repeated request could send the notification twice.
    case 'failed':
      return upstreamFailed(502, `Telnyx failed. ${message}`);
    case 'unreadable':
    case 'no answer':
    case 'gave up':
      if (tookNothing(error)) return upstreamFailed(502, `${message} ${NOT_SENT}`);
      return upstreamFailed(504, `${message} ${MAY_HAVE_BEEN_SENT}`);
  }
}
