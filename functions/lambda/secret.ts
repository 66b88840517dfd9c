import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { readSetting } from '../porting/settings.ts';

const KEPT_FOR = 5 * 60_000;
const FETCHED_AGAIN_AFTER_FAILURE = 30_000;
const FETCHED_AGAIN_AFTER_REFUSAL = 30_000;
const GIVEN_UP_AFTER = 3_000;

/** Secrets Manager did not return the secret, and no earlier value is cached. */
export class SecretUnavailable extends Error {
  override readonly name = 'SecretUnavailable';
}

/** Returns a secret's value, or throws {@link SecretUnavailable}. */
export interface CachedSecret<Value> {
  (): Promise<Value>;
  /**
   * Reports that the value was refused where it was used. The next call fetches it again, at the earliest 30 s after
   * the last fetch.
   */
  readonly wasRefused: () => void;
}

/**
 * A secret, cached for 5 minutes. When Secrets Manager fails, the cache keeps serving the last good value and retries
 * after 30 s: an outage must neither admit strangers nor lock out known callers. Simultaneous calls share one fetch.
 *
 * @param read turns the secret's text into the value. The message that it throws continues after "it". It counts as a
 *   failure, so a mangled secret does not replace a good one
 */
export function cachedSecret<Value>(
  client: SecretsManagerClient,
  secretId: string,
  read: (text: string) => Value,
  now: () => number = () => Date.now(),
): CachedSecret<Value> {
  let held: { value: Value } | undefined;
  let failure: unknown;
  let triedAt = 0;
  let nextFetchAt = 0;
  let underWay: Promise<void> | undefined;

  async function fetchSecret(): Promise<void> {
    try {
      const answer = await client.send(new GetSecretValueCommand({ SecretId: secretId }), {
        abortSignal: AbortSignal.timeout(GIVEN_UP_AFTER),
      });
      held = { value: readSetting('it', answer.SecretString ?? '', read) };
      nextFetchAt = now() + KEPT_FOR;
    } catch (error) {
      failure = error;
      nextFetchAt = now() + FETCHED_AGAIN_AFTER_FAILURE;
    } finally {
      triedAt = now();
      underWay = undefined;
    }
  }

  async function secret(): Promise<Value> {
    if (now() >= nextFetchAt) underWay ??= fetchSecret();
    if (underWay) await underWay;
    if (held) return held.value;
    throw new SecretUnavailable(`The secret ${secretId} cannot be read: ${reasonOf(failure)}`, { cause: failure });
  }

  function wasRefused(): void {
    nextFetchAt = Math.min(nextFetchAt, triedAt + FETCHED_AGAIN_AFTER_REFUSAL);
  }

  return Object.assign(secret, { wasRefused });
}

/** A secret without a value, such as one just deployed, is answered as if it did not exist. */
function reasonOf(failure: unknown): string {
  if (failure instanceof ResourceNotFoundException)
    return 'nothing has been put into it yet (docs/deploy.md: run setup).';
  return failure instanceof Error ? failure.message : 'unknown';
}
