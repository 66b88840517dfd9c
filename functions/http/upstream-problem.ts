import { Problem, unavailable } from './problem.ts';

/**
 * Answers for when Telnyx did not do its part.
 *
 * `effect` in them says what that means for whoever asked, such as "Nothing was sent."
 */

/** 429: Telnyx takes no more requests for now. `retryAfter`: the seconds that it asked to wait, if it did. */
export function upstreamBusy(effect: string, retryAfter: number | undefined): Problem {
  const seconds = String(Math.max(1, Math.ceil(retryAfter ?? 1)));
  const detail = `Telnyx takes no more requests for the moment. ${effect} Ask again in ${seconds} s.`;
  return new Problem(429, '10011', 'Too many requests', detail, { headers: { 'retry-after': seconds } });
}

/** 502: our own key does not open Telnyx, which is not the caller's fault. `message` is what Telnyx said. */
export function upstreamRefusedKey(effect: string, message: string): Problem {
  return upstreamFailed(
    502,
    `Telnyx refused this ledger's API key. ${effect} Put a valid key into its secret. ${message}`,
  );
}

/**
 * 503: Telnyx was not reached, or said that it takes nothing for now. Unlike after other 5xx, its SDK may ask again:
 * nothing was done.
 *
 * @param retryAfter seconds that Telnyx asked to wait, if it did
 */
export function upstreamUnavailable(detail: string, retryAfter: number | undefined): Problem {
  const seconds = String(Math.max(1, Math.ceil(retryAfter ?? 5)));
  return new Problem(503, '10007', 'Unexpected error', `${detail} Ask again in ${seconds} s.`, {
    headers: { 'retry-after': seconds },
  });
}

/**
 * 502 when Telnyx refused or failed, 504 when it did not answer. Telnyx's SDK asks three times by itself after a 5xx,
 * unless it is told not to: what may have been sent would be sent again, and a log would be read at another rate than
 * ours.
 */
export function upstreamFailed(status: 502 | 504, detail: string): Problem {
  return new Problem(status, '10007', 'Unexpected error', detail, { headers: { 'x-should-retry': 'false' } });
}

/** Telnyx, once its API key is there. Throws a 503 while it is not. */
export async function keyOrUnavailable<Api>(api: () => Promise<Api>): Promise<Api> {
  try {
    return await api();
  } catch (error) {
    throw unavailable('The Telnyx API key cannot be read, so nothing was asked of Telnyx.', error);
  }
}
