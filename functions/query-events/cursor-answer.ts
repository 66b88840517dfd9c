import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { AuthorizedEvent } from '../http/authorize.ts';
import { type CsvColumn, csv, wantsCsv } from '../http/csv.ts';
import { cursorsOf } from '../http/cursor.ts';
import { json } from '../http/problem.ts';
import type { CursorPage, PageRequest } from '../ledger/table/cursor-page.ts';
import { orTooLarge } from './answer-size.ts';
import type { Resources } from './resources.ts';

/** A list with cursors, and which part of it is requested. */
export interface CursorRequest<Thing> {
  /** The list, with its filter and order: a cursor is valid for one scope only. */
  readonly scope: readonly unknown[];
  /** `after` is the value of page[after]. */
  readonly page: PageRequest;
  readonly read: (page: PageRequest) => Promise<CursorPage<Thing>>;
  /** How to show the page in CSV, if the request asks for that. */
  readonly inCsv?: { readonly request: AuthorizedEvent; readonly columns: readonly CsvColumn<Thing>[] };
}

/**
 * Answers a page as `{data, meta: {page_size, next}}`, or in CSV with the next page in the header `Link`.
 *
 * @param more further members of the list's `meta`
 * @throws a 422 for a cursor of another list, and for a page that is too large for an answer
 */
export async function answerPage<Thing>(
  { tokens }: Pick<Resources, 'tokens'>,
  { scope, page: { size, after }, read, inCsv }: CursorRequest<Thing>,
  more: () => Promise<object> = async () => ({}),
): Promise<APIGatewayProxyStructuredResultV2> {
  const cursors = cursorsOf(await tokens());
  const place = after === undefined ? undefined : cursors.open(scope, after)[0];
  return orTooLarge(size, async () => {
    const { things, next } = await read({ size, after: place });
    const cursor = next === undefined ? null : cursors.seal(scope, [next]);
    if (inCsv && wantsCsv(inCsv.request)) return csv(inCsv.columns, things, linkTo(inCsv.request, cursor));
    return json(200, { data: things, meta: { page_size: size, next: cursor, ...(await more()) } });
  });
}

/** Path and query of the page at a cursor. */
function linkTo({ rawPath, rawQueryString }: AuthorizedEvent, cursor: string | null): string | undefined {
  if (cursor === null) return undefined;
  const query = new URLSearchParams(rawQueryString);
  query.set('page[after]', cursor);
  return `${rawPath}?${query}`;
}
