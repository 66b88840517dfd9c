import { timestampOf } from '../../porting/timestamp.ts';
import type { Window } from '../../porting/window.ts';
import { lacks } from '../table/expressions.ts';
import { rowsOf } from '../table/key-range.ts';
import { controlRange } from '../table/read-rows.ts';
import { controlKey, type Store } from '../table/store.ts';
import { put, update } from '../table/verbs.ts';
import { firstId, getRun, isOpen, newRun, RUN_KINDS, runIn, runRow, type ShownRun, type SyncRun } from './sync-runs.ts';

/**
 * Requests a run: one row, which waits for its turn and is shown as it stands.
 *
 * @returns the run, and whether it is new: a run with this id that is there already stays as it is
 */
export async function requestRun(
  store: Store,
  id: string,
  window: Window,
  now: number,
): Promise<{ readonly run: ShownRun; readonly isNew: boolean }> {
  const known = await getRun(store, id, now);
  if (known) return { run: known, isNew: false };
  const run = newRun({ id, trigger: 'requested', window, status: 'pending', startedAt: undefined });
  await put(store, 'control', runRow(run, now), { when: lacks('id') });
  return { run: (await getRun(store, id, now)) as ShownRun, isNew: true };
}

/**
 * Cancels a requested run. It does not begin, or stops at the next part. What it has stored stays.
 *
 * @returns false when it has ended, or no one requested it
 */
export async function cancelRun(store: Store, id: string, now: number): Promise<boolean> {
  const cancelled = await update(store, 'control', controlKey(RUN_KINDS.requested, id), {
    when: isOpen,
    set: { status: 'cancelled' satisfies SyncRun['status'], written_at: timestampOf(now) },
  });
  return cancelled !== undefined;
}

/** The requested run that has waited for longest, or is at work. */
export async function oldestRequested(store: Store, now: number): Promise<SyncRun | undefined> {
  const range = controlRange(RUN_KINDS.requested, { from: firstId(now), where: isOpen });
  for await (const row of rowsOf(store, range)) return runIn(row);
  return undefined;
}
