import { millisecondsOf, timestampOf } from '../../porting/timestamp.ts';
import type { Window } from '../../porting/window.ts';
import type { CursorPage, PageRequest } from '../table/cursor-page.ts';
import { expiresIn, isExpired } from '../table/expiry.ts';
import { isOneOf } from '../table/expressions.ts';
import { listNewestFirst } from '../table/newest-first.ts';
import { controlKey, type Store } from '../table/store.ts';
import { idIn, numberIn, type Row, textIn, type Values } from '../table/values.ts';
import { get, put } from '../table/verbs.ts';
import type { RunStatus } from './sync-state.ts';

/** The counts of a run. */
export interface RunCounts {
  readonly pages: number;
  readonly seen: number;
  readonly inserted: number;
  readonly confirmed: number;
  readonly upgraded: number;
}

/** A run of the sync. A requested one may take several pieces, with scheduled runs between them. */
export interface SyncRun extends RunCounts {
  /** Starts with the instant at which the run began, or was requested. */
  readonly id: string;
  readonly trigger: 'schedule' | 'requested';
  readonly window: Window;
  /** Everything in the window before this instant is stored: the next piece begins here. */
  readonly through: number;
  /** A requested run is `pending` before its first piece and before a new try, and `running` between pieces. */
  readonly status: RunStatus | 'pending' | 'cancelled';
  /** In milliseconds since 1970, like all instants of a run; undefined while it waits for its turn. */
  readonly startedAt: number | undefined;
  readonly error: string | undefined;
  /** How many tries of a requested run have failed. */
  readonly failures: number;
  /** When the latest piece of a requested run ended; undefined if that piece ended the run. */
  readonly cutOffAt: number | undefined;
}

/** Two kinds: each call of the sync searches the few requested runs, and need not read 288 scheduled ones a day. */
export const RUN_KINDS = { schedule: 'sync-run', requested: 'requested-run' } as const;

const OPEN: readonly SyncRun['status'][] = ['pending', 'running'];

/** The run has not ended. */
export const isOpen = isOneOf('status', OPEN);

/**
 * A requested run that has not ended after this time is given up: the sync has not worked all week. Each call of the
 * sync looks this far back, over the nightly runs of a week, for one read unit. All 90 days of rows would cost nine.
 */
const GIVEN_UP_AFTER = 7 * 24 * 3_600_000;
const KEPT_DAYS = 90;

/** The lowest id that a run may have without being given up. */
export function firstId(now: number): string {
  return new Date(now - GIVEN_UP_AFTER).toISOString();
}

/** A run that has counted nothing yet. */
export function newRun(run: Pick<SyncRun, 'id' | 'trigger' | 'window' | 'status' | 'startedAt'>): SyncRun {
  const counts = { pages: 0, seen: 0, inserted: 0, confirmed: 0, upgraded: 0 };
  return { ...run, ...counts, through: run.window.from, error: undefined, failures: 0, cutOffAt: undefined };
}

/**
 * Writes a run's row: when a piece begins, at checkpoints, and when it ends. Rows expire after 90 days.
 *
 * @returns false when the requested run was cancelled, and nothing was written. To record its last counts, write it
 * with the status `cancelled`
 */
export function putRun(store: Store, run: SyncRun, now: number): Promise<boolean> {
  // The status to write is allowed too: the SDK repeats a write whose answer was lost.
  const when = isOneOf('status', [...new Set([...OPEN, run.status])]);
  return put(store, 'control', runRow(run, now), run.trigger === 'requested' ? { when } : {});
}

/** A run as a row. */
export function runRow(run: SyncRun, now: number): Values {
  return {
    ...controlKey(RUN_KINDS[run.trigger], run.id),
    trigger: run.trigger,
    window_from: timestampOf(run.window.from),
    window_to: timestampOf(run.window.to),
    through: timestampOf(run.through),
    status: run.status,
    started_at: run.startedAt === undefined ? undefined : timestampOf(run.startedAt),
    written_at: timestampOf(now),
    pages: run.pages,
    seen: run.seen,
    inserted: run.inserted,
    confirmed: run.confirmed,
    upgraded: run.upgraded,
    error: run.error,
    failures: run.failures || undefined,
    cut_off_at: run.cutOffAt,
    expires_at: expiresIn(KEPT_DAYS, now),
  };
}

/** The run in a row. */
export function runIn(row: Row): SyncRun {
  const instant = (attribute: string) => millisecondsOf(textIn(row, attribute) ?? '');
  return {
    id: idIn(row),
    trigger: triggerIn(row),
    window: { from: instant('window_from'), to: instant('window_to') },
    through: instant('through'),
    status: textIn(row, 'status') as SyncRun['status'],
    startedAt: row.started_at && instant('started_at'),
    ...countsIn(row),
    error: textIn(row, 'error'),
    failures: numberIn(row, 'failures') ?? 0,
    cutOffAt: numberIn(row, 'cut_off_at'),
  };
}

/** A page of sync runs, newest first by the instant at which they began or were requested. */
export function listRuns(store: Store, page: PageRequest, now: number): Promise<CursorPage<ShownRun>> {
  return listNewestFirst(store, Object.values(RUN_KINDS), page, (row) => shownRunIn(row, now), now);
}

/** The sync run with this id, unless it has expired. */
export async function getRun(store: Store, id: string, now: number): Promise<ShownRun | undefined> {
  const keys = Object.values(RUN_KINDS).map((kind) => controlKey(kind, id));
  const rows = await Promise.all(keys.map((key) => get(store, 'control', key, { consistent: true })));
  const row = rows.find((one) => one !== undefined);
  return row && !isExpired(row, now) ? shownRunIn(row, now) : undefined;
}

/** A run as the API shows it. Instants as `2024-06-11T18:52:47.972000Z`. */
export interface ShownRun extends RunCounts {
  readonly id: string;
  readonly trigger: SyncRun['trigger'];
  readonly status: SyncRun['status'];
  readonly from: string;
  readonly to: string;
  /** Everything from `from` up to this instant is stored. */
  readonly complete_through: string;
  readonly started_at: string | null;
  /** When the row was last written: the other fields are true as of this instant. */
  readonly updated_at: string;
  readonly error: string | null;
}

/** The run in a row, as the API shows it. */
export function shownRunIn(row: Row, now: number): ShownRun {
  const status = textIn(row, 'status') as SyncRun['status'];
  const isWaiting = triggerIn(row) === 'requested' && OPEN.includes(status);
  const isGivenUp = isWaiting && idIn(row) < firstId(now);
  return {
    id: idIn(row),
    trigger: triggerIn(row),
    status: isGivenUp ? 'failed' : status,
    from: textIn(row, 'window_from') ?? '',
    to: textIn(row, 'window_to') ?? '',
    // Older rows lack `through`.
    complete_through: textIn(row, 'through') ?? textIn(row, 'window_from') ?? '',
    ...countsIn(row),
    started_at: textIn(row, 'started_at') ?? null,
    updated_at: textIn(row, 'written_at') ?? '',
    error: isGivenUp ? 'It did not end within 7 days.' : (textIn(row, 'error') ?? null),
  };
}

/** Older rows of requested runs say `range`. */
function triggerIn(row: Row): SyncRun['trigger'] {
  return textIn(row, 'trigger') === 'schedule' ? 'schedule' : 'requested';
}

function countsIn(row: Row): RunCounts {
  return {
    pages: numberIn(row, 'pages') ?? 0,
    seen: numberIn(row, 'seen') ?? 0,
    inserted: numberIn(row, 'inserted') ?? 0,
    confirmed: numberIn(row, 'confirmed') ?? 0,
    upgraded: numberIn(row, 'upgraded') ?? 0,
  };
}
