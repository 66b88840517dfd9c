import type { Problem } from '../http/problem.ts';
import { upstreamBusy, upstreamFailed, upstreamRefusedKey, upstreamUnavailable } from '../http/upstream-problem.ts';
import type { UpstreamError } from '../telnyx/upstream-error.ts';

const NOTHING_READ = 'Its log of deliveries was not read.';

/**
 * Why there is nothing to show although Telnyx answered: this account has no log of webhook deliveries, or not now, or
 * its API key may not read it. A 403 for this log alone says nothing about the key's other rights. `undefined` for
 * every other error.
 */
export function unavailableBecause({ fault, status, message }: UpstreamError): string | undefined {
  if (fault === 'not available') {
    return `Telnyx says that its log of webhook deliveries is not available for this account, or not now. ${message}`;
  }
  if (status === 403) return `Telnyx does not let this API key read its log of webhook deliveries. ${message}`;
  if (fault === 'not found') return `Telnyx has no log of webhook deliveries for this account. ${message}`;
  return undefined;
}

/** The answer to a caller whose request for the log failed at Telnyx. */
export function deliveriesProblem(error: UpstreamError): Problem {
  const { fault, message, retryable } = error;
  switch (fault) {
    case 'rate limited':
      return upstreamBusy(NOTHING_READ, message, error.retryAfterSeconds);
    case 'key refused':
      return upstreamRefusedKey(NOTHING_READ, message);
    case 'unavailable':
    case 'not reached':
      return upstreamUnavailable(`${message} ${NOTHING_READ}`, error.retryAfterSeconds);
    case 'no answer':
    case 'gave up':
      return upstreamFailed(504, `${message} ${NOTHING_READ}`);
    case 'refused':
      if (retryable) return upstreamUnavailable(`${message} ${NOTHING_READ}`, error.retryAfterSeconds);
      return upstreamFailed(502, `Telnyx refused to show its log of webhook deliveries. ${message}`);
    case 'not available':
    case 'not found':
    case 'failed':
    case 'unreadable':
      return upstreamFailed(502, `Telnyx failed. ${message}`);
  }
}
