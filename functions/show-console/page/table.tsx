import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { List } from './list.ts';
import { StateOf } from './states.tsx';

export interface ShownColumn<Thing> {
  readonly head: string;
  readonly of: (thing: Thing) => ComponentChildren;
}

interface TableProps<Thing> {
  readonly caption: string;
  readonly columns: readonly ShownColumn<Thing>[];
  readonly keyOf: (thing: Thing) => string;
}

/** Groups of things as rows of one table, each group under its own head. */
export function GroupedTable<Thing>({
  groups,
  ...table
}: TableProps<Thing> & {
  readonly groups: readonly { readonly name: string; readonly things: readonly Thing[] }[];
}) {
  return (
    <table>
      <Heads {...table} />
      {groups.map(({ name, things }) => (
        <tbody key={name}>
          <tr>
            <th class="day" scope="rowgroup" colSpan={table.columns.length}>
              {name} <span class="quiet">{things.length}</span>
            </th>
          </tr>
          <Rows {...table} things={things} />
        </tbody>
      ))}
    </table>
  );
}

/** Things as rows. The first column names the row; on a narrow screen each row is a card. */
export function Table<Thing>({ things, ...table }: TableProps<Thing> & { readonly things: readonly Thing[] }) {
  return (
    <table>
      <Heads {...table} />
      <tbody>
        <Rows {...table} things={things} />
      </tbody>
    </table>
  );
}

/** A list as rows, a `tbody` for each page. The next page loads as the end of the last one comes near. */
export function ListTable<Thing>({
  list,
  empty,
  ...table
}: TableProps<Thing> & { readonly list: List<Thing>; readonly empty: ComponentChildren }) {
  const { data: pages } = list;
  const isEmpty = pages?.every(({ things }) => things.length === 0) && !list.hasMore;
  return (
    <>
      <StateOf live={list} />
      {isEmpty && empty}
      {pages && !isEmpty && (
        <table>
          <Heads {...table} />
          {pages.map(({ things }, index) => (
            // By its place, not by where it begins: a refresh that moves its beginning must not lose the focus in it.
            <tbody key={index} ref={list.shownBy(index)}>
              <Rows {...table} things={things} />
            </tbody>
          ))}
        </table>
      )}
      <More list={list} />
    </>
  );
}

function Heads<Thing>({ caption, columns }: TableProps<Thing>) {
  return (
    <>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ head }) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
    </>
  );
}

function Rows<Thing>({ columns, keyOf, things }: TableProps<Thing> & { readonly things: readonly Thing[] }) {
  return (
    <>
      {things.map((thing) => (
        <tr key={keyOf(thing)}>
          {columns.map(({ head, of }, index) =>
            index === 0 ? (
              <th key={head} scope="row">
                {of(thing)}
              </th>
            ) : (
              <td key={head} data-head={head}>
                {of(thing)}
              </td>
            ),
          )}
        </tr>
      ))}
    </>
  );
}

/** Loads more as it comes near the screen; the button is for keyboards, and for when that failed. */
export function More<Thing>({ list }: { readonly list: List<Thing> }) {
  const place = useRef<HTMLParagraphElement>(null);
  const more = useRef(list.more);
  more.current = list.more;
  const pages = list.data?.length ?? 0;
  useEffect(() => {
    if (!place.current) return;
    const watching = new IntersectionObserver(([seen]) => seen?.isIntersecting && more.current(), {
      rootMargin: '600px',
    });
    watching.observe(place.current);
    return () => watching.disconnect();
    // Watched anew after each page: a page may be shorter than the margin.
  }, [pages]);
  if (!list.hasMore) return null;
  return (
    <p ref={place} class="more">
      <button type="button" class="plain" onClick={list.more}>
        Load more
      </button>
    </p>
  );
}
