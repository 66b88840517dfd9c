import { notFound, Problem } from '../http/problem.ts';
import type { RepublishOutcome } from '../ledger/republishes.ts';
import type { UpstreamError } from '../telnyx/upstream-error.ts';

const NOT_SENT = 'Nothing was sent.';
const MAY_HAVE_BEEN_SENT = 'The notification may have been sent: look for a new delivery before asking again.';

/** What a failed call to Telnyx means for whoever asked for the republish, and what is written down about it. */
export function problemOf(error: UpstreamError): { outcome: RepublishOutcome; problem: Problem } {
  const { fault, message } = error;
  switch (fault) {
    case 'not found':
      return { outcome: 'not_found', problem: notFound('Telnyx has no such event.') };
    case 'rate limited': {
      const seconds = String(Math.max(1, Math.ceil(error.retryAfterSeconds ?? 1)));
      const detail = `Telnyx takes no more requests for the moment. ${NOT_SENT} Ask again in ${seconds} s.`;
      const headers = { 'retry-after': seconds };
      return { outcome: 'rate_limited', problem: new Problem(429, '10011', 'Too many requests', detail, { headers }) };
    }
    case 'key refused':
      return {
        outcome: 'key_refused',
        problem: bad(
          502,
          `Telnyx refused this ledger's API key. ${NOT_SENT} Put a valid key into its secret. ${message}`,
        ),
      };
    case 'refused':
      return { outcome: 'refused', problem: bad(502, `Telnyx refused to republish the event. ${NOT_SENT} ${message}`) };
    case 'failed':
      return { outcome: 'failed', problem: bad(502, `Telnyx failed. ${message}`) };
    case 'no answer':
    case 'gave up':
    case 'unreadable':
      return { outcome: 'unknown', problem: bad(504, `${message} ${MAY_HAVE_BEEN_SENT}`) };
  }
}

/** Telnyx's SDK asks three times by itself after a 5xx, unless it is told not to: what may have been sent would be sent again. */
function bad(status: number, detail: string): Problem {
  return new Problem(status, '10007', 'Unexpected error', detail, { headers: { 'x-should-retry': 'false' } });
}
