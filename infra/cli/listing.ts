import type { Command } from 'commander';
import { type Context, DEFAULT_LIMIT, LIMIT, type Run } from './context.ts';
import { EXIT } from './failure.ts';
import { type Listed, readList } from './pages.ts';
import type { Screen } from './screen.ts';
import type { Column } from './table.ts';

/** Shows a list: the answer as it came, or a table and a note about what is left out. */
export function showList<Row>(
  { screen }: Context,
  listed: Listed<Row>,
  columns: readonly Column<Row>[],
  words: { readonly none: string; readonly more: string },
): void {
  if (screen.json) screen.document(listed);
  else if (listed.data.length === 0) screen.say(words.none);
  else {
    screen.table(columns, listed.data);
    if (listed.meta.more) screen.say(words.more);
  }
}

/** The note about what is left out of a list with `--limit`. */
export function moreThan(limit: number, total?: unknown): string {
  const inAll = typeof total === 'number' ? `: ${total} in all` : '';
  return `There are more${inAll}. Ask with a larger --limit than ${limit}.`;
}

/** Makes a command show the list at a path of the API, up to `--limit` rows. */
export function listsOf<Row>(
  command: Command,
  run: Run,
  { path, columns, none }: { path: string; columns: (screen: Screen) => readonly Column<Row>[]; none: string },
): void {
  command.option(...LIMIT).action(({ limit = DEFAULT_LIMIT }: { limit?: number }) =>
    run(async (context) => {
      const listed = await readList<Row>(context.api, path, {}, limit);
      showList(context, listed, columns(context.screen), { none, more: moreThan(limit) });
      return EXIT.fine;
    }),
  );
}
