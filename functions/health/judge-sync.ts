import { millisecondsOf } from '../porting/timestamp.ts';
import { counted, duration } from './amounts.ts';
import type { Found } from './findings.ts';
import type { JudgedStatus } from './judged-status.ts';

/** Three intervals of the schedule, in seconds. */
export const LONGEST_WITHOUT_SYNC = 15 * 60;
const LONGEST_LAG = 30 * 60;
const DAY = 24 * 3_600_000;

/** Does the sync read the list, and has it read all of it? */
export function judgeSync({ sync }: JudgedStatus, now: number): Found[] {
  return [...progress(sync, now), ...openSpans(sync), ...setBack(sync, now), ...failedRequests(sync)];
}

function progress(sync: JudgedStatus['sync'], now: number): Found[] {
  const { last_complete_at: completeAt, cursor_lag_seconds: lag, running } = sync;
  const error = lastError(sync);
  const why = error === undefined ? '.' : `: ${error}.`;
  if (completeAt === null) {
    const isReading = (running || sync.last_status === 'partial') && error === undefined;
    if (isReading) return [{ code: 'first_sync_under_way', what: 'The first sync run is under way.' }];
    return [{ code: 'sync_stopped', what: `No sync run has ever completed${why}` }];
  }
  const age = (now - millisecondsOf(completeAt)) / 1000;
  if (age > LONGEST_WITHOUT_SYNC && !isReading(sync, now)) {
    return [{ code: 'sync_stopped', what: `No sync run has completed for ${duration(age)}${why}`, since: completeAt }];
  }
  if (lag === null || lag <= LONGEST_LAG) return [];
  const what = `The list has been read only up to ${duration(lag)} ago: runs make progress, but do not catch up.`;
  return [{ code: 'cursor_behind', what }];
}

/** Whether a run reads at present, as far as that can be believed: one that died leaves its row at `running`. */
function isReading({ running, last_status, last_runs }: JudgedStatus['sync'], now: number): boolean {
  const [newest, ...older] = scheduledSinceComplete(last_runs);
  const startedAt = newest?.started_at ? millisecondsOf(newest.started_at) : Number.NEGATIVE_INFINITY;
  const isYoung = (now - startedAt) / 1000 <= LONGEST_WITHOUT_SYNC;
  if (!isYoung) return false;
  return last_status === 'partial' || (running && older.length === 0);
}

function scheduledSinceComplete(runs: JudgedStatus['sync']['last_runs']): JudgedStatus['sync']['last_runs'] {
  const scheduled = runs.filter(({ trigger }) => trigger !== 'requested');
  const completed = scheduled.findIndex(({ status }) => status === 'complete');
  return scheduled.slice(0, completed === -1 ? undefined : completed);
}

/** The error of the last failed run, if no run has completed since. */
function lastError({ last_runs: runs }: JudgedStatus['sync']): string | undefined {
  return reason(scheduledSinceComplete(runs).find(({ error }) => error !== null)?.error);
}

/** An error of a run as a part of a sentence. */
function reason(error: string | null | undefined): string | undefined {
  return error?.replace(/^\w*Error: /, '').replace(/[.\s]+$/, '');
}

function openSpans({ open_spans: spans }: JudgedStatus['sync']): Found[] {
  const [first] = spans.toSorted((one, other) => (one.from < other.from ? -1 : 1));
  if (!first) return [];
  const where = spans.length > 1 ? `in ${spans.length} spans, the first ` : '';
  const span = `${where}from ${first.from} to ${first.to}`;
  const what = `Telnyx's list contradicts itself ${span}: events may be missing there.`;
  return [{ code: 'open_span', what, since: spans.map(({ since }) => since).sort()[0] }];
}

function setBack({ cursor_set_back_at: at }: JudgedStatus['sync'], now: number): Found[] {
  if (at === null || now - millisecondsOf(at) >= DAY) return [];
  const what = 'A clock that was ahead made the ledger believe that it had read the list up to a future instant.';
  return [{ code: 'cursor_set_back', what, since: at }];
}

function failedRequests({ failed_requests: failed }: JudgedStatus['sync']): Found[] {
  const [newest] = failed;
  if (!newest) return [];
  const runs = counted(failed.length, 'requested or nightly sync run', 'requested or nightly sync runs');
  const what = `${runs} of the last 24 hours failed for good: ${reason(newest.error) ?? 'the cause is not known'}.`;
  return [{ code: 'run_failed', what, since: failed.at(-1)?.updated_at }];
}
