import type { ComponentChildren } from 'preact';
import type { Order } from './answers.ts';
import { CsvButton } from './csv-button.tsx';
import { useList } from './list.ts';
import { idOf } from './order-columns.tsx';
import { ListTable, type ShownColumn } from './table.tsx';

const PATH = '/v2/orders';

/** A list of orders, with a button that saves the whole of it. */
export function OrderTable({
  name,
  query,
  ...table
}: {
  /** Of the file. */
  readonly name: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly caption: string;
  readonly columns: readonly ShownColumn<Order>[];
  readonly empty: ComponentChildren;
}) {
  const list = useList<Order>(PATH, query);
  return (
    <>
      <ListTable {...table} keyOf={idOf} list={list} />
      {list.data?.some(({ things }) => things.length > 0) && (
        <p class="tools">
          <CsvButton name={name} path={PATH} query={query} />
        </p>
      )}
    </>
  );
}
