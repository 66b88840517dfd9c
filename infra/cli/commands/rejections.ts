import type { Rejection } from '../answers.ts';
import { type AddCommands, DEFAULT_LIMIT, LIMIT } from '../context.ts';
import { EXIT } from '../failure.ts';
import { moreThan, showList } from '../listing.ts';
import { readList } from '../pages.ts';
import type { Column } from '../table.ts';
import { instant } from '../text.ts';

const COLUMNS: readonly Column<Rejection>[] = [
  { head: 'last (UTC)', of: ({ last_at }) => instant(last_at) },
  { head: 'kind', of: ({ kind }) => kind },
  { head: 'times', of: ({ count }) => count, right: true },
  { head: 'reason', of: ({ reason }) => reason, least: 20 },
  { head: 'bytes', of: ({ body_bytes }) => body_bytes, right: true, spare: true },
  { head: 'first (UTC)', of: ({ first_at }) => instant(first_at), spare: true },
];

export const addRejections: AddCommands = (program, run) => {
  program
    .command('rejections')
    .description(
      'requests at the webhook URL that were refused, signed ones that are no event, and listed records that are none',
    )
    .option(...LIMIT)
    .action(({ limit = DEFAULT_LIMIT }: { limit?: number }) =>
      run(async (context) => {
        const listed = await readList<Rejection>(context.api, '/v2/rejections', {}, limit);
        showList(context, listed, COLUMNS, { none: 'None in the last 30 days.', more: moreThan(limit) });
        return EXIT.fine;
      }),
    );
};
