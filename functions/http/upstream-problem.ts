import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, log } from '../lambda/log.ts';
import { Problem, unavailable } from './problem.ts';

/**
 * Answers for a failed call to Telnyx. `effect` tells the caller what the failure means, such as "Nothing was sent."
 */

/**
 * 429: Telnyx accepts no requests for now.
 *
 * @param message what Telnyx answered
 * @param retryAfter seconds that it asked to wait, if it did
 */
export function upstreamBusy(effect: string, message: string, retryAfter: number | undefined): Problem {
  const seconds = String(Math.max(1, Math.ceil(retryAfter ?? 1)));
  const detail = `Telnyx takes no more requests for the moment. ${message} ${effect} Ask again in ${seconds} s.`;
  return new Problem(429, '10011', 'Too many requests', detail, { headers: { 'retry-after': seconds } });
}

/**
 * Waits for the turn of a single call to Telnyx. Throws a 429 when others wait already. If the table cannot be written
 * the call goes on: then neither the sync nor a job can call Telnyx, and why webhooks fail may be just what is asked.
 *
 * @param take takes the turn, and returns the milliseconds until it; `undefined` when the wait would be too long
 */
export async function waitForTurn(take: () => Promise<number | undefined>): Promise<void> {
  const wait = await take().catch((error: unknown) => {
    log('warn', 'turn_not_taken', { error: describeError(error) });
    return 0;
  });
  if (wait === undefined) {
    const detail =
      'This ledger asks Telnyx for one thing a second on behalf of its callers, and others wait already: nothing was ' +
      'asked. Ask again in 2 s. To republish many events, use POST /v2/republish-jobs.';
    throw new Problem(429, '10011', 'Too many requests', detail, { headers: { 'retry-after': '2' } });
  }
  await sleep(wait);
}

/** 502: Telnyx refused our own key, which is not the caller's fault. `message` is what Telnyx answered. */
export function upstreamRefusedKey(effect: string, message: string): Problem {
  return upstreamFailed(
    502,
    `Telnyx refused this ledger's API key. ${effect} Put a valid key into its secret. ${message}`,
  );
}

/**
 * What is asked for is not available to this account, or not now (docs/telnyx.md §7). 503 when Telnyx says that a retry
 * may help, else 502. `message` is what Telnyx answered.
 */
export function upstreamNotAvailable(effect: string, message: string, retryable: boolean): Problem {
  const detail = `Telnyx says that this is not available for this account, or not now. ${message} ${effect}`;
  if (retryable) return upstreamUnavailable(detail, undefined);
  return upstreamFailed(502, `${detail} Another API key would not help: ask Telnyx.`);
}

/**
 * 503: Telnyx was not reached, or is unavailable. After this 5xx, unlike others, the SDK may retry: nothing was done.
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
 * 502 when Telnyx refused or failed, 504 when it did not answer. The answer tells Telnyx's SDK not to retry, which it
 * would otherwise do three times after a 5xx. A retry could send a notification again, or read a log faster than our
 * pace allows.
 */
export function upstreamFailed(status: 502 | 504, detail: string): Problem {
  return new Problem(status, '10007', 'Unexpected error', detail, { headers: { 'x-should-retry': 'false' } });
}

/** The Telnyx client, once its API key can be read; throws a 503 until then. */
export async function keyOrUnavailable<Api>(api: () => Promise<Api>): Promise<Api> {
  try {
    return await api();
  } catch (error) {
    throw unavailable('The Telnyx API key cannot be read, so nothing was asked of Telnyx.', error);
  }
}
