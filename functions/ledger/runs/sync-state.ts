import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { controlKey, number, type Store, text, tookPlace } from '../table/store.ts';
import { numberIn, textIn } from '../table/values.ts';

/** How a sync run ended, or that it has not. */
export type RunStatus = 'running' | 'complete' | 'partial' | 'failed';

/** What is known about the sync as a whole. Instants in milliseconds since 1970. */
export interface SyncState {
  /** Grows with each run that begins. */
  readonly runs: number;
  /** True while a run is at work. One that died is taken to be at work until its lease runs out. */
  readonly running: boolean;
  /** The cursor: every event created up to here has been read and stored. */
  readonly completeThrough: number | undefined;
  readonly lastCompleteAt: number | undefined;
  readonly lastStatus: RunStatus | undefined;
  /** When the last run ended. */
  readonly endedAt: number | undefined;
  /** Seconds that our clock was ahead of Telnyx's at the last run (behind: negative), if by more than two minutes. */
  readonly clockAheadSeconds: number | undefined;
  /** When a cursor was found in the future, and set back. */
  readonly setBackAt: number | undefined;
}

/**
 * The right to run. Its version grew when it was taken, so that an owner from whom it was stolen can write the cursor
 * no more.
 */
export interface Lease {
  readonly owner: string;
  readonly version: number;
  /** The cursor, as it stood when the lease was taken. */
  readonly completeThrough: number | undefined;
}

/** Another run took the lease after it had run out. What this run has stored stands; it must not move the cursor. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** A run renews its lease while it works; one that dies keeps the others waiting for this long. */
export const LEASE_FOR = 90_000;

const KEY = controlKey('sync', 'events');

/**
 * No run has the lease, the one that had it died, or we took it a moment ago and the SDK asks again because the answer
 * was lost.
 */
const FREE = 'attribute_not_exists(lease_until) OR lease_until < :now OR lease_owner = :owner';
const STILL_OURS = 'version = :version';
const FORWARD_ONLY = '(attribute_not_exists(complete_through) OR complete_through < :through)';

/** Takes the lease; `undefined` while another run has it. */
export async function takeLease(store: Store, owner: string, now: number): Promise<Lease | undefined> {
  try {
    const { Attributes: row } = await store.client.send(
      new UpdateItemCommand({
        TableName: store.control,
        Key: KEY,
        ConditionExpression: FREE,
        UpdateExpression: 'SET lease_owner = :owner, lease_until = :until ADD version :one',
        ExpressionAttributeValues: {
          ':owner': text(owner),
          ':until': number(now + LEASE_FOR),
          ':now': number(now),
          ':one': number(1),
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return { owner, version: numberIn(row, 'version') ?? 0, completeThrough: numberIn(row, 'complete_through') };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** Keeps the lease for another while. Throws {@link LeaseLost}. */
export async function renewLease(store: Store, lease: Lease, now: number): Promise<void> {
  await whileOurs(store, lease, 'SET lease_until = :until', { ':until': number(now + LEASE_FOR) });
}

/**
 * Moves the cursor. It never goes back: a part of the window that lies in the overlap leaves it where it is.
 *
 * @throws {LeaseLost}
 */
export async function moveCursor(store: Store, lease: Lease, completeThrough: number): Promise<void> {
  const moved = await tookPlace(
    store.client.send(
      new UpdateItemCommand({
        TableName: store.control,
        Key: KEY,
        ConditionExpression: `${STILL_OURS} AND ${FORWARD_ONLY}`,
        UpdateExpression: 'SET complete_through = :through',
        ExpressionAttributeValues: { ':version': number(lease.version), ':through': number(completeThrough) },
      }),
    ),
  );
  // Two reasons for a refusal, told apart by a write that has only one of them.
  if (!moved) await whileOurs(store, lease, 'SET lease_owner = :owner', { ':owner': text(lease.owner) });
}

/**
 * Sets a cursor back that a wrong clock has moved into the future. Whatever it promised in between was not so.
 *
 * @throws {LeaseLost}
 */
export async function setCursorBack(store: Store, lease: Lease, through: number, now: number): Promise<void> {
  await whileOurs(store, lease, 'SET complete_through = :through, set_back_at = :now', {
    ':through': number(through),
    ':now': number(now),
  });
}

/** More than this is no delay on the way, and half of what makes receive-webhook refuse webhooks. */
const CLOCKS_DIFFER = 120;

/**
 * Gives the lease back and says how the run ended. `completedAt` is given by a run that completed the scheduled window,
 * `clockAheadSeconds` by one that Telnyx has answered.
 */
export async function releaseLease(
  store: Store,
  lease: Lease,
  now: number,
  outcome: {
    readonly status?: RunStatus;
    readonly completedAt?: number;
    readonly clockAheadSeconds?: number | undefined;
  },
): Promise<void> {
  const { clockAheadSeconds: ahead } = outcome;
  const differs = ahead !== undefined && Math.abs(ahead) > CLOCKS_DIFFER;
  const agrees = ahead !== undefined && !differs;
  const set = [
    'ended_at = :now',
    ...(differs ? ['clock_ahead_seconds = :ahead'] : []),
    ...(outcome.status === undefined ? [] : ['last_status = :status']),
    ...(outcome.completedAt === undefined ? [] : ['last_complete_at = :completed']),
  ];
  await whileOurs(
    store,
    lease,
    `SET ${set.join(', ')} REMOVE lease_owner, lease_until${agrees ? ', clock_ahead_seconds' : ''}`,
    {
      ...(differs && { ':ahead': number(ahead) }),
      ':now': number(now),
      ...(outcome.status !== undefined && { ':status': text(outcome.status) }),
      ...(outcome.completedAt !== undefined && { ':completed': number(outcome.completedAt) }),
    },
  );
}

/**
 * The state at this very moment. The read is consistent for everyone: some decide by it, and one small row
 * costs the others half a read unit more.
 *
 * @param now milliseconds since 1970
 */
export async function readSync(store: Store, now: number): Promise<SyncState> {
  const { Item: row } = await store.client.send(
    new GetItemCommand({ TableName: store.control, Key: KEY, ConsistentRead: true }),
  );
  return {
    runs: numberIn(row, 'version') ?? 0,
    running: (numberIn(row, 'lease_until') ?? 0) > now,
    completeThrough: numberIn(row, 'complete_through'),
    lastCompleteAt: numberIn(row, 'last_complete_at'),
    lastStatus: textIn(row, 'last_status') as RunStatus | undefined,
    endedAt: numberIn(row, 'ended_at'),
    clockAheadSeconds: numberIn(row, 'clock_ahead_seconds'),
    setBackAt: numberIn(row, 'set_back_at'),
  };
}

async function whileOurs(
  store: Store,
  lease: Lease,
  update: string,
  values: Record<string, ReturnType<typeof text>>,
): Promise<void> {
  const ours = await tookPlace(
    store.client.send(
      new UpdateItemCommand({
        TableName: store.control,
        Key: KEY,
        ConditionExpression: STILL_OURS,
        UpdateExpression: update,
        ExpressionAttributeValues: { ':version': number(lease.version), ...values },
      }),
    ),
  );
  if (!ours) throw new LeaseLost('Another sync run took the lease over: this one stops.');
}
