import type { Day } from '../../porting/day.ts';
import { timestampOf } from '../../porting/timestamp.ts';
import type { Gap } from '../events/awaited.ts';
import type { JobOutcome } from '../jobs/job.ts';
import { eventRange } from '../table/event-keys.ts';
import { expiresIn } from '../table/expiry.ts';
import { all, any, is, isBelow, lacks } from '../table/expressions.ts';
import { pagesOf } from '../table/key-range.ts';
import { controlKey, type Store } from '../table/store.ts';
import { idIn, numberIn, textIn } from '../table/values.ts';
import { get, update } from '../table/verbs.ts';

/**
 * Healing, on an event's row: `healed_at` (when a worker claimed it, permanently), `healed_by` (that worker),
 * `healing_outcome` (`asked` during the call, and permanently if the worker died in it). A day's share is a row of
 * `control`, `healing-day`: `asked`, the number of events asked for; `looked_through`, the last missed event looked at.
 */
export interface HealingDay {
  readonly asked: number;
  /** A sort key of `by_gap`. */
  readonly lookedThrough: string | undefined;
}

/** An event whose webhook was given up. */
export interface MissedEvent {
  readonly id: string;
  readonly eventType: string;
  readonly createdAtId: string;
}

const KEPT_DAYS = 35;

const MISSED: Gap = 'missed';
const isClaimedBy = (owner: string) => all(is('healed_by', owner), is('healing_outcome', 'asked'));

/** The progress of a day's healing. */
export async function readHealingDay(store: Store, day: Day): Promise<HealingDay> {
  const row = await get(store, 'control', controlKey('healing-day', day), { consistent: true });
  return { asked: numberIn(row, 'asked') ?? 0, lookedThrough: textIn(row, 'looked_through') };
}

/** Missed events created after a sort key, including healed ones, oldest first. */
export async function* missedAfter(store: Store, after: string): AsyncGenerator<MissedEvent> {
  for await (const rows of pagesOf(store, eventRange('by_gap', MISSED, { from: after }), 100)) {
    for (const row of rows) {
      const createdAtId = textIn(row, 'created_at_id') ?? '';
      if (createdAtId !== after) yield { id: idIn(row), eventType: textIn(row, 'event_type') ?? '', createdAtId };
    }
  }
}

/**
 * Claims a missed event permanently.
 *
 * @param owner unique to the worker
 * @returns false when it was already claimed, or its webhook has come
 */
export async function claimHealing(store: Store, id: string, owner: string, now: number): Promise<boolean> {
  // The second is our own claim, repeated by the SDK.
  const isFree = any(lacks('healed_at'), isClaimedBy(owner));
  const set = { healed_at: timestampOf(now), healed_by: owner, healing_outcome: 'asked' };
  return (await update(store, 'events', { id }, { when: all(is('gap', MISSED), isFree), set })) !== undefined;
}

/** Records how the republish of a claimed event ended. */
export async function recordHealing(store: Store, id: string, owner: string, outcome: JobOutcome): Promise<void> {
  await update(store, 'events', { id }, { when: isClaimedBy(owner), set: { healing_outcome: outcome } });
}

/** Releases a claimed event that was certainly not requested. */
export async function unclaimHealing(store: Store, id: string, owner: string): Promise<void> {
  const remove = ['healed_at', 'healed_by', 'healing_outcome'];
  await update(store, 'events', { id }, { when: isClaimedBy(owner), remove });
}

/** Takes one from a day's share. False when the share is used up. */
export async function takeShare(store: Store, day: Day, perDay: number, now: number): Promise<boolean> {
  const taken = await update(store, 'control', controlKey('healing-day', day), {
    when: any(lacks('asked'), isBelow('asked', perDay)),
    set: { expires_at: expiresIn(KEPT_DAYS, now) },
    add: { asked: 1 },
  });
  return taken !== undefined;
}

/** Returns one to a day's share. */
export async function giveShareBack(store: Store, day: Day): Promise<void> {
  await update(store, 'control', controlKey('healing-day', day), { add: { asked: -1 } });
}

/** Records the last missed event that was looked at on this day. */
export async function putLookedThrough(store: Store, day: Day, createdAtId: string, now: number): Promise<void> {
  const set = { looked_through: createdAtId, expires_at: expiresIn(KEPT_DAYS, now) };
  await update(store, 'control', controlKey('healing-day', day), { set });
}
