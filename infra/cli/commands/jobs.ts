import type { Job, JobItem } from '../answers.ts';
import { segment } from '../api.ts';
import { type AddCommands, type Context, LEDGER } from '../context.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { follow } from '../follow.ts';
import { listsOf } from '../listing.ts';
import { readList } from '../pages.ts';
import type { Column } from '../table.ts';
import { instant, shown } from '../text.ts';

const PATH = '/v2/republish-jobs';

export const addJobs: AddCommands = (program, run) => {
  const command = program.command('jobs').description('the republish jobs, newest first');
  listsOf<Job>(command, run, { path: PATH, columns: () => JOB_COLUMNS, none: 'No job yet.' });
  program
    .command('job')
    .description('a republish job, and how far it is')
    .argument('<id>', 'job')
    .option('--watch', 'follow it to its end')
    .option('--items', 'with the outcome of each event')
    .action((id: string, { watch, items }: { watch?: true; items?: true }) =>
      run((context) => (watch ? watchJob(context, id, items) : showJob(context, id, items))),
    );
};

const outcome = (head: string, name: keyof Job['outcomes'], more: { spare?: true } = {}): Column<Job> => ({
  head,
  of: ({ outcomes }) => outcomes[name],
  right: true,
  ...more,
});
const JOB_COLUMNS: readonly Column<Job>[] = [
  { head: 'job', of: ({ id }) => id },
  { head: 'status', of: ({ status }) => status },
  { head: 'done', of: ({ done, total }) => `${done} of ${total}`, right: true },
  outcome('sent', 'sent'),
  outcome('not found', 'not_found', { spare: true }),
  outcome('failed', 'failed'),
  outcome('unknown', 'unknown'),
  { head: 'created (UTC)', of: ({ created_at }) => instant(created_at), spare: true },
  { head: 'by', of: ({ created_by }) => created_by, spare: true },
];
const ITEM_COLUMNS: readonly Column<JobItem>[] = [
  { head: 'event', of: ({ event_id }) => event_id },
  { head: 'outcome', of: ({ outcome }) => outcome },
  { head: 'at (UTC)', of: ({ at }) => instant(at), spare: true },
];

/** A job's state in words. */
export function wordsOf({ status, done, total, outcomes, error }: Job): string {
  const parts = [
    `${outcomes.sent} sent`,
    ...(outcomes.not_found ? [`${outcomes.not_found} not found`] : []),
    ...(outcomes.failed ? [`${outcomes.failed} failed`] : []),
    ...(outcomes.unknown ? [`${outcomes.unknown} unknown`] : []),
  ];
  return `${status}: ${done} of ${total}, ${parts.join(', ')}${error ? `; ${error}` : ''}`;
}

async function present({ api, screen }: Context, job: Job, withItems = false): Promise<ExitCode> {
  const items = withItems
    ? await readList<JobItem>(api, `${PATH}/${segment(job.id)}/items`, {}, undefined, (item) => item.event_id)
    : undefined;
  const { failed, unknown } = job.outcomes;
  const bad = failed + unknown > 0;
  if (screen.json) screen.document({ data: job, ...(items && { items: items.data }) });
  else {
    screen.print(`job ${shown(job.id)} ${screen.paint(bad ? 'red' : undefined, shown(wordsOf(job)))}`);
    screen.print(`asked for by ${shown(job.created_by)} at ${instant(job.created_at)} UTC: ${shown(job.selection)}`);
    if (items && items.data.length > 0) {
      screen.print();
      screen.table(ITEM_COLUMNS, items.data);
    } else if (bad) screen.say(`Which ones: ${LEDGER} job ${shown(job.id)} --items`);
  }
  return bad ? EXIT.bad : EXIT.fine;
}

async function showJob(context: Context, id: string, items?: true): Promise<ExitCode> {
  const { data } = await context.api.get<{ data: Job }>(`${PATH}/${segment(id)}`);
  return present(context, data, items);
}

/** Follows a job to its end. Ctrl-C stops watching; the job continues. */
export async function watchJob(context: Context, id: string, items?: true): Promise<ExitCode> {
  const { screen } = context;
  const job = await follow<Job>(context, {
    path: `${PATH}/${segment(id)}`,
    ended: ({ status }) => status === 'complete' || status === 'cancelled',
    step: (state) => ({ words: wordsOf(state), share: state.total > 0 ? state.done / state.total : undefined }),
  });
  if (!job) {
    screen.say(`No longer watching: the job continues. Watch it again: ${LEDGER} job ${shown(id)} --watch`);
    screen.say(`Cancel it: ${LEDGER} cancel ${shown(id)}`);
    return EXIT.interrupted;
  }
  const exitCode = await present(context, job, items);
  return job.status === 'complete' ? exitCode : EXIT.bad;
}
