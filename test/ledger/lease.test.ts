import { expect, test } from 'vitest';
import {
  LEASE_FOR,
  LeaseLost,
  leaseKeeper,
  releaseLease,
  renewLease,
  takeLease,
  updateAsOwner,
} from '../../functions/ledger/table/lease.ts';
import { controlKey, type Store } from '../../functions/ledger/table/store.ts';
import { openStore } from '../open-store.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');
const KEY = controlKey('lease', 'tests');

/** Takes the lease, which must be free. */
async function taken(store: Store, owner: string, now: number) {
  const lease = await takeLease(store, KEY, owner, now);
  if (!lease) throw new Error('someone else has the lease');
  return lease;
}

test('a lease has one owner at a time; others may take it once it has expired', async () => {
  const store = await openStore();
  await taken(store, 'one', NOON);
  expect(await takeLease(store, KEY, 'other', NOON + LEASE_FOR - 1)).toBeUndefined();
  await taken(store, 'other', NOON + LEASE_FOR);
});

test('taking a lease again as the same owner succeeds, as when the SDK retries after a lost answer', async () => {
  const store = await openStore();
  const lost = await taken(store, 'one', NOON);
  const lease = await taken(store, 'one', NOON);
  expect(lease.version).toBeGreaterThan(lost.version);
  await renewLease(store, lease, NOON + 1);
});

test('an owner that has lost its lease can neither write to its row nor renew or release it', async () => {
  const store = await openStore();
  const old = await taken(store, 'one', NOON);
  const thief = await taken(store, 'other', NOON + LEASE_FOR);
  await expect(updateAsOwner(store, old, { set: { complete_through: 1 } })).rejects.toThrow(LeaseLost);
  await expect(renewLease(store, old, NOON + LEASE_FOR)).rejects.toThrow(LeaseLost);
  await expect(releaseLease(store, old)).rejects.toThrow(LeaseLost);
  await renewLease(store, thief, NOON + LEASE_FOR + 1);
  expect(await takeLease(store, KEY, 'third', NOON + LEASE_FOR + 2)).toBeUndefined();
});

test('a released lease is free at once, or from the freeAt that its owner sets', async () => {
  const store = await openStore();
  await releaseLease(store, await taken(store, 'one', NOON));
  await releaseLease(store, await taken(store, 'other', NOON), { freeAt: NOON + 60_000, set: { why: 'a rest' } });
  expect(await takeLease(store, KEY, 'third', NOON + 59_999)).toBeUndefined();
  expect((await taken(store, 'third', NOON + 60_000)).row.why).toEqual({ S: 'a rest' });
});

test('the keeper renews a lease when a third of its time has passed', async () => {
  const store = await openStore();
  let now = NOON;
  const keep = leaseKeeper(store, await taken(store, 'one', NOON), () => now);
  now = NOON + LEASE_FOR / 3 - 1;
  await keep();
  now = NOON + LEASE_FOR / 3;
  await keep();
  expect(await takeLease(store, KEY, 'other', NOON + LEASE_FOR)).toBeUndefined();
  await taken(store, 'other', now + LEASE_FOR);
  now += LEASE_FOR / 3;
  await expect(keep()).rejects.toThrow(LeaseLost);
});
