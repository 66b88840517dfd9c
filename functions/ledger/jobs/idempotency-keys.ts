import { createHash } from 'node:crypto';
import { any, is, isAtMost, lacks } from '../table/expressions.ts';
import { type ControlKey, controlKey, type Store } from '../table/store.ts';
import { attributesOf, numberIn, type Row, textIn } from '../table/values.ts';
import { get, put, remove, update } from '../table/verbs.ts';

const KEPT_SECONDS = 24 * 3600;

/** An Idempotency-Key that a request has claimed. */
export interface Claim {
  /** Unique to the request, which recognises its own claim when the SDK repeats a write after a lost answer. */
  readonly claimedBy: string;
  /** What the key was first used for. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly claimedAt: number;
  /** The first request's answer as JSON text, once it has one. */
  readonly answer: string | undefined;
}

/**
 * Claims a key for a request. Only a digest of the key is stored.
 *
 * @param subject what the key is used for: the event's id
 * @returns the valid claim: the request's own, or that of the first request with this key within 24 h
 */
export async function claimKey(
  store: Store,
  key: string,
  subject: string,
  claimedBy: string,
  now: number,
): Promise<Claim> {
  const seconds = Math.floor(now / 1000);
  const expires_at = seconds + KEPT_SECONDS;
  const claim = attributesOf({ ...keyOf(key), subject, claimed_by: claimedBy, claimed_at: now, expires_at });
  // DynamoDB deletes an expired claim days later.
  const isFree = any(lacks('id'), isAtMost('expires_at', seconds));
  if (await put(store, 'control', claim, { when: isFree })) return claimIn(claim);
  return (await readClaim(store, key)) ?? claimKey(store, key, subject, claimedBy, now);
}

/** The claim on a key, if there is one. */
export async function readClaim(store: Store, key: string): Promise<Claim | undefined> {
  const row = await get(store, 'control', keyOf(key), { consistent: true });
  return row && claimIn(row);
}

/** The valid claim on a key at an instant (milliseconds since 1970). The table may still hold an expired one. */
export async function claimInForce(store: Store, key: string, now: number): Promise<Claim | undefined> {
  const claim = await readClaim(store, key);
  return claim && now - claim.claimedAt < KEPT_SECONDS * 1000 ? claim : undefined;
}

/** Stores the answer for every later request with this key. */
export async function keepAnswer(store: Store, key: string, claimedBy: string, answer: string): Promise<void> {
  await update(store, 'control', keyOf(key), { when: is('claimed_by', claimedBy), set: { answer } });
}

/** Releases a key under which nothing was done. */
export async function releaseKey(store: Store, key: string, claimedBy: string): Promise<void> {
  await remove(store, 'control', keyOf(key), { when: is('claimed_by', claimedBy) });
}

function keyOf(key: string): ControlKey {
  return controlKey('idempotency-key', createHash('sha256').update(key).digest('hex'));
}

function claimIn(row: Row): Claim {
  return {
    claimedBy: textIn(row, 'claimed_by') ?? '',
    subject: textIn(row, 'subject') ?? '',
    claimedAt: numberIn(row, 'claimed_at') ?? 0,
    answer: textIn(row, 'answer'),
  };
}
