import { log } from '../lambda/log.ts';
import { doneOf, type HeldJob, itemsExpireAt, type JobOutcome } from '../ledger/jobs/job.ts';
import { completeJob, recordProgress, settleCancelledJob, startJob } from '../ledger/jobs/job-progress.ts';
import {
  claimItem,
  type Item,
  readOutcomes,
  readSelection,
  recordItemOutcome,
} from '../ledger/jobs/republish-items.ts';
import { readJob } from '../ledger/jobs/republish-jobs.ts';
import { LeaseLost } from '../ledger/table/lease.ts';
import type { Answer } from './ask.ts';
import type { Ending, Worker } from './worker.ts';

const PROGRESS_EVERY = 5_000;

type Counts = Record<JobOutcome, number>;

/**
 * Works on a job until it ends, Telnyx accepts no more, or time runs out. An item is claimed permanently before the
 * call, so no item is requested twice, even when this worker dies or another one works at the same time.
 *
 * @throws {LeaseLost} when another worker has taken the job over
 */
export async function workOn(held: HeldJob, worker: Worker): Promise<Ending> {
  const { store, owner, clock } = worker;
  const { id } = held.job;
  if (!(await startJob(store, id, owner, clock.now()))) return stopped(held, worker);
  const ids = await readSelection(store, held);
  const outcomes = await settledOutcomes(id, ids, worker);
  const counts = countsOf(outcomes.values());
  if (!(await recordProgress(store, id, owner, counts))) return stopped(held, worker);

  let reportedAt = clock.now();
  for (const [position, eventId] of ids.entries()) {
    if (outcomes.has(position)) continue;
    if (worker.outOfTime()) return 'out of time';
    const answer = await askFor({ job: id, position, eventId }, held, worker);
    if ('notTaken' in answer) {
      report('warn', held, 'running', counts, answer.notTaken);
      const error = { message: answer.notTaken, at: clock.now() };
      return (await recordProgress(store, id, owner, counts, error)) ? 'paused' : stopped(held, worker);
    }
    counts[answer.outcome] += 1;
    // Refused once the job is cancelled: no further item begins.
    if (!(await recordProgress(store, id, owner, counts, null))) return stopped(held, worker);
    if (clock.now() - reportedAt < PROGRESS_EVERY) continue;
    reportedAt = clock.now();
    report('info', held, 'running', counts);
  }
  if (!(await completeJob(store, id, owner, counts, clock.now()))) return stopped(held, worker);
  report('info', held, 'complete', counts);
  return 'ended';
}

async function askFor(item: Item, held: HeldJob, worker: Worker): Promise<Answer> {
  const { store, owner, clock } = worker;
  const telnyx = await worker.asker.prepare();
  if ('notTaken' in telnyx) return telnyx;
  if (!(await claimItem(store, item, owner, itemsExpireAt(held.expiresAt), clock.now()))) {
    const outcome = await outcomeOf(item, worker);
    return outcome === 'waiting' ? askFor(item, held, worker) : { outcome };
  }
  const answer = await worker.asker.ask(telnyx, item.eventId, `job:${item.job}`);
  await recordItemOutcome(store, item, 'outcome' in answer ? answer.outcome : 'waiting', clock.now());
  return answer;
}

/** The outcome of an item that another worker claimed: as recorded, or `unknown` while nothing is recorded. */
async function outcomeOf(item: Item, { store, clock }: Worker): Promise<JobOutcome | 'waiting'> {
  if (await recordItemOutcome(store, item, 'unknown', clock.now())) return 'unknown';
  const recorded = (await readOutcomes(store, item.job, item.position, item.position + 1)).get(item.position);
  return !recorded || recorded.outcome === 'asked' ? 'unknown' : recorded.outcome;
}

/** The outcomes of the requested items, by position, including those whose worker died. */
async function settledOutcomes(
  job: string,
  ids: readonly string[],
  worker: Worker,
): Promise<ReadonlyMap<number, JobOutcome>> {
  const settled = new Map<number, JobOutcome>();
  for (const [position, { outcome }] of await readOutcomes(worker.store, job, 0, ids.length)) {
    const item = { job, position, eventId: ids[position] ?? '' };
    const ended = outcome === 'asked' ? await outcomeOf(item, worker) : outcome;
    if (ended !== 'waiting') settled.set(position, ended);
  }
  return settled;
}

/** The job's row refused a write: the job was cancelled, or another worker has it. */
async function stopped(held: HeldJob, worker: Worker): Promise<Ending> {
  const { store, clock } = worker;
  const status = (await readJob(store, held.job.id, clock.now()))?.job.status;
  if (status !== 'cancelled') throw new LeaseLost('Another worker took the job over: this one stops.');
  const ids = await readSelection(store, held);
  const counts = countsOf((await settledOutcomes(held.job.id, ids, worker)).values());
  await settleCancelledJob(store, held.job.id, counts);
  report('info', held, 'cancelled', counts);
  return 'ended';
}

function countsOf(outcomes: Iterable<JobOutcome>): Counts {
  const counts: Counts = { sent: 0, not_found: 0, failed: 0, unknown: 0 };
  for (const outcome of outcomes) counts[outcome] += 1;
  return counts;
}

function report(level: 'info' | 'warn', { job }: HeldJob, status: string, counts: Counts, error?: string): void {
  log(level, 'job', { id: job.id, status, total: job.total, done: doneOf(counts), ...counts, error });
}
