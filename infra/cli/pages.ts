import type { Api, Query } from './api.ts';
import { EXIT, Failure } from './failure.ts';

/** What a list held, as far as it was read. */
export interface Listed<Row> {
  readonly data: readonly Row[];
  /** `more`: rows are left that the limit cut off. */
  readonly meta: Readonly<Record<string, unknown>> & { readonly more: boolean };
}

/** Far from the size at which an answer is too large, also when every comment is long. */
export const LARGEST_PAGE = 100;

interface CursorPage<Row> {
  readonly data: readonly Row[];
  readonly meta: Readonly<Record<string, unknown>> & { readonly next: string | null };
}

/** Reads a list with cursor pages, up to so many rows. A row that moved while the list was read comes once. */
export async function readList<Row>(
  api: Api,
  path: string,
  query: Query,
  limit = Number.POSITIVE_INFINITY,
  keyOf: (row: Row) => unknown = (row) => (row as { id?: unknown }).id,
): Promise<Listed<Row>> {
  const rows = new Map<unknown, Row>();
  const size = Math.min(LARGEST_PAGE, limit);
  let first: CursorPage<Row>['meta'] | undefined;
  let after: string | undefined;
  for (;;) {
    const asked = { ...query, 'page[size]': size, 'page[after]': after };
    const page: CursorPage<Row> = await api.get(path, asked);
    for (const row of page.data) rows.set(keyOf(row), row);
    first ??= page.meta;
    const next = page.meta.next ?? undefined;
    if (next === undefined || rows.size >= limit) return cut(rows, limit, next !== undefined, first);
    if (next === after) throw new Failure(EXIT.bad, `The pages of ${path} do not end.`);
    after = next;
  }
}

interface NumberedPage<Row> {
  readonly data: readonly Row[];
  readonly meta: { readonly page_number: number; readonly total_pages: number; readonly total_results: number };
}

/** Reads the list of events, whose pages are numbers, up to so many rows. */
export async function readNumbered<Row extends { readonly id: string }>(
  api: Api,
  path: string,
  query: Query,
  limit: number,
): Promise<Listed<Row>> {
  const rows = new Map<unknown, Row>();
  const size = Math.min(LARGEST_PAGE, limit);
  for (let number = 1; ; number += 1) {
    const page: NumberedPage<Row> = await api.get(path, { ...query, 'page[size]': size, 'page[number]': number });
    for (const row of page.data) rows.set(row.id, row);
    const { total_pages, total_results } = page.meta;
    const ended = number >= total_pages || page.data.length === 0;
    if (ended || rows.size >= limit) return cut(rows, limit, !ended, { total_results });
  }
}

function cut<Row>(
  rows: ReadonlyMap<unknown, Row>,
  limit: number,
  isMore: boolean,
  { next: _, page_size: __, ...meta }: Readonly<Record<string, unknown>>,
): Listed<Row> {
  const data = [...rows.values()].slice(0, limit);
  return { data, meta: { ...meta, more: isMore || rows.size > limit } };
}
