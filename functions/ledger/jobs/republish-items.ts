import { timestampOf } from '../../porting/timestamp.ts';
import { all, any, is, lacks } from '../table/expressions.ts';
import { rowsOf } from '../table/key-range.ts';
import { controlRange } from '../table/read-rows.ts';
import { type ControlKey, type ControlKind, controlKey, type Store } from '../table/store.ts';
import { idIn, textIn } from '../table/values.ts';
import { put, update } from '../table/verbs.ts';
import type { HeldJob, JobOutcome } from './job.ts';

/**
 * An item of a job: `waiting` before the call, `asked` during it. If the next worker finds it `asked`, the previous one
 * died in the call: the item is `unknown`, and never requested again.
 */
export type ItemOutcome = 'waiting' | 'asked' | JobOutcome;

/** An item as the API shows it. */
export interface JobItem {
  readonly event_id: string;
  readonly outcome: ItemOutcome;
  /** Since when; null while nothing has been done about it. */
  readonly at: string | null;
}

/** 1,000 ids of 36 characters are 39 KB: far below DynamoDB's 400 KB, and one query reads 10,000. */
const CHUNK = 1_000;

const chunksOf = (job: string): ControlKind => `republish-chunk/${job}`;
const itemsOf = (job: string): ControlKind => `republish-item/${job}`;
const chunkKey = (frozenBy: string, index: number) => `${frozenBy}#${String(index).padStart(3, '0')}`;
const itemKey = (position: number) => String(position).padStart(6, '0');

/**
 * Freezes a selection. Concurrent requests for the same job each write their own chunks; the job's row says whose are
 * valid.
 *
 * @param expiresAt seconds since 1970
 */
export async function putChunks(
  store: Store,
  { id, ids, requestId }: { readonly id: string; readonly ids: readonly string[]; readonly requestId: string },
  expiresAt: number,
): Promise<void> {
  const chunks = Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, index) => ({
    ...controlKey(chunksOf(id), chunkKey(requestId, index)),
    ids: JSON.stringify(ids.slice(index * CHUNK, (index + 1) * CHUNK)),
    expires_at: expiresAt,
  }));
  await Promise.all(chunks.map((chunk) => put(store, 'control', chunk)));
}

/** The event ids from one position up to before another, in the order of their requests. */
export async function readSelection(
  store: Store,
  { job, frozenBy }: HeldJob,
  from = 0,
  before = job.total,
): Promise<readonly string[]> {
  if (from >= before) return [];
  const first = Math.floor(from / CHUNK);
  const last = Math.floor((before - 1) / CHUNK);
  const range = controlRange(chunksOf(job.id), { from: chunkKey(frozenBy, first), to: chunkKey(frozenBy, last) });
  const ids: string[] = [];
  for await (const row of rowsOf(store, range)) {
    ids.push(...(JSON.parse(textIn(row, 'ids') ?? '[]') as string[]));
  }
  return ids.slice(from - first * CHUNK, before - first * CHUNK);
}

/** The outcomes of requested items, by position, from one up to before another. */
export async function readOutcomes(
  store: Store,
  job: string,
  from: number,
  before: number,
): Promise<ReadonlyMap<number, { readonly outcome: ItemOutcome; readonly at: string }>> {
  const range = controlRange(itemsOf(job), { from: itemKey(from), to: itemKey(before) });
  const outcomes = new Map<number, { outcome: ItemOutcome; at: string }>();
  for await (const row of rowsOf(store, range)) {
    outcomes.set(Number.parseInt(idIn(row), 10), {
      outcome: textIn(row, 'outcome') as ItemOutcome,
      at: textIn(row, 'at') ?? '',
    });
  }
  return outcomes;
}

/** A page of a job's items, in order. `from` counts from 0. */
export async function listItems(store: Store, held: HeldJob, from: number, size: number): Promise<readonly JobItem[]> {
  const before = Math.min(from + size, held.job.total);
  const [ids, outcomes] = await Promise.all([
    readSelection(store, held, from, before),
    readOutcomes(store, held.job.id, from, before),
  ]);
  return ids.map((event_id, index) => ({ event_id, outcome: 'waiting', at: null, ...outcomes.get(from + index) }));
}

/** The row of one item. */
export interface Item {
  readonly job: string;
  readonly position: number;
  readonly eventId: string;
}

const hasOutcome = (outcome: ItemOutcome) => is('outcome', outcome);

/**
 * Claims an item permanently, before the call.
 *
 * @param owner unique to the worker
 * @param expiresAt seconds since 1970
 * @returns false when a worker has already requested it: then it must not be requested again
 */
export function claimItem(store: Store, item: Item, owner: string, expiresAt: number, now: number): Promise<boolean> {
  const outcome: ItemOutcome = 'asked';
  const claim = { ...keyOf(item), outcome, at: timestampOf(now), asked_by: owner, expires_at: expiresAt };
  // The last is our own claim, repeated by the SDK.
  const isFree = any(lacks('id'), hasOutcome('waiting'), all(hasOutcome('asked'), is('asked_by', owner)));
  return put(store, 'control', claim, { when: isFree });
}

/**
 * Records how an item ended. `waiting` releases an item that was certainly not sent.
 *
 * @returns false when another outcome is already recorded
 */
export async function recordItemOutcome(
  store: Store,
  item: Item,
  outcome: JobOutcome | 'waiting',
  now: number,
): Promise<boolean> {
  // The second is our own write, repeated by the SDK.
  const when = any(hasOutcome('asked'), hasOutcome(outcome));
  const set = { outcome, at: timestampOf(now) };
  return (await update(store, 'control', keyOf(item), { when, set })) !== undefined;
}

function keyOf({ job, position, eventId }: Item): ControlKey {
  return controlKey(itemsOf(job), `${itemKey(position)}#${eventId}`);
}
