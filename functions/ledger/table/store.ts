import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';

/** Where the ledger is: a client and the names of its tables. */
export interface Store {
  readonly client: DynamoDBClient;
  /** Name of the table `events`: key `id`; its indexes are in infra/service.ts. */
  readonly events: string;
  /** Name of the table `control`: key `kind`, `id`; time to live `expires_at`. */
  readonly control: string;
}

/** A store that includes the state of orders. */
export interface OrderStore extends Store {
  /** Name of the table `orders`: key `id`; its indexes are in infra/service.ts. */
  readonly orders: string;
}

/**
 * Client options that limit the wait for DynamoDB to three attempts of `requestTimeout` milliseconds. Without them the
 * SDK would wait indefinitely. A writer must give up well before its mark on a doubtful day expires (120 s).
 */
export function patience(requestTimeout: number) {
  return {
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout, throwOnRequestTimeout: true },
  };
}

/** The longest pause before the second attempt and before the third, in milliseconds. */
const LONGEST_PAUSES = [50, 150];

/**
 * Client options for a caller that waits only 1.2 s: three attempts with short pauses. After an attempt on a connection
 * that died while the function was frozen, a second one still has its full 500 ms. A cold start's first attempt, TLS
 * included, takes some 150 ms.
 *
 * The pauses are random, so that callers refused together do not return together. The SDK's own pauses after a throttle
 * are up to 1 s and 2 s.
 */
export function shortPatience() {
  const pauseBefore = (retry: number) => Math.random() * (LONGEST_PAUSES[retry - 1] ?? 0);
  return {
    retryStrategy: new ConfiguredRetryStrategy(LONGEST_PAUSES.length + 1, pauseBefore),
    requestHandler: { connectionTimeout: 300, requestTimeout: 500, throwOnRequestTimeout: true },
  };
}

export type ControlKey = { readonly kind: ControlKind; readonly id: string };

/** Key of a row in the table `control`. */
export function controlKey(kind: ControlKind, id: string): ControlKey {
  return { kind, id };
}

/** The kinds of rows in the table `control`: its partition key. */
export type ControlKind =
  | 'sync'
  | 'sync-run'
  | 'day-counts'
  | 'doubtful-day'
  | 'counted-through'
  | 'rejected-delivery'
  | 'rejected-count'
  | 'rejected-record'
  | 'refusal'
  | 'other-family'
  | 'channel'
  | 'learned'
  | 'upstream'
  | 'lease'
  | 'requested-run'
  | 'open-span'
  | 'large-order'
  | 'order-status'
  | 'order-pass'
  | 'order-name'
  | 'order-disagrees'
  | 'republish-job'
  | `republish-chunk/${string}`
  | `republish-item/${string}`
  | 'healing-day'
  | 'idempotency-key'
  | 'finding'
  | 'notice'
  | 'told-notice'
  | 'notice-channel'
  | 'notice-state'
  | 'dead-letters';
