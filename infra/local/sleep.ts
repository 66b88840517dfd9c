import { setTimeout } from 'node:timers/promises';

/**
 * Waits this many milliseconds; rejects when the signal is aborted. Tests replace it with a clock that they move
 * themselves.
 */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<unknown>;

export const sleep: Sleep = (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal });

/** Waits until `awaited` is settled, and at most this many milliseconds. */
export async function atMost(milliseconds: number, awaited: Promise<unknown>, wait: Sleep): Promise<void> {
  const over = new AbortController();
  await Promise.race([awaited, wait(milliseconds, over.signal)]).finally(() => over.abort());
}
