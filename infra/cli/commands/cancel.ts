import type { Job, SyncRun } from '../answers.ts';
import { segment } from '../api.ts';
import type { AddCommands, Context } from '../context.ts';
import { EXIT, Failure } from '../failure.ts';
import { shown } from '../text.ts';
import { wordsOf as wordsOfJob } from './jobs.ts';
import { wordsOf as wordsOfRun } from './sync-runs.ts';

export const addCancel: AddCommands = (program, run) => {
  program
    .command('cancel')
    .description('cancels a republish job or a backfill; finished work stays (operate token)')
    .argument('<id>', 'job or run')
    .action((id: string) =>
      run(async (context) => {
        const { screen } = context;
        const { data, words } = await cancelled(context, id);
        if (screen.json) screen.document({ data });
        else screen.print(words);
        if (data.status !== 'cancelled') screen.say('It had already ended: there was nothing left to cancel.');
        return EXIT.fine;
      }),
    );
};

/** An id does not show whether it is a job's or a run's. Cancelling twice has the same effect as once. */
async function cancelled({ api }: Context, id: string) {
  const post = async <Thing>(path: string) =>
    (await api.post<{ data: Thing }>(`${path}/${segment(id)}/cancel`, undefined, { repeat: true })).data;
  try {
    const data = await post<Job>('/v2/republish-jobs');
    return { data, words: `job ${shown(data.id)} ${wordsOfJob(data)}` };
  } catch (error) {
    if (!(error instanceof Failure) || error.exitCode !== EXIT.notFound) throw error;
  }
  const data = await post<SyncRun>('/v2/sync-runs').catch((error: unknown) => {
    if (!(error instanceof Failure) || error.exitCode !== EXIT.notFound) throw error;
    throw new Failure(EXIT.notFound, `There is no republish job and no sync run ${id}.`);
  });
  return { data, words: `run ${shown(data.id)} ${wordsOfRun(data)}` };
}
