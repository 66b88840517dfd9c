import { timestampOf } from '../../porting/timestamp.ts';

/** The attribute of work that a worker may begin now. */
const READY = 'ready_since';

/**
 * What a row of work in the table `control` has while a worker may begin it. The stream calls the worker after each
 * write that leaves it there, so whoever begins the work, or ends it, removes it: progress must call no one.
 */
export function ready(now: number): { readonly [READY]: string } {
  return { [READY]: timestampOf(now) };
}

/** What to remove from the row when the work is begun, or over. */
export const NOT_READY: readonly string[] = [READY];
