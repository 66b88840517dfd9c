import type { Rejection } from '../answers.ts';
import type { AddCommands } from '../context.ts';
import { listsOf } from '../listing.ts';
import type { Column } from '../table.ts';
import { instant } from '../text.ts';

const COLUMNS: readonly Column<Rejection>[] = [
  { head: 'last (UTC)', of: ({ last_at }) => instant(last_at) },
  { head: 'kind', of: ({ kind }) => kind },
  { head: 'times', of: ({ count }) => count, right: true },
  { head: 'reason', of: ({ reason }) => reason, least: 20, enough: 40 },
  { head: 'bytes', of: ({ body_bytes }) => body_bytes, right: true, spare: true },
  { head: 'first (UTC)', of: ({ first_at }) => instant(first_at), spare: true },
];

export const addRejections: AddCommands = (program, run) => {
  const command = program
    .command('rejections')
    .description(
      "refused requests at the webhook URL, signed bodies and listed records that are no event, other products' webhooks",
    );
  const none = 'None in the last 30 days.';
  listsOf<Rejection>(command, run, { path: '/v2/rejections', columns: () => COLUMNS, none });
};
