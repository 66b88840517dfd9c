import { createHash, randomUUID } from 'node:crypto';
import { keyUsedFor } from '../http/idempotency-key.ts';
import { type Claim, claimInForce, claimKey } from '../ledger/jobs/idempotency-keys.ts';
import type { Store } from '../ledger/table/store.ts';

/** A request that creates something. */
export interface MakingRequest {
  /** The Idempotency-Key, if one was sent. */
  readonly key: string | undefined;
  /** `republish job` or `sync run`. */
  readonly makes: string;
  /** The parsed request: white space and the order of members do not make a different one. */
  readonly asked: unknown;
  /** Unique to the request. */
  readonly requestId: string;
}

/**
 * The id of what an earlier request with this Idempotency-Key created or began to create. It claims nothing, so a
 * request that fails leaves its key free for a corrected one.
 *
 * @throws a 422 when the key was used for something else
 */
export async function earlierId(store: Store, request: MakingRequest, now: number): Promise<string | undefined> {
  const claim = request.key === undefined ? undefined : await claimInForce(store, request.key, now);
  return claim && idUnder(claim, request);
}

/**
 * The id of what a request creates: the instant, so that text order is time order, and eight digits. Requests with the
 * same Idempotency-Key within 24 h get the same id: one of them creates the thing, and the others find it.
 *
 * @throws a 422 when the key was used for something else
 */
export async function idFor(store: Store, request: MakingRequest, now: number): Promise<string> {
  const { key, requestId } = request;
  if (key === undefined) return idAt(now, randomUUID());
  return idUnder(await claimKey(store, key, subjectOf(request), requestId, now), request);
}

function idUnder(claim: Claim, request: MakingRequest): string {
  if (claim.subject === subjectOf(request)) return idAt(claim.claimedAt, digestOf(request.key ?? ''));
  throw keyUsedFor('something else');
}

function subjectOf({ makes, asked }: MakingRequest): string {
  return `${makes} ${digestOf(JSON.stringify(asked))}`;
}

function idAt(now: number, unique: string): string {
  return `${new Date(now).toISOString()}-${unique.slice(0, 8)}`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
