import type { Context } from './context.ts';
import type { Listed } from './pages.ts';
import type { Column } from './table.ts';

/** Shows a list: as it was answered, or as a table with a word about what is left out. */
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

/** The word about what is left out, of a list with `--limit`. */
export function moreThan(limit: number, total?: unknown): string {
  return `There are more${typeof total === 'number' ? `: ${total} in all` : ''}. Ask with a larger --limit than ${limit}.`;
}
