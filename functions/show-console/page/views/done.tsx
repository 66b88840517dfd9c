import { TERMINAL } from '../../../porting/acts.ts';
import type { Order } from '../answers.ts';
import { Choices } from '../choices.tsx';
import { CsvButton } from '../csv-button.tsx';
import { useList } from '../list.ts';
import { HERE_SINCE, idOf, NAME, NUMBERS, PLACE, PORTS, SUPPORT_KEY } from '../order-columns.tsx';
import { Empty } from '../states.tsx';
import { ListTable } from '../table.tsx';
import type { ViewProps } from '../view-props.ts';

const HOW = { '': 'All', ported: 'Ported', cancelled: 'Cancelled', deleted: 'Deleted' };
const COLUMNS = [NAME, PLACE, HERE_SINCE, PORTS, NUMBERS, SUPPORT_KEY];

/** What is over: ported, cancelled or deleted, the latest first. */
export function DoneOrders({ address, summary }: ViewProps) {
  const how = address.query.status ?? '';
  const query = { 'filter[status]': TERMINAL.includes(how) ? how : TERMINAL.join(',') };
  const list = useList<Order>('/v2/orders', query);
  return (
    <>
      <h1>Done</h1>
      {summary.data && <p aria-live="polite">{summary.data.ended_7d} in the last 7 days. The latest first.</p>}
      <Choices label="How it ended" path="done" name="status" value={how} values={HOW} />
      <ListTable
        caption="Orders that are done, the latest first"
        columns={COLUMNS}
        keyOf={idOf}
        list={list}
        empty={<Empty>No such order yet.</Empty>}
      />
      <p class="tools">
        <CsvButton name="done" path="/v2/orders" query={query} />
      </p>
    </>
  );
}
