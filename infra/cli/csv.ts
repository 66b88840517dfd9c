import type { Query } from './api.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode, Failure } from './failure.ts';
import { pager } from './pages.ts';

export const CSV = ['--csv', 'as CSV for spreadsheets, all rows of it'] as const;

/** Prints all pages of a list in CSV, with one line of heads. */
export async function printCsv({ api, screen }: Context, path: string, query: Query = {}): Promise<ExitCode> {
  if (screen.json) throw new Failure(EXIT.usage, 'Give either --csv or --json.');
  const ask = pager((asked) => api.csv(path, { ...query, ...asked }), Number.POSITIVE_INFINITY);
  let after: string | undefined;
  do {
    const { page } = await ask(() => ({ 'page[after]': after }));
    screen.raw(after === undefined ? page.text : withoutHeads(page.text));
    if (page.next !== undefined && page.next === after) throw new Failure(EXIT.bad, `The pages of ${path} do not end.`);
    after = page.next;
  } while (after !== undefined);
  return EXIT.fine;
}

/** The heads are words, without line breaks. */
function withoutHeads(text: string): string {
  return text.slice(text.indexOf('\r\n') + 2);
}
