import type { Api, Query } from './api.ts';
import { EXIT, Failure } from './failure.ts';

/** The rows of a list, as far as it was read. */
export interface Listed<Row> {
  readonly data: readonly Row[];
  /** `more`: the limit cut off further rows. */
  readonly meta: Readonly<Record<string, unknown>> & { readonly more: boolean };
}

const LARGEST_PAGE = 100;

/**
 * Asks for one page after the other. When a page is too large for an answer, it halves the page size, from this page
 * on, down to one row.
 *
 * @param get asks for a page with these parameters
 * @returns a function that asks for a page and also gives its size; `place` says where a page of a given size begins
 */
export function pager<Page>(get: (query: Query) => Promise<Page>, limit: number) {
  let size = Math.min(LARGEST_PAGE, limit);
  return async function ask(place: (size: number) => Query): Promise<{ readonly page: Page; readonly size: number }> {
    for (;;) {
      try {
        return { page: await get({ 'page[size]': size, ...place(size) }), size };
      } catch (error) {
        if (size === 1 || !isTooLarge(error)) throw error;
        size = Math.floor(size / 2);
      }
    }
  };
}

function isTooLarge(error: unknown): boolean {
  if (!(error instanceof Failure)) return false;
  return error.errors.some(({ code, source }) => code === '10033' && source?.parameter === 'page[size]');
}

interface CursorPage<Row> {
  readonly data: readonly Row[];
  readonly meta: Readonly<Record<string, unknown>> & { readonly next: string | null };
}

/** Reads a list with cursor pages, up to `limit` rows. A row that moved while the list was read appears once. */
export async function readList<Row>(
  api: Api,
  path: string,
  query: Query,
  limit = Number.POSITIVE_INFINITY,
  keyOf: (row: Row) => unknown = (row) => (row as { id?: unknown }).id,
): Promise<Listed<Row>> {
  const rows = new Map<unknown, Row>();
  const ask = pager((place) => api.get<CursorPage<Row>>(path, { ...query, ...place }), limit);
  let first: CursorPage<Row>['meta'] | undefined;
  let after: string | undefined;
  for (;;) {
    const { page } = await ask(() => ({ 'page[after]': after }));
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
  readonly meta: Readonly<Record<string, unknown>> & {
    /** These two are absent when there is no list; a total is null when it is not known. */
    readonly page_number?: number;
    readonly total_pages?: number | null;
  };
}

/** Reads a list whose pages are numbered, up to `limit` rows. */
export async function readNumbered<Row>(
  api: Api,
  path: string,
  query: Query,
  limit: number,
  keyOf: (row: Row) => unknown = (row) => (row as { id?: unknown }).id,
): Promise<Listed<Row>> {
  const rows = new Map<unknown, Row>();
  const ask = pager((place) => api.get<NumberedPage<Row>>(path, { ...query, ...place }), limit);
  let read = 0;
  for (;;) {
    // A shorter page may begin before the end of the last one: no row is left out, and a row that is read twice appears
    // once.
    const { page, size } = await ask((size) => ({ 'page[number]': Math.floor(read / size) + 1 }));
    for (const row of page.data) rows.set(keyOf(row), row);
    const { page_number = 1, total_pages, ...meta } = page.meta;
    read = page_number * size;
    const ended = page_number >= (total_pages ?? Number.POSITIVE_INFINITY) || page.data.length === 0;
    if (ended || rows.size >= limit) return cut(rows, limit, !ended, meta);
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
