import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { controlKey, number, type Store, text, tookPlace } from '../table/store.ts';
import type { Row } from '../table/values.ts';

/** A worker renews its lease while it works; one that dies keeps the others waiting for so long. */
export const WORK_LEASE_FOR = 90_000;

/** Somebody else took the lease after it had run out: what was marked stands, and this worker must not go on. */
export class WorkLeaseLost extends Error {
  override readonly name = 'WorkLeaseLost';
}

/** Nobody has it, the one who had it died, or it is ours and the SDK asks again because the answer was lost. */
const FREE = 'attribute_not_exists(lease_until) OR lease_until <= :now OR lease_owner = :owner';
const STILL_OURS = 'lease_owner = :owner';

/**
 * Takes the right to work for one worker at a time. Unlike the sync's lease it guards no cursor: what a worker does is marked item by
 * item, so one that was robbed of its lease can do nothing twice.
 *
 * @param owner unique to the worker
 * @returns false while somebody else has it
 */
export function takeWorkLease(store: Store, name: string, owner: string, now: number): Promise<boolean> {
  return write(store, name, FREE, 'SET lease_owner = :owner, lease_until = :until', {
    ':owner': text(owner),
    ':now': number(now),
    ':until': number(now + WORK_LEASE_FOR),
  });
}

/** Keeps the lease for another while. Throws {@link WorkLeaseLost}. */
export async function renewWorkLease(store: Store, name: string, owner: string, now: number): Promise<void> {
  const values = { ':owner': text(owner), ':until': number(now + WORK_LEASE_FOR) };
  if (await write(store, name, STILL_OURS, 'SET lease_until = :until', values)) return;
  throw new WorkLeaseLost('Another worker took the work over: this one stops.');
}

/** Gives the lease back, to be had from an instant on (milliseconds since 1970): at once, or after a rest. */
export async function releaseWorkLease(store: Store, name: string, owner: string, freeAt: number): Promise<void> {
  const values = { ':owner': text(owner), ':free': number(freeAt) };
  await write(store, name, STILL_OURS, 'SET lease_until = :free REMOVE lease_owner', values);
}

function write(store: Store, name: string, condition: string, update: string, values: Row): Promise<boolean> {
  return tookPlace(
    store.client.send(
      new UpdateItemCommand({
        TableName: store.control,
        Key: controlKey('lease', name),
        ConditionExpression: condition,
        UpdateExpression: update,
        ExpressionAttributeValues: values,
      }),
    ),
  );
}
