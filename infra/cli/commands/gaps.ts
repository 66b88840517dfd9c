import { Option } from 'commander';
import type { DayOfGaps, Gap } from '../answers.ts';
import {
  type AddCommands,
  type Context,
  DEFAULT_LIMIT,
  FROM,
  filtersOf,
  LIMIT,
  ORDER,
  refuseBackwards,
  type Selection,
  TO,
  TYPE,
} from '../context.ts';
import { eventsById } from '../events-by-id.ts';
import { saysColumn, typeOf } from '../events-shown.ts';
import { EXIT } from '../failure.ts';
import { moreThan, showList } from '../listing.ts';
import { readList } from '../pages.ts';
import type { Column } from '../table.ts';
import { instant, shown } from '../text.ts';
import { sayUnknownTypes } from '../unknown-words.ts';

interface GapsOptions extends Selection {
  readonly kind: string;
  readonly limit?: number;
}

export const addGaps: AddCommands = (program, run) => {
  const command = program
    .command('gaps')
    .description(
      'notifications that never came (missed), came late (recovered), or about events never listed (unlisted)',
    )
    .addOption(
      new Option('--kind <kind>', 'which of them').choices(['missed', 'recovered', 'unlisted']).default('missed'),
    )
    .option(...TYPE)
    .option(...ORDER)
    .option(...FROM)
    .option(...TO)
    .option(...LIMIT)
    .action((options: GapsOptions) => {
      refuseBackwards(command, options);
      return run((context) => gaps(context, options));
    });
};

const columnsOf = (says: Column<Gap>): readonly Column<Gap>[] => [
  { head: 'time (UTC)', of: ({ created_at }) => instant(created_at) },
  { head: 'type', of: typeOf, least: 8, enough: 21 },
  says,
  { head: 'event', of: ({ id }) => id, id: true },
  { head: 'order', of: ({ porting_order_id }) => porting_order_id, id: true, spare: true },
  { head: 'known since', of: (gap) => instant(gap.recovered_at ?? gap.missed_at ?? gap.unlisted_at), spare: true },
  { head: 'healing', of: ({ healing }) => healing && (healing.outcome ?? 'asked'), spare: true },
];

const count = (name: 'missed' | 'recovered' | 'unlisted'): Column<DayOfGaps> => ({
  head: name,
  of: (day) => day[name],
  right: true,
});
const DAYS: readonly Column<DayOfGaps>[] = [
  { head: 'day', of: ({ day }) => day },
  count('missed'),
  count('recovered'),
  count('unlisted'),
];

async function gaps(context: Context, { kind, limit = DEFAULT_LIMIT, ...selection }: GapsOptions) {
  const query = { ...filtersOf(selection), 'filter[kind]': kind };
  const listed = await readList<Gap>(context.api, '/v2/gaps', query, limit);
  const { api, screen } = context;
  if (listed.data.length === 0) await sayUnknownTypes(context, [selection.type]);
  const days = ((listed.meta.by_day ?? []) as readonly DayOfGaps[]).filter(
    ({ missed, recovered, unlisted }) => missed + recovered + unlisted > 0,
  );
  if (!screen.json && days.length > 0) {
    screen.table(DAYS, days);
    if (listed.data.length > 0) screen.print();
  }
  const events = await eventsById(api, screen.json ? [] : listed.data.map(({ id }) => id));
  const columns = columnsOf(saysColumn(screen, events));
  showList(context, listed, columns, { none: `No ${shown(kind)} notifications.`, more: moreThan(limit) });
  return EXIT.fine;
}
