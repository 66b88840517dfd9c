import { all, any, isBelow, lacks } from '../table/expressions.ts';
import { isOurs, type Lease, releaseLease, takeLease, updateAsOwner } from '../table/lease.ts';
import { controlKey, type Store } from '../table/store.ts';
import { numberIn, textIn } from '../table/values.ts';
import { get, update } from '../table/verbs.ts';

/** How a sync run ended, or `running`. */
export type RunStatus = 'running' | 'complete' | 'partial' | 'failed';

/** What is known about the sync as a whole. Instants in milliseconds since 1970. */
export interface SyncState {
  /** Grows with each run that begins. */
  readonly runs: number;
  /** True while a run is at work. A run that died counts as at work until its lease expires. */
  readonly running: boolean;
  /** The cursor: every event created up to here has been read and stored. */
  readonly completeThrough: number | undefined;
  readonly lastCompleteAt: number | undefined;
  readonly lastStatus: RunStatus | undefined;
  /** When the last run ended. */
  readonly endedAt: number | undefined;
  /** Seconds that our clock was ahead of Telnyx's at the last run (negative: behind), if more than two minutes. */
  readonly clockAheadSeconds: number | undefined;
  /** When a run last found the cursor in the future and set it back. */
  readonly setBackAt: number | undefined;
}

/** A run's lease. Only its owner may move the cursor, which is in the same row. */
export interface RunLease extends Lease {
  /** The cursor when the run began. */
  readonly completeThrough: number | undefined;
}

const SYNC = controlKey('sync', 'events');

/**
 * Begins a run: takes the sync's lease.
 *
 * @param owner unique to the run, or to one piece of it
 * @returns `undefined` while another run is at work
 */
export async function beginRun(store: Store, owner: string, now: number): Promise<RunLease | undefined> {
  const lease = await takeLease(store, SYNC, owner, now);
  return lease && { ...lease, completeThrough: numberIn(lease.row, 'complete_through') };
}

/** Moves the cursor forward, never back: a part in the overlap leaves it as it is. Throws {@link LeaseLost}. */
export async function moveCursor(store: Store, lease: RunLease, completeThrough: number): Promise<void> {
  const moved = await update(store, 'control', SYNC, {
    when: all(isOurs(lease), any(lacks('complete_through'), isBelow('complete_through', completeThrough))),
    set: { complete_through: completeThrough },
  });
  // The lease is lost, or the cursor is already further. A write that requires only the lease shows which.
  if (!moved) await updateAsOwner(store, lease, { set: { lease_owner: lease.row.lease_owner } });
}

/** Sets back a cursor that a wrong clock moved past what was listed. Throws {@link LeaseLost}. */
export async function setCursorBack(store: Store, lease: RunLease, through: number, now: number): Promise<void> {
  await updateAsOwner(store, lease, { set: { complete_through: through, set_back_at: now } });
}

/** In seconds. A larger difference is not network delay. receive-webhook refuses webhooks at twice this difference. */
const CLOCKS_DIFFER = 120;

/** How a run ended. */
export interface RunEnd {
  /** For a scheduled run. */
  readonly status?: RunStatus | undefined;
  /** For a scheduled run that read its whole window: when it began, in milliseconds since 1970. */
  readonly completedAt?: number | undefined;
  /** For a run to which Telnyx replied. */
  readonly clockAheadSeconds?: number | undefined;
}

/** Ends a run: records how it ended, and releases the lease. Throws {@link LeaseLost}. */
export async function endRun(store: Store, lease: RunLease, now: number, end: RunEnd): Promise<void> {
  const { status, completedAt, clockAheadSeconds: ahead } = end;
  const differs = ahead !== undefined && Math.abs(ahead) > CLOCKS_DIFFER;
  await releaseLease(store, lease, {
    set: {
      ended_at: now,
      last_status: status,
      last_complete_at: completedAt,
      clock_ahead_seconds: differs ? ahead : undefined,
    },
    remove: ahead === undefined || differs ? [] : ['clock_ahead_seconds'],
  });
}

/**
 * The state at this moment. The read is always consistent: some callers base decisions on it, and for the others one
 * small row costs only half a read unit more.
 *
 * @param now milliseconds since 1970
 */
export async function readSync(store: Store, now: number): Promise<SyncState> {
  const row = await get(store, 'control', SYNC, { consistent: true });
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
