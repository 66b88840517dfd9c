import { useRef } from 'preact/hooks';
import { ask, withQuery } from './api.ts';
import { type Live, useLive } from './live.ts';

/** A page of a list: where it begins, and where the next one does (null at the end). */
export interface LoadedPage<Thing> {
  readonly after: string | null;
  readonly things: readonly Thing[];
  readonly next: string | null;
  readonly meta: Readonly<Record<string, unknown>>;
}

export interface List<Thing> extends Live<readonly LoadedPage<Thing>[]> {
  readonly hasMore: boolean;
  /** Loads one page more. */
  readonly more: () => void;
  /** Notes the element that shows a page: only pages on screen are refreshed. */
  readonly shownBy: (index: number) => (element: Element | null) => void;
}

interface Answer<Thing> {
  readonly data: readonly Thing[];
  readonly meta: { readonly next?: string | null } & Readonly<Record<string, unknown>>;
}

const PAGE_SIZE = '50';

/**
 * A list with cursors, page by page. A refresh reads the pages on screen, each from where it began; when the last of
 * them ends elsewhere than before, what followed is dropped and loads again as the reader scrolls to it.
 */
export function useList<Thing>(path: string, query: Readonly<Record<string, string | undefined>>): List<Thing> {
  const elements = useRef(new Map<number, Element>());
  const wanted = useRef(false);
  const live = useLive<readonly LoadedPage<Thing>[]>(withQuery(path, query), async (signal, held = []) => {
    const read = async (after: string | null): Promise<LoadedPage<Thing>> => {
      const asked = withQuery(path, { ...query, 'page[size]': PAGE_SIZE, 'page[after]': after ?? undefined });
      const { data, meta } = await ask<Answer<Thing>>(asked, { signal });
      return { after, things: data, next: meta.next ?? null, meta };
    };
    const last = held.at(-1);
    if (last === undefined) return [await read(null)];
    if (wanted.current) {
      wanted.current = false;
      return last.next === null ? held : [...held, await read(last.next)];
    }
    const isShown = held.map((_, index) => isOnScreen(elements.current.get(index)));
    const from = Math.max(0, isShown.indexOf(true));
    const to = Math.max(from, isShown.lastIndexOf(true));
    const fresh: LoadedPage<Thing>[] = [];
    let after = held[from]?.after ?? null;
    for (let index = from; index <= to; index += 1) {
      const page = await read(after);
      fresh.push(page);
      if (page.next === null) return [...held.slice(0, from), ...fresh];
      after = page.next;
    }
    const rest = held.slice(to + 1);
    return [...held.slice(0, from), ...fresh, ...(rest[0]?.after === after ? rest : [])];
  });
  return {
    ...live,
    hasMore: live.data?.at(-1)?.next != null,
    more: () => {
      wanted.current = true;
      live.reload();
    },
    shownBy: (index) => (element) => {
      if (element) elements.current.set(index, element);
      else elements.current.delete(index);
    },
  };
}

/** A page that has no element of its own counts as shown. */
function isOnScreen(element: Element | undefined): boolean {
  const box = element?.getBoundingClientRect();
  return box === undefined || (box.bottom > 0 && box.top < innerHeight);
}
