import { expect } from 'vitest';
import type { Reader } from './reader.ts';

/** The `meta` of a page in a list that is paged by a cursor. */
export interface CursorMeta {
  readonly page_size: number;
  readonly next: string | null;
  readonly [member: string]: unknown;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** A path with these parameters, encoded as a browser encodes them. */
export function target(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path;
}

/** One page. */
export async function pageOf<Thing>(
  reader: Pick<Reader, 'get'>,
  path: string,
  query: Query = {},
): Promise<{ data: readonly Thing[]; meta: CursorMeta }> {
  const answer = await reader.get(target(path, query));
  expect(answer.status, answer.text).toBe(200);
  return { data: answer.body.data as readonly Thing[], meta: answer.body.meta as CursorMeta };
}

/** All pages to the end, each as answered. Calls `between` after each page. */
export async function walk<Thing>(
  reader: Pick<Reader, 'get'>,
  path: string,
  query: Query = {},
  between: () => Promise<unknown> = async () => {},
): Promise<readonly (readonly Thing[])[]> {
  const pages: (readonly Thing[])[] = [];
  const cursors = new Set<string>();
  let after: string | undefined;
  do {
    const { data, meta } = await pageOf<Thing>(reader, path, { ...query, 'page[after]': after });
    expect(data.length).toBeLessThanOrEqual(meta.page_size);
    pages.push(data);
    after = meta.next ?? undefined;
    if (after !== undefined) {
      expect(cursors, 'a page leads to a page that was already read').not.toContain(after);
      cursors.add(after);
    }
    await between();
  } while (after !== undefined);
  return pages;
}
