import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Status, SyncRun } from '../answers.ts';
import type { Api } from '../api.ts';
import { shareOf } from '../commands/sync-runs.ts';
import { EXIT, Failure } from '../failure.ts';
import { follow } from '../follow.ts';
import type { Surroundings } from '../surroundings.ts';
import { counted, distance, duration, instant, shown } from '../text.ts';
import { askAws } from './aws.ts';
import type { Deployment } from './deployment.ts';
import type { Mode } from './mode.ts';
import type { Told } from './report.ts';

const PATH = '/v2/status';
const LOOK_EVERY = 2_000;
const TRIES = 3;
/** A function that has not found a key looks for one again 30 s later. */
const TRY_AGAIN_AFTER = 35_000;
/** The schedule starts a run every 5 minutes. */
const NO_RUN_FOR = 11 * 60_000;

/** Begins the first sync at once instead of at the next time of the schedule, and waits until it is complete. */
export async function finishFirstSync(
  lambda: LambdaClient,
  { syncFunction }: Deployment,
  { api, surroundings }: { readonly api: Api; readonly surroundings: Surroundings },
  mode: Mode,
): Promise<Told> {
  const { clock, stderr } = surroundings;
  const { data: before } = await api.get<{ data: Status }>(PATH);
  const { last_complete_at: completeAt } = before.sync;
  if (completeAt !== null) return { outcome: 'already', words: `complete ${distance(completeAt)}` };
  const last = before.sync.last_runs[0];
  if (mode === 'check') {
    return { outcome: 'failed', words: `never complete${last?.error ? `: ${last.error}` : ': run setup'}` };
  }
  if (mode === 'dry-run') return { outcome: 'would do', words: 'begin the first sync, and wait until it is complete' };

  const known = new Set(before.sync.last_runs.filter(({ status }) => status === 'failed').map(({ id }) => id));
  for (let failures = 0; ; ) {
    await begin(lambda, syncFunction);
    let movedAt = clock.now();
    let moved = '';
    const status = await follow<{ sync: Status['sync'] }>(
      { api, surroundings },
      {
        path: PATH,
        every: LOOK_EVERY,
        ended: ({ sync }) => {
          const now = `${sync.last_runs[0]?.id} ${sync.last_runs[0]?.seen} ${sync.complete_through}`;
          if (now !== moved) movedAt = clock.now();
          moved = now;
          return isComplete(sync) || failedOf(sync, known) !== undefined || clock.now() - movedAt > NO_RUN_FOR;
        },
        step: ({ sync }) => {
          const run = sync.last_runs.find(({ status }) => status === 'running');
          return run ? { words: wordsOf(run), share: shareOf(run) } : { words: 'waiting for the first sync to begin' };
        },
      },
    );
    if (!status) throw interrupted();
    if (isComplete(status.sync)) {
      const through = instant(status.sync.complete_through);
      return { outcome: 'done', words: `complete: the ledger has all that Telnyx lists, up to ${through} UTC` };
    }
    const failed = failedOf(status.sync, known);
    if (!failed) throw new Failure(EXIT.bad, 'no run has begun for 11 minutes: docs/operations.md, sync_stopped');
    known.add(failed.id);
    failures += 1;
    if (failures === TRIES) throw new Failure(EXIT.bad, `the first sync failed: ${failed.error}`);
    stderr.write(`A run has failed: ${shown(failed.error)} Trying again in ${duration(TRY_AGAIN_AFTER / 1000)}.\n`);
    await clock.sleep(TRY_AGAIN_AFTER, surroundings.untilInterrupted()).catch(() => Promise.reject(interrupted()));
  }
}

const interrupted = () =>
  new Failure(EXIT.interrupted, 'No longer waiting: the first sync continues. Run setup again at any time.');

async function begin(lambda: LambdaClient, FunctionName: string): Promise<void> {
  const command = new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: Buffer.from('{}') });
  await askAws('leave to start sync-events', () => lambda.send(command));
}

function isComplete({ last_complete_at: at }: Status['sync']): boolean {
  return at !== null;
}

function failedOf({ last_runs: runs }: Status['sync'], known: ReadonlySet<string>): SyncRun | undefined {
  return runs.find(({ status, id }) => status === 'failed' && !known.has(id));
}

function wordsOf({ seen, complete_through: through }: SyncRun): string {
  return `${counted(seen, 'event')} read, all up to ${instant(through)} UTC`;
}
