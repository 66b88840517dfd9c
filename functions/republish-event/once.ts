import { setTimeout as sleep } from 'node:timers/promises';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { keyUsedFor } from '../http/idempotency-key.ts';
import { Problem, unavailable } from '../http/problem.ts';
import { describeError, log } from '../lambda/log.ts';
import { claimKey, keepAnswer, readClaim, releaseKey } from '../ledger/jobs/idempotency-keys.ts';
import type { Store } from '../ledger/table/store.ts';

const LOOK_EVERY = 200;

/** What {@link onceForKey} needs. Times in milliseconds. */
export interface OnceOptions {
  readonly store: Store;
  /** The Idempotency-Key, as sent. */
  readonly key: string;
  /** The event's id. */
  readonly subject: string;
  /** Unique to this request. */
  readonly requestId: string;
  /** How long the function may run: a first request that has no answer after this has died. */
  readonly longestRequest: number;
  /** Time left for this request. */
  readonly remaining: () => number;
}

/** The result: the caller's answer, and whether certainly nothing was done. */
export interface Asked {
  readonly answer: APIGatewayProxyStructuredResultV2;
  readonly didNothing: boolean;
}

/**
 * Does something once for an Idempotency-Key: the first request does it, and every later one within 24 h gets its
 * answer, even while the first is still running. A first request that does nothing, or throws, releases its key: the
 * caller may retry with it.
 *
 * @throws a 422 when the key was used for another event, a 504 when the first request died, a 409 when it is too slow
 */
export async function onceForKey(
  options: OnceOptions,
  ask: () => Promise<Asked>,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { store, key, subject, requestId } = options;
  const claim = await claimKey(store, key, subject, requestId, Date.now()).catch((error: unknown) => {
    throw unavailable('The Idempotency-Key could not be recorded, so nothing was requested. Try again.', error);
  });
  if (claim.subject !== subject) throw keyUsedFor(`the event ${claim.subject}`);
  if (claim.claimedBy !== requestId) return answerOfFirst(options);

  const release = () => orLog('idempotency_key_not_released', releaseKey(store, key, requestId));
  const { answer, didNothing } = await ask().catch(async (error: unknown) => {
    await release();
    throw error;
  });
  if (didNothing) await release();
  else await orLog('idempotent_answer_not_kept', keepAnswer(store, key, requestId, JSON.stringify(answer)));
  return answer;
}

/** The caller gets the answer even when it cannot be recorded. */
async function orLog(event: string, note: Promise<void>): Promise<void> {
  await note.catch((error: unknown) => log('error', event, { error: describeError(error) }));
}

async function answerOfFirst({ store, key, longestRequest, remaining }: OnceOptions) {
  for (;;) {
    const claim = await readClaim(store, key);
    if (claim?.answer) {
      const first: APIGatewayProxyStructuredResultV2 = JSON.parse(claim.answer);
      return { ...first, headers: { ...first.headers, 'idempotent-replayed': 'true' } };
    }
    if (!claim) {
      throw new Problem(503, '10007', 'Unexpected error', 'The first request with this key did nothing. Ask again.', {
        headers: { 'retry-after': '1' },
      });
    }
    if (Date.now() - claim.claimedAt > longestRequest) {
      throw new Problem(
        504,
        '10007',
        'Unexpected error',
        'The first request with this key ended without an outcome: the notification may have been sent. ' +
          'Ask with a new key to send it again.',
        { headers: { 'x-should-retry': 'false' } },
      );
    }
    if (remaining() < 2_000) {
      throw new Problem(409, '10015', 'Conflict', 'The first request with this key is still under way.', {
        headers: { 'retry-after': '5' },
      });
    }
    await sleep(LOOK_EVERY);
  }
}
