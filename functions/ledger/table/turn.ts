import { all, any, isAbove, isAtMost, lacks } from './expressions.ts';
import type { ControlKey, Store } from './store.ts';
import { numberIn } from './values.ts';
import { update } from './verbs.ts';

/** Milliseconds between two turns, and how long the caller can wait for one. */
export interface Turns {
  readonly spacing: number;
  readonly longestWait: number;
}

/**
 * Takes the next turn of calls that begin at least `spacing` apart, whichever execution environment makes them. One row
 * of `control` has the instant of the next free turn; it costs one write, or two when there is a queue.
 *
 * @returns milliseconds until the turn; `undefined` when the wait would be longer: then no turn was taken
 */
export async function takeTurn(
  store: Store,
  key: ControlKey,
  { spacing, longestWait }: Turns,
  now: number,
): Promise<number | undefined> {
  const latest = now + longestWait;
  // No queue is this long: a clock that was ahead wrote it, and must not hold up every later call.
  const isImpossible = isAbove('free_at', latest + spacing);
  const isFree = any(lacks('free_at'), isAtMost('free_at', now), isImpossible);
  if (await update(store, 'control', key, { when: isFree, set: { free_at: now + spacing } })) return 0;
  const queued = await update(store, 'control', key, {
    when: all(isAbove('free_at', now), isAtMost('free_at', latest)),
    add: { free_at: spacing },
    returns: 'UPDATED_OLD',
  });
  return queued && (numberIn(queued, 'free_at') ?? now) - now;
}
