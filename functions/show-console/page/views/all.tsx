import { useEffect, useRef, useState } from 'preact/hooks';
import { hrefTo } from '../address.ts';
import { CHANGED, NAME, NUMBERS, PLACE, PORTS, SUPPORT_KEY } from '../order-columns.tsx';
import { OrderTable } from '../order-table.tsx';
import { Empty } from '../states.tsx';
import type { ViewProps } from '../view-props.ts';

const COLUMNS = [NAME, PLACE, PORTS, NUMBERS, CHANGED, SUPPORT_KEY];
/** Typing pauses. */
const PAUSE_MS = 300;

/** All orders, and the search: by reference, support key or id, or how one of them begins. */
export function AllOrders({ address }: ViewProps) {
  const wanted = address.query.q ?? '';
  const query = { 'filter[q]': wanted || undefined };
  return (
    <>
      <h1>All orders</h1>
      <Search wanted={wanted} />
      <OrderTable
        name="orders"
        query={query}
        caption={wanted ? `Orders called ${wanted}, or beginning so` : 'All orders, the latest change first'}
        columns={COLUMNS}
        empty={
          <Empty>
            {wanted ? `No reference, support key or id begins with “${wanted}”.` : 'There is no order yet.'}
          </Empty>
        }
      />
    </>
  );
}

function Search({ wanted }: { readonly wanted: string }) {
  const [text, setText] = useState(wanted);
  const sent = useRef(wanted);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The back button changes the address, and so the box.
  useEffect(() => {
    if (wanted === sent.current) return;
    sent.current = wanted;
    setText(wanted);
  }, [wanted]);
  useEffect(() => () => clearTimeout(timer.current), []);

  function search(given: string, isFinal: boolean) {
    clearTimeout(timer.current);
    const go = () => {
      sent.current = given.trim();
      // One entry in the history for one search, however many letters it took.
      const url = hrefTo('all', { q: given.trim() });
      if (isFinal || wanted === '') location.hash = url;
      else {
        history.replaceState(null, '', url);
        dispatchEvent(new HashChangeEvent('hashchange'));
      }
    };
    if (isFinal) go();
    else timer.current = setTimeout(go, PAUSE_MS);
  }

  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          search(text, true);
        }}
      >
        <label for="search">Search by reference, support key or id</label>
        <input
          id="search"
          type="search"
          autocomplete="off"
          spellcheck={false}
          maxLength={200}
          value={text}
          onInput={({ currentTarget: { value } }) => {
            setText(value);
            search(value, false);
          }}
        />
      </form>
    </search>
  );
}
