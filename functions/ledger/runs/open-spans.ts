import type { Window } from '../../porting/window.ts';
import { exists } from '../table/expressions.ts';
import { readControl } from '../table/read-rows.ts';
import { controlKey, type Store } from '../table/store.ts';
import { idIn, numberIn, type Row, textIn } from '../table/values.ts';
import { put, remove, update } from '../table/verbs.ts';
import { readSync } from './sync-state.ts';

/**
 * A closed window of the list that did not prove complete: the cursor has passed it, and events may be missing in it.
 * Each scheduled run tries it again. Instants in milliseconds since 1970.
 */
export interface OpenSpan extends Window {
  readonly id: string;
  /** When it was recorded. */
  readonly since: number;
  readonly triedAt: number;
  readonly tries: number;
  /** Why it is open, in a sentence. */
  readonly reason: string;
}

/** All open spans, least recently tried first. A list that contradicts itself everywhere leaves many. */
export async function readOpenSpans(store: Store): Promise<readonly OpenSpan[]> {
  const spans: OpenSpan[] = [];
  for await (const row of readControl(store, 'open-span')) spans.push(spanIn(row));
  return spans.sort((a, b) => a.triedAt - b.triedAt || a.from - b.from);
}

const HOUR = 3_600_000;

/**
 * Whether the list was read completely for an hour before and after an instant (milliseconds since 1970): the cursor
 * has passed it, and no open span touches it.
 */
export async function listIsRead(store: Store, now: number): Promise<(at: number) => boolean> {
  const { completeThrough = 0 } = await readSync(store, now);
  const spans = await readOpenSpans(store);
  return (at) => at + HOUR <= completeThrough && !spans.some(({ from, to }) => from <= at + HOUR && to >= at - HOUR);
}

/** Records a span as open, and merges it with the open spans that it overlaps or touches. The caller has the lease. */
export async function recordOpenSpan(store: Store, window: Window, reason: string, now: number): Promise<void> {
  const touched = (await readOpenSpans(store)).filter(({ from, to }) => from <= window.to && to >= window.from);
  const from = Math.min(window.from, ...touched.map((span) => span.from));
  const to = Math.max(window.to, ...touched.map((span) => span.to));
  const since = Math.min(now, ...touched.map((span) => span.since));
  const tries = Math.max(0, ...touched.map((span) => span.tries)) + 1;
  const id = idOf({ from, to });
  await putSpan(store, { id, from, to, since, triedAt: now, tries, reason });
  for (const span of touched) if (span.id !== id) await remove(store, 'control', keyOf(span.id));
}

/**
 * Records what another try has left of a span: the parts that still do not prove complete. A span that was closed
 * during the try stays closed.
 *
 * @param open parts of the span; none when it has proved complete
 */
export async function keepOpen(store: Store, span: OpenSpan, open: readonly Window[], now: number): Promise<void> {
  const tried = await update(store, 'control', keyOf(span.id), {
    when: exists('id'),
    set: { tried_at: now },
    add: { tries: 1 },
  });
  if (!tried) return;
  // Write the parts before deleting the whole: a crash in between leaves both, and loses nothing.
  const parts = open.map((window) => ({ ...span, ...window, id: idOf(window), triedAt: now, tries: span.tries + 1 }));
  for (const part of parts) if (part.id !== span.id) await putSpan(store, part);
  if (parts.every(({ id }) => id !== span.id)) await remove(store, 'control', keyOf(span.id));
}

/** Closes an open span because an operator says that it is complete. Returns false when no open span has this id. */
export async function closeSpan(store: Store, id: string): Promise<boolean> {
  return remove(store, 'control', keyOf(id), { when: exists('id') });
}

function idOf({ from, to }: Window): string {
  return [from, to].map((instant) => new Date(instant).toISOString()).join('--');
}

async function putSpan(store: Store, { id, triedAt, ...span }: OpenSpan): Promise<void> {
  await put(store, 'control', { ...keyOf(id), ...span, tried_at: triedAt });
}

function keyOf(id: string) {
  return controlKey('open-span', id);
}

function spanIn(row: Row): OpenSpan {
  return {
    id: idIn(row),
    from: numberIn(row, 'from') ?? 0,
    to: numberIn(row, 'to') ?? 0,
    since: numberIn(row, 'since') ?? 0,
    triedAt: numberIn(row, 'tried_at') ?? 0,
    tries: numberIn(row, 'tries') ?? 0,
    reason: textIn(row, 'reason') ?? '',
  };
}
