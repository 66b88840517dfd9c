import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { timestampOf } from '../../porting/timestamp.ts';
import type { Window } from '../../porting/window.ts';
import type { CursorPage, PageRequest } from '../table/cursor-page.ts';
import { isExpired } from '../table/expiry.ts';
import { listNewestFirst } from '../table/newest-first.ts';
import { controlKey, number, type Store, text, tookPlace } from '../table/store.ts';
import { numberIn, type Row, textIn } from '../table/values.ts';
import { get } from '../table/verbs.ts';
import type { RunStatus } from './sync-state.ts';

/** What a run has counted. */
export interface RunCounts {
  readonly pages: number;
  readonly seen: number;
  readonly inserted: number;
  readonly confirmed: number;
  readonly upgraded: number;
}

/** A run of the sync, as its row tells it. */
export interface SyncRun extends RunCounts {
  readonly id: string;
  /** Milliseconds since 1970, as all instants of a run; undefined while it waits for its turn. */
  readonly startedAt: number | undefined;
  readonly trigger: 'schedule' | 'range' | 'requested';
  readonly window: Window;
  /** Everything of the window before it is stored. */
  readonly through: number;
  /** A requested run is `pending` before it runs, and before it is tried again. */
  readonly status: RunStatus | 'pending' | 'cancelled';
  readonly error: string | undefined;
}

const KEPT_SECONDS = 90 * 24 * 3600;

/** Writes a run's row: when it begins, at checkpoints, and when it ends. Rows go after 90 days. */
export async function putRun(store: Store, run: SyncRun, now: number): Promise<void> {
  await store.client.send(new PutItemCommand({ TableName: store.control, Item: rowOf(run, now) }));
}

/** Writes the row of a run that waits for its turn, unless it has had it already. */
export async function putPendingRun(store: Store, run: SyncRun, now: number): Promise<void> {
  const put = new PutItemCommand({
    TableName: store.control,
    Item: rowOf(run, now),
    ConditionExpression: 'attribute_not_exists(id)',
  });
  await tookPlace(store.client.send(put));
}

/** Writes into a run's row that it was cancelled, unless it has ended. What it has counted stays. */
export async function putCancelled(store: Store, id: string, now: number): Promise<void> {
  const update = new UpdateItemCommand({
    TableName: store.control,
    Key: controlKey('sync-run', id),
    ConditionExpression: '#status IN (:pending, :running)',
    UpdateExpression: 'SET #status = :cancelled, written_at = :now',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: {
      ':pending': text('pending' satisfies SyncRun['status']),
      ':running': text('running' satisfies SyncRun['status']),
      ':cancelled': text('cancelled' satisfies SyncRun['status']),
      ':now': text(timestampOf(now)),
    },
  });
  await tookPlace(store.client.send(update));
}

function rowOf(run: SyncRun, now: number): Row {
  return {
    ...controlKey('sync-run', run.id),
    ...(run.startedAt !== undefined && { started_at: text(timestampOf(run.startedAt)) }),
    written_at: text(timestampOf(now)),
    trigger: text(run.trigger),
    window_from: text(timestampOf(run.window.from)),
    window_to: text(timestampOf(run.window.to)),
    through: text(timestampOf(run.through)),
    status: text(run.status),
    pages: number(run.pages),
    seen: number(run.seen),
    inserted: number(run.inserted),
    confirmed: number(run.confirmed),
    upgraded: number(run.upgraded),
    ...(run.error !== undefined && { error: text(run.error) }),
    expires_at: number(Math.floor(now / 1000) + KEPT_SECONDS),
  };
}

/** A page of sync runs, those that began, or were asked for, last first. */
export function listRuns(store: Store, page: PageRequest, now: number): Promise<CursorPage<ShownRun>> {
  return listNewestFirst(store, 'sync-run', page, runIn, now);
}

/** The sync run with this id, unless its time is over. */
export async function getRun(store: Store, id: string, now: number): Promise<ShownRun | undefined> {
  const row = await get(store, 'control', controlKey('sync-run', id), { consistent: true });
  return row && !isExpired(row, now) ? runIn(row) : undefined;
}

/** A run as the API shows it. Instants as `2024-06-11T18:52:47.972000Z`. */
export interface ShownRun extends RunCounts {
  readonly id: string;
  readonly trigger: SyncRun['trigger'];
  readonly status: SyncRun['status'];
  readonly from: string;
  readonly to: string;
  /** Everything from `from` up to here is stored: how far it is. */
  readonly complete_through: string;
  readonly started_at: string | null;
  /** When the rest was last true. */
  readonly updated_at: string;
  readonly error: string | null;
}

/** The run in a row. */
export function runIn(row: Row): ShownRun {
  return {
    id: textIn(row, 'id') ?? '',
    trigger: textIn(row, 'trigger') as SyncRun['trigger'],
    status: textIn(row, 'status') as SyncRun['status'],
    from: textIn(row, 'window_from') ?? '',
    to: textIn(row, 'window_to') ?? '',
    // Rows that were written before there was one.
    complete_through: textIn(row, 'through') ?? textIn(row, 'window_from') ?? '',
    pages: numberIn(row, 'pages') ?? 0,
    seen: numberIn(row, 'seen') ?? 0,
    inserted: numberIn(row, 'inserted') ?? 0,
    confirmed: numberIn(row, 'confirmed') ?? 0,
    upgraded: numberIn(row, 'upgraded') ?? 0,
    started_at: textIn(row, 'started_at') ?? null,
    updated_at: textIn(row, 'written_at') ?? '',
    error: textIn(row, 'error') ?? null,
  };
}
