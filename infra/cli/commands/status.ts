import type { Status } from '../answers.ts';
import type { AddCommands, Context } from '../context.ts';
import { EXIT } from '../failure.ts';
import { counted, distance, duration, instant, shown } from '../text.ts';
import { judge } from '../well.ts';
import { runColumns } from './sync-runs.ts';

export const addStatus: AddCommands = (program, run) => {
  program
    .command('status')
    .description('is everything well, and what is not (then the exit code is 1)')
    .action(() => run(status));
};

async function status({ api, screen }: Context) {
  const { data } = await api.get<{ data: Status }>('/v2/status');
  const { wrong, worthALook } = judge(data);
  const well = wrong.length === 0;
  const { print, paint } = screen;
  if (screen.json) screen.document({ data, well, wrong, worth_a_look: worthALook });
  else {
    print(well ? paint('green', 'All is well.') : paint('red', 'Not well:'));
    for (const line of wrong) print(`  ${line}`);
    if (worthALook.length > 0) print(paint('yellow', 'Worth a look:'));
    for (const line of worthALook) print(`  ${line}`);
    print();
    for (const [name, words] of linesOf(data)) print(`${paint('dim', name.padEnd(12))} ${words}`);
    if (data.sync.last_runs.length > 0) {
      print();
      screen.table(runColumns(screen), data.sync.last_runs);
    }
  }
  return well ? EXIT.fine : EXIT.bad;
}

function linesOf(data: Status): [string, string][] {
  const { sync, publishing, gaps, rejections, upstream, healing } = data;
  const oldest = publishing.oldest_unpublished_seconds;
  const last = sync.last_complete_at === null ? 'never complete' : `complete ${distance(sync.last_complete_at)}`;
  const through = sync.complete_through && `, knows all up to ${instant(sync.complete_through)} UTC`;
  const fault = upstream.last_fault;
  return [
    ['sync', `${last}${through ?? ''}${sync.running ? ', running now' : ''}`],
    ['publishing', `${publishing.unpublished} waiting${oldest ? `, the oldest for ${duration(oldest)}` : ''}`],
    [
      'gaps',
      `24 h: ${gaps.missed_24h} missed, ${gaps.recovered_24h} recovered, ${gaps.unlisted_24h} unlisted; ${gaps.awaiting} awaited`,
    ],
    ['rejections', `24 h: ${rejections.refused_24h} refused, ${rejections.unreadable_24h} unreadable`],
    ['upstream', fault ? `last fault ${distance(fault.at)}: ${shown(fault.fault)}` : 'no fault known'],
    [
      'webhook ids',
      { true: 'those of the list', false: 'not those of the list', null: 'not known yet' }[String(data.ids_agree)] ??
        '',
    ],
    [
      'channels',
      data.channels.map((one) => `${shown(one.event_type)} (${distance(one.last_at)})`).join(', ') || 'no webhook yet',
    ],
    [
      'healing',
      healing.mode === 'off' ? 'off' : `${shown(healing.mode)}, ${healing.asked_today} of ${healing.per_day} today`,
    ],
    ['overdue', counted(data.overdue_orders, 'order')],
  ];
}
