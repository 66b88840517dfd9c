import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { DryRun, Job } from '../answers.ts';
import { segment } from '../api.ts';
import { type AddCommands, type Context, FROM, ORDER, refuseBackwards, type Selection, TO, TYPE } from '../context.ts';
import { eventsById } from '../events-by-id.ts';
import { saysColumn, typeOf } from '../events-shown.ts';
import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { agreed } from '../questions.ts';
import type { Screen } from '../screen.ts';
import type { Column } from '../table.ts';
import { counted, instant, shown } from '../text.ts';
import { sayUnknownTypes } from '../unknown-words.ts';
import { watchJob } from './jobs.ts';

interface RepublishOptions extends Selection {
  readonly missed?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly key?: string;
}

/** What a job republishes, as the API takes it. */
type Chosen =
  | { readonly ids: readonly string[] }
  | { readonly filter: { missed: true; type?: string; porting_order_id?: string; from?: string; to?: string } };

export const addRepublish: AddCommands = (program, run) => {
  const command = program
    .command('republish')
    .description("asks Telnyx to send an event's notifications again, or those of all that were missed (operate token)")
    .argument('[id]', 'one event')
    .option('--missed', 'all notifications that were missed between --from and --to, as a job that is followed')
    .option(...FROM)
    .option(TO[0], `${TO[1]} (default: now)`, TO[2])
    .option(...TYPE)
    .option(...ORDER)
    .option('--dry-run', 'only show what would be republished')
    .option('--yes', 'do not ask before a job begins')
    .option('--key <text>', 'Idempotency-Key: with the same one nothing is sent twice (default: a new one)')
    .action((id: string | undefined, options: RepublishOptions) => {
      const chosen = choose(command, id, options);
      const key = options.key ?? randomUUID();
      return run((context) => {
        if (options.dryRun) return dryRun(context, chosen);
        return id === undefined ? republishMissed(context, chosen, key, options.yes) : republish(context, id, key);
      });
    });
};

function choose(command: Command, id: string | undefined, options: RepublishOptions): Chosen {
  const { missed, type, order, from, to, key, yes, dryRun: dry } = options;
  if (key !== undefined && !/^[!-~]([ -~]{0,253}[!-~])?$/.test(key)) {
    command.error('error: --key must be 1 to 255 printable ASCII characters');
  }
  if (id !== undefined) {
    if ([missed, type, order, from, to].some((given) => given !== undefined)) {
      command.error('error: give an event, or --missed with its filters, but not both');
    }
    return { ids: [id] };
  }
  if (!missed || from === undefined) {
    command.error('error: give an event, or --missed and --from (and --to) for all that were missed in between');
  }
  refuseBackwards(command, options);
  if (!yes && !dry && !(process.stdin.isTTY && process.stderr.isTTY)) {
    command.error('error: without a terminal, give --yes to begin the job, or --dry-run to see it first');
  }
  const filter = { ...(type && { type }), ...(order && { porting_order_id: order }), from, ...(to && { to }) };
  return { filter: { missed: true, ...filter } };
}

async function republish({ api, screen }: Context, id: string, idempotencyKey: string): Promise<ExitCode> {
  await api.post(`/v2/porting/events/${segment(id)}/republish`, undefined, { idempotencyKey });
  if (screen.json) screen.document({ data: { id, outcome: 'sent', idempotency_key: idempotencyKey } });
  else screen.print(`sent: Telnyx was asked to send the notifications of ${shown(id)} again`);
  return EXIT.fine;
}

/** Telnyx's code for a request that is understood but cannot be carried out. */
const NOTHING_SELECTED = '10027';

type Selected = DryRun['first'][number];

const firstOf = (says: Column<Selected>): readonly Column<Selected>[] => [
  { head: 'time (UTC)', of: ({ created_at }) => instant(created_at) },
  { head: 'type', of: typeOf, least: 8, enough: 21 },
  says,
  { head: 'event', of: ({ id }) => id, id: true },
  { head: 'order', of: ({ porting_order_id }) => porting_order_id, id: true, spare: true },
];

/** What a job would do. An empty selection is no failure here. */
async function look(context: Context, chosen: Chosen): Promise<DryRun> {
  try {
    const body = { ...chosen, dry_run: true };
    return (await context.api.post<{ data: DryRun }>('/v2/republish-jobs', body, { repeat: true })).data;
  } catch (error) {
    if (!(error instanceof Failure) || error.errors[0]?.code !== NOTHING_SELECTED) throw error;
    if ('filter' in chosen) await sayUnknownTypes(context, [chosen.filter.type]);
    return { dry_run: true, total: 0, by_type: {}, first: [] };
  }
}

function showCounts(write: (text: string) => void, { total, by_type }: DryRun): void {
  write(`${counted(total, 'event')} would be republished`);
  for (const [type, count] of Object.entries(by_type)) write(`${String(count).padStart(7)}  ${shown(type)}`);
}

async function dryRun(context: Context, chosen: Chosen): Promise<ExitCode> {
  const { api, screen } = context;
  const found = await look(context, chosen);
  if (screen.json) screen.document({ data: found });
  else {
    showCounts(screen.print, found);
    if (found.first.length > 0) {
      screen.print();
      const events = await eventsById(
        api,
        found.first.map(({ id }) => id),
      );
      screen.table(firstOf(saysColumn(screen, events)), found.first);
    }
    if (found.total > found.first.length) screen.say(`These are the first ${found.first.length}.`);
  }
  return EXIT.fine;
}

async function republishMissed(context: Context, chosen: Chosen, key: string, yes?: true): Promise<ExitCode> {
  const { api, screen } = context;
  const found = await look(context, chosen);
  if (found.total === 0) {
    screen.say('Nothing was missed.');
    if (screen.json) screen.document({ data: found });
    return EXIT.fine;
  }
  if (!yes) {
    showCounts(screen.say, found);
    if (!(await agreed(context.surroundings, 'Telnyx may send e-mails again, too. Republish them? [y/N] '))) {
      throw new Failure(EXIT.bad, 'Nothing was republished.');
    }
  }
  const { data: job } = await api.post<{ data: Job }>('/v2/republish-jobs', chosen, { idempotencyKey: key });
  sayBegun(screen, job);
  return watchJob(context, job.id);
}

function sayBegun({ say }: Screen, { id, total }: Job): void {
  say(`job ${shown(id)}: ${counted(total, 'event')}`);
}
