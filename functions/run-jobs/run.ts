import { describeError, log } from '../lambda/log.ts';
import { handOver } from '../ledger/jobs/job-progress.ts';
import { oldestUnsettled } from '../ledger/jobs/republish-jobs.ts';
import { readUpstream } from '../ledger/status/upstream-state.ts';
import { LeaseLost, releaseLease, takeLease } from '../ledger/table/lease.ts';
import { heal, isHealingDue } from './heal.ts';
import { workOn } from './republish-job.ts';
import { type Ending, LEASE, type Worker, type WorkerOptions, workerOf } from './worker.ts';

/** What to do about missed notifications, and for at most how many in a day. */
export type Healing = { readonly mode: 'off' } | { readonly mode: 'republish'; readonly perDay: number };

/**
 * How long all workers pause after Telnyx accepted nothing: it refused our key, called republishing not available, was
 * not reached, or did not say how long to wait.
 */
const REST = 60_000;

export interface RunOptions extends WorkerOptions {
  readonly healing: Healing;
}

/** `idle`: there was nothing to do. `skipped`: another worker is running, or Telnyx asked for a pause. */
export interface RunResult {
  readonly status: 'idle' | 'skipped' | Ending;
}

/**
 * With less time than this to work, in milliseconds, a call does not ask for the next one: at worst they follow each
 * other at this interval, not as fast as they can. The schedule continues.
 */
const LEAST_WORK = 60_000;

/**
 * One call: works on republish jobs, oldest first, and then heals. Whatever goes wrong, the next call continues from
 * what the marks record.
 *
 * A job that Telnyx keeps waiting calls no one: only the schedule tries it again.
 */
export async function runJobs(options: RunOptions): Promise<RunResult> {
  const { store, clock, owner } = options;
  const beganAt = clock.now();
  if (!(await isWorkDue(options))) return { status: 'idle' };
  for (;;) {
    const status = await runOnce(options);
    if (status !== 'ended' && status !== 'out of time') return { status };
    // A job that was created before the lease was free has woken a worker that found it taken.
    const job = await oldestUnsettled(store, clock.now());
    if (status === 'ended' && job) continue;
    if (job && clock.now() - beganAt >= LEAST_WORK) await handOver(store, job.job.id, owner, clock.now());
    return { status };
  }
}

async function runOnce(options: RunOptions): Promise<Ending | 'skipped'> {
  const { store, clock, owner, healing } = options;
  const lease = await takeLease(store, LEASE, owner, clock.now());
  if (!lease) return 'skipped';
  let ending: Ending | 'skipped' | undefined;
  try {
    ending = (await isRateLimited(options)) ? 'skipped' : await work(workerOf(options, lease), healing);
    return ending;
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    log('warn', 'lease_lost', { error: describeError(error) });
    return 'skipped';
  } finally {
    const freeAt = ending === 'paused' ? clock.now() + REST : undefined;
    await releaseLease(store, lease, { freeAt }).catch((error: unknown) => {
      log('warn', 'lease_not_released', { error: describeError(error) });
    });
  }
}

/** Mostly there is none: then nothing is written. */
async function isWorkDue({ store, clock, healing }: RunOptions): Promise<boolean> {
  if (await oldestUnsettled(store, clock.now())) return true;
  return healing.mode === 'republish' && (await isHealingDue(healing.perDay, { store, clock }));
}

async function work(worker: Worker, healing: Healing): Promise<Ending> {
  let ending: Ending = 'ended';
  for (;;) {
    const job = await oldestUnsettled(worker.store, worker.clock.now());
    if (!job) break;
    ending = await workOn(job, worker);
    if (ending !== 'ended') break;
  }
  if (ending === 'ended' && healing.mode === 'republish') ending = await heal(healing.perDay, worker);
  await worker.asker.turn();
  return ending;
}

/** True while Telnyx's last 429 is in force, whether a job or the sync received it: no call is made until then. */
async function isRateLimited({ store, clock }: RunOptions): Promise<boolean> {
  const { rateLimitedUntil } = await readUpstream(store);
  return rateLimitedUntil !== undefined && rateLimitedUntil > clock.now();
}
