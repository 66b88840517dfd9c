import { any, type Change, type Condition, is, isAtMost, lacks, together } from './expressions.ts';
import type { ControlKey, Store } from './store.ts';
import { numberIn, type Row } from './values.ts';
import { update } from './verbs.ts';

/** In milliseconds. An owner renews its lease while it works; if it dies, the others wait for at most this long. */
export const LEASE_FOR = 90_000;

/**
 * The right to do work that only one owner may do at a time. It is held on a row of `control`. Each take raises the
 * row's version, so an owner that lost its lease no longer has the current version.
 */
export interface Lease {
  readonly key: ControlKey;
  readonly version: number;
  /** The row when the lease was taken. */
  readonly row: Row;
}

/** Another owner took the lease after it expired: this owner must stop. What it has written so far stays. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** No other owner has taken the lease. */
export const isOurs = ({ version }: Lease): Condition => is('version', version);

/**
 * Takes a lease that is free, or that expired because its owner died.
 *
 * @param owner unique to the caller: when the SDK repeats a take whose answer was lost, it gets the lease it took
 * @returns `undefined` while another owner has it
 */
export async function takeLease(
  store: Store,
  key: Lease['key'],
  owner: string,
  now: number,
): Promise<Lease | undefined> {
  const row = await update(store, 'control', key, {
    when: any(lacks('lease_until'), isAtMost('lease_until', now), is('lease_owner', owner)),
    set: { lease_owner: owner, lease_until: now + LEASE_FOR },
    add: { version: 1 },
    returns: 'ALL_NEW',
  });
  return row && { key, version: numberIn(row, 'version') ?? 0, row };
}

/** Changes the lease's row. Throws {@link LeaseLost}. */
export async function updateAsOwner(store: Store, lease: Lease, change: Change): Promise<void> {
  if (await update(store, 'control', lease.key, { ...change, when: isOurs(lease) })) return;
  throw new LeaseLost('Another owner took the lease: this one stops.');
}

/** Renews a lease. Throws {@link LeaseLost}. */
export function renewLease(store: Store, lease: Lease, now: number): Promise<void> {
  return updateAsOwner(store, lease, { set: { lease_until: now + LEASE_FOR } });
}

/**
 * Renews a lease each time a third of its time has passed: two renewals may fail before it expires.
 *
 * @returns a function to call before each step of the work. It throws {@link LeaseLost}
 */
export function leaseKeeper(store: Store, lease: Lease, now: () => number): () => Promise<void> {
  let renewedAt = now();
  return async () => {
    if (now() - renewedAt < LEASE_FOR / 3) return;
    renewedAt = now();
    await renewLease(store, lease, renewedAt);
  };
}

/**
 * Releases a lease, and changes its row in the same write. Throws {@link LeaseLost}.
 *
 * @param freeAt when others may take it, in milliseconds since 1970; if omitted, at once
 */
export function releaseLease(
  store: Store,
  lease: Lease,
  { freeAt, ...change }: Change & { readonly freeAt?: number | undefined } = {},
): Promise<void> {
  const released = freeAt === undefined ? { remove: ['lease_until'] } : { set: { lease_until: freeAt } };
  return updateAsOwner(store, lease, together(change, released, { remove: ['lease_owner'] }));
}
