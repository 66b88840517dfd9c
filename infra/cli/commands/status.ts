import type { ShownSummary, Status } from '../answers.ts';
import type { AddCommands, Context } from '../context.ts';
import { typeOf } from '../events-shown.ts';
import { EXIT } from '../failure.ts';
import { showFindings } from '../findings-shown.ts';
import { counted, distance, duration, instant, shown } from '../text.ts';
import { runColumns } from './sync-runs.ts';

export const addStatus: AddCommands = (program, run) => {
  program
    .command('status')
    .description('is everything well, and what is not (then the exit code is 1)')
    .action(() => run(status));
};

async function status({ api, screen }: Context) {
  const { data } = await api.get<{ data: Status }>('/v2/status');
  const { print, paint } = screen;
  if (screen.json) screen.document({ data });
  else {
    const { data: orders } = await api.get<{ data: ShownSummary }>('/v2/orders/summary');
    print(data.well ? paint('green', 'All is well.') : paint('red', 'Not well:'));
    showFindings(data.findings, screen);
    print();
    for (const [name, words] of [...ordersIn(orders), ...linesOf(data)])
      print(`${paint('dim', name.padEnd(12))} ${words}`);
    if (data.sync.last_runs.length > 0) {
      print();
      screen.table(runColumns(screen), data.sync.last_runs);
    }
    const [first] = data.findings;
    if (first) screen.say(`\nThe runbook has an entry for each: ${shown(first.runbook)}`);
  }
  return data.well ? EXIT.fine : EXIT.bad;
}

function ordersIn({ needs_you, next_deadline, ...waiting }: ShownSummary): [string, string][] {
  const next = next_deadline === null ? '' : `, the next until ${instant(next_deadline)} UTC`;
  const { waiting_for_telnyx: telnyx, waiting_for_losing_carrier: carrier, foc_dates: dates } = waiting;
  const within = (days: number) => dates.slice(0, days).reduce((sum, { orders }) => sum + orders, 0);
  return [
    ['needs you', `${counted(needs_you, 'order')}${next}`],
    ['porting', `${counted(within(7), 'order')} within 7 days, ${within(14)} within 14`],
    ['waiting', `${telnyx} for Telnyx, ${carrier} for the old carrier`],
  ];
}

function linesOf(data: Status): [string, string][] {
  const { sync, publishing, gaps, rejections, upstream, healing } = data;
  const many = (name: string, count: number): string =>
    data.at_least.includes(name) ? `at least ${count}` : `${count}`;
  const oldest = publishing.oldest_unpublished_seconds;
  const last = sync.last_complete_at === null ? 'never complete' : `complete ${distance(sync.last_complete_at)}`;
  const through = sync.complete_through && `, knows all up to ${instant(sync.complete_through)} UTC`;
  const fault = upstream.last_fault;
  const until = upstream.rate_limited_until && `; takes no requests until ${instant(upstream.rate_limited_until)} UTC`;
  const ofGaps = [
    `${many('gaps.missed_24h', gaps.missed_24h)} missed`,
    `${many('gaps.recovered_24h', gaps.recovered_24h)} recovered`,
    `${many('gaps.unlisted_24h', gaps.unlisted_24h)} unlisted`,
  ];
  const ofRejections = [
    `${many('rejections.refused_24h', rejections.refused_24h)} refused`,
    `${many('rejections.unreadable_24h', rejections.unreadable_24h)} unreadable`,
    `${many('rejections.listed_24h', rejections.listed_24h)} of the list`,
    ...(rejections.other_family_latest === null
      ? []
      : [
          `${many('rejections.other_family_24h', rejections.other_family_24h)} of another product, ` +
            `the latest ${shown(rejections.other_family_latest)}`,
        ]),
  ];
  const waiting = many('publishing.unpublished', publishing.unpublished);
  const undecided = many('publishing.undecided_orders', publishing.undecided_orders);
  const ofPublishing = [
    `${waiting} waiting${oldest ? `, the oldest for ${duration(oldest)}` : ''}`,
    ...(undecided === '0' ? [] : [`orders that may need you, once the list is read: ${undecided}`]),
  ];
  return [
    ['sync', `${last}${through ?? ''}${sync.running ? ', running now' : ''}`],
    ...sync.open_spans.map(({ id, from, to }): [string, string] => [
      'open span',
      `${instant(from)} to ${instant(to)} UTC: events may be missing; ${shown(id)}`,
    ]),
    ['publishing', ofPublishing.join('; ')],
    ['gaps', `24 h: ${ofGaps.join(', ')}; ${many('gaps.awaiting', gaps.awaiting)} awaited`],
    ['rejections', `24 h: ${ofRejections.join(', ')}`],
    [
      'upstream',
      `${fault ? `last fault ${distance(fault.at)}: ${shown(fault.fault)}` : 'no fault known'}${until ?? ''}`,
    ],
    ['webhook ids', IDS[String(data.ids_agree)] ?? ''],
    [
      'channels',
      data.channels.map((one) => `${typeOf(one)} (${distance(one.last_at)})`).join(', ') || 'no webhook yet',
    ],
    [
      'healing',
      healing.mode === 'off' ? 'off' : `${shown(healing.mode)}, ${healing.asked_today} of ${healing.per_day} today`,
    ],
    ['overdue', `${many('overdue_orders', data.overdue_orders)} ${data.overdue_orders === 1 ? 'order' : 'orders'}`],
  ];
}

const IDS: Readonly<Record<string, string>> = {
  true: 'those of the list',
  false: 'not those of the list',
  null: 'not known yet',
};
