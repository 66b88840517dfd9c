import { describeError, log } from '../lambda/log.ts';
import { keepOpen, type OpenSpan, readOpenSpans } from '../ledger/runs/open-spans.ts';
import type { Store } from '../ledger/table/store.ts';
import type { Window } from '../porting/window.ts';
import { readWindow, type WindowReader } from './read-window.ts';

/** The most requests that one run spends on open spans: 20 s at 2 a second. New events never wait for old ones. */
const REQUESTS = 40;

class NoneLeft extends Error {
  override readonly name = 'NoneLeft';
}

/**
 * Tries the open spans again, least recently tried first, with a limited number of requests. Closes spans that prove
 * complete. An error ends the tries and leaves the remaining spans as they are; it does not fail the run.
 */
export async function retryOpenSpans(store: Store, reader: WindowReader, now: () => number): Promise<void> {
  let left = REQUESTS;
  const bounded: WindowReader = {
    ...reader,
    list(window, pageNumber) {
      if (left === 0) throw new NoneLeft();
      left -= 1;
      return reader.list(window, pageNumber);
    },
  };
  try {
    for (const span of await readOpenSpans(store)) {
      if (left === 0) return;
      const open = await openPartsOf(span, bounded);
      await keepOpen(store, span, open, now());
      if (open.length === 0) log('info', 'open_span_closed', { id: span.id });
    }
  } catch (error) {
    log('warn', 'open_spans_not_tried', { error: describeError(error) });
  }
}

/** The parts of a span that do not prove complete, including the unread rest if the requests ran out. */
async function openPartsOf({ from, to }: OpenSpan, reader: WindowReader): Promise<readonly Window[]> {
  const open: Window[] = [];
  let through = from;
  try {
    for await (const part of readWindow({ from, to }, reader)) {
      if (part.open !== undefined) open.push(part.window);
      through = part.window.to;
    }
    return open;
  } catch (error) {
    if (!(error instanceof NoneLeft)) throw error;
    return [...open, { from: through, to }];
  }
}
