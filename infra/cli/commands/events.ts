import type { LedgerEvent } from '../answers.ts';
import {
  type AddCommands,
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
import { eventColumns } from '../events-shown.ts';
import { EXIT } from '../failure.ts';
import { moreThan, showList } from '../listing.ts';
import { readNumbered } from '../pages.ts';
import { sayUnknownTypes } from '../unknown-words.ts';

interface EventsOptions extends Selection {
  readonly limit?: number;
}

export const addEvents: AddCommands = (program, run) => {
  const command = program
    .command('events')
    .description('the events, newest first')
    .option(...TYPE)
    .option(...ORDER)
    .option(...FROM)
    .option(...TO)
    .option(...LIMIT)
    .action(({ limit = DEFAULT_LIMIT, ...selection }: EventsOptions) => {
      refuseBackwards(command, selection);
      return run(async (context) => {
        const listed = await readNumbered<LedgerEvent>(context.api, '/v2/porting/events', filtersOf(selection), limit);
        if (listed.data.length === 0) await sayUnknownTypes(context, [selection.type]);
        showList(context, listed, eventColumns(context.screen, true), {
          none: 'No such events.',
          more: moreThan(limit, listed.meta.total_results),
        });
        return EXIT.fine;
      });
    });
};
