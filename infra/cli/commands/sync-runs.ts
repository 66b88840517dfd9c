import { randomUUID } from 'node:crypto';
import type { SyncRun } from '../answers.ts';
import { segment } from '../api.ts';
import { type AddCommands, type Context, FROM, LEDGER, refuseBackwards, TO } from '../context.ts';
import { EXIT } from '../failure.ts';
import { follow } from '../follow.ts';
import { listsOf } from '../listing.ts';
import type { Screen } from '../screen.ts';
import type { Column } from '../table.ts';
import { counted, instant, shown } from '../text.ts';

const PATH = '/v2/sync-runs';

interface Backfill {
  readonly from: string;
  readonly to?: string;
}

export const addSyncRuns: AddCommands = (program, run) => {
  const [flags, description, read] = FROM;
  const command = program
    .command('backfill')
    .description("lists a span of time from Telnyx's Events API again, and follows it to its end (operate token)")
    .requiredOption(flags, description, read)
    .option(TO[0], `${TO[1]} (default: now)`, TO[2])
    .action(({ from, to = new Date().toISOString() }: Backfill) => {
      refuseBackwards(command, { from, to });
      return run((context) => backfill(context, from, to));
    });
  const runs = program.command('runs').description('the sync runs, newest first');
  listsOf<SyncRun>(runs, run, { path: PATH, columns: runColumns, none: 'No sync run yet.' });
};

/** A sync run as a row. */
export function runColumns({ paint }: Screen): Column<SyncRun>[] {
  const number = (head: 'seen' | 'inserted' | 'upgraded'): Column<SyncRun> => ({
    head,
    of: (run) => run[head],
    right: true,
    spare: true,
  });
  return [
    { head: 'started (UTC)', of: ({ started_at }) => instant(started_at) },
    { head: 'trigger', of: ({ trigger }) => trigger, spare: true },
    { head: 'status', of: ({ status }) => status, paint: (text) => paint(text === 'failed' ? 'red' : undefined, text) },
    number('seen'),
    number('inserted'),
    number('upgraded'),
    { head: 'error', of: ({ error }) => error, least: 13, enough: 40 },
    { head: 'from', of: ({ from }) => instant(from), spare: true },
    { head: 'to', of: ({ to }) => instant(to), spare: true },
    { head: 'run', of: ({ id }) => id, spare: true },
  ];
}

const countsOf = ({ pages, seen, inserted, upgraded }: SyncRun): string =>
  `${counted(pages, 'page')}, ${seen} seen, ${inserted} inserted, ${upgraded} upgraded`;

/** A run's state in words. */
export function wordsOf(run: SyncRun): string {
  return `${run.status}: ${countsOf(run)}${run.error ? `; ${run.error}` : ''}`;
}

/** The part of the run's time span that has been listed. */
export function shareOf({ from, to, complete_through: through }: SyncRun): number | undefined {
  const [begin, end, now] = [from, to, through].map((at) => Date.parse(at)) as [number, number, number];
  return end > begin ? Math.min(1, Math.max(0, (now - begin) / (end - begin))) : undefined;
}

const ENDED = ['complete', 'failed', 'cancelled'];

async function backfill(context: Context, from: string, to: string) {
  const { api, screen } = context;
  const key = { idempotencyKey: randomUUID() };
  const { data: asked } = await api.post<{ data: SyncRun }>(PATH, { from, to }, key);
  screen.say(`run ${shown(asked.id)}: ${instant(asked.from)} to ${instant(asked.to)} UTC`);
  const run = await follow<SyncRun>(context, {
    path: `${PATH}/${segment(asked.id)}`,
    ended: ({ status }) => ENDED.includes(status),
    step: (state) => ({ words: wordsOf(state), share: shareOf(state) }),
  });
  if (!run) {
    screen.say(`No longer watching: run ${shown(asked.id)} continues. To see it: ${LEDGER} runs`);
    screen.say(`Cancel it: ${LEDGER} cancel ${shown(asked.id)}`);
    return EXIT.interrupted;
  }
  const failed = run.status !== 'complete';
  if (screen.json) screen.document({ data: run });
  else screen.print(`${screen.paint(failed ? 'red' : 'green', shown(run.status))}: ${countsOf(run)}`);
  if (run.status === 'failed') screen.say(`The run failed: ${shown(run.error)}`);
  return failed ? EXIT.bad : EXIT.fine;
}
