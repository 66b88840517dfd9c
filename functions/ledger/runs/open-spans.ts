import { DeleteItemCommand, PutItemCommand, paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Window } from '../../porting/window.ts';
import { controlKey, number, type Store, text, tookPlace } from '../table/store.ts';
import { numberIn, type Row, textIn } from '../table/values.ts';
import { readSync } from './sync-state.ts';

/**
 * A closed window of the list that did not prove complete: the cursor has passed it, and events may be missing in it. Each scheduled run tries
 * it again. Instants in milliseconds since 1970.
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

/** All open spans, the one that was tried longest ago first. A list that contradicts itself everywhere leaves many. */
export async function readOpenSpans(store: Store): Promise<readonly OpenSpan[]> {
  const spans: OpenSpan[] = [];
  const pages = paginateQuery(
    { client: store.client },
    {
      TableName: store.control,
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': text('open-span') },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) spans.push(...Items.map(spanIn));
  return spans.sort((a, b) => a.triedAt - b.triedAt || a.from - b.from);
}

const HOUR = 3_600_000;

/**
 * Whether the list was read completely for an hour before and after an instant (milliseconds since 1970): the cursor has passed it, and no
 * open span touches it.
 */
export async function listIsRead(store: Store, now: number): Promise<(at: number) => boolean> {
  const { completeThrough = 0 } = await readSync(store, now);
  const spans = await readOpenSpans(store);
  return (at) => at + HOUR <= completeThrough && !spans.some(({ from, to }) => from <= at + HOUR && to >= at - HOUR);
}

/** Records a span as open, as one with those that it overlaps or touches. Whoever does it has the lease. */
export async function recordOpenSpan(store: Store, window: Window, reason: string, now: number): Promise<void> {
  const touched = (await readOpenSpans(store)).filter(({ from, to }) => from <= window.to && to >= window.from);
  const from = Math.min(window.from, ...touched.map((span) => span.from));
  const to = Math.max(window.to, ...touched.map((span) => span.to));
  const since = Math.min(now, ...touched.map((span) => span.since));
  const tries = Math.max(0, ...touched.map((span) => span.tries)) + 1;
  const id = idOf({ from, to });
  await put(store, { id, from, to, since, triedAt: now, tries, reason });
  for (const span of touched) if (span.id !== id) await remove(store, span.id);
}

/**
 * Writes down what a further try has left of a span: the parts that still do not prove complete. One that was closed meanwhile stays closed.
 *
 * @param open parts of the span; none when it has proved complete
 */
export async function keepOpen(store: Store, span: OpenSpan, open: readonly Window[], now: number): Promise<void> {
  const tried = new UpdateItemCommand({
    TableName: store.control,
    Key: controlKey('open-span', span.id),
    ConditionExpression: 'attribute_exists(id)',
    UpdateExpression: 'SET tried_at = :now ADD tries :one',
    ExpressionAttributeValues: { ':now': number(now), ':one': number(1) },
  });
  if (!(await tookPlace(store.client.send(tried)))) return;
  // The parts before the whole: a death in between leaves both, and nothing out.
  const parts = open.map((window) => ({ ...span, ...window, id: idOf(window), triedAt: now, tries: span.tries + 1 }));
  for (const part of parts) if (part.id !== span.id) await put(store, part);
  if (parts.every(({ id }) => id !== span.id)) await remove(store, span.id);
}

/** Takes an open span for complete, because an operator says so. Returns false when there is none with this id. */
export async function closeSpan(store: Store, id: string): Promise<boolean> {
  return remove(store, id);
}

function idOf({ from, to }: Window): string {
  return [from, to].map((instant) => new Date(instant).toISOString()).join('--');
}

async function put(store: Store, { id, from, to, since, triedAt, tries, reason }: OpenSpan): Promise<void> {
  const Item = {
    ...controlKey('open-span', id),
    from: number(from),
    to: number(to),
    since: number(since),
    tried_at: number(triedAt),
    tries: number(tries),
    reason: text(reason),
  };
  await store.client.send(new PutItemCommand({ TableName: store.control, Item }));
}

function remove(store: Store, id: string): Promise<boolean> {
  const Key = controlKey('open-span', id);
  return tookPlace(
    store.client.send(
      new DeleteItemCommand({ TableName: store.control, Key, ConditionExpression: 'attribute_exists(id)' }),
    ),
  );
}

function spanIn(row: Row): OpenSpan {
  return {
    id: textIn(row, 'id') ?? '',
    from: numberIn(row, 'from') ?? 0,
    to: numberIn(row, 'to') ?? 0,
    since: numberIn(row, 'since') ?? 0,
    triedAt: numberIn(row, 'tried_at') ?? 0,
    tries: numberIn(row, 'tries') ?? 0,
    reason: textIn(row, 'reason') ?? '',
  };
}
