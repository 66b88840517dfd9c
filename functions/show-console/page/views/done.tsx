import { TERMINAL } from '../../../porting/acts.ts';
import { Choices } from '../choices.tsx';
import { HERE_SINCE, NAME, NUMBERS, PLACE, PORTS, SUPPORT_KEY } from '../order-columns.tsx';
import { OrderTable } from '../order-table.tsx';
import { Empty } from '../states.tsx';
import type { ViewProps } from '../view-props.ts';

const HOW = { '': 'All', ported: 'Ported', cancelled: 'Cancelled', deleted: 'Deleted' };
const COLUMNS = [NAME, PLACE, HERE_SINCE, PORTS, NUMBERS, SUPPORT_KEY];

/** What is over: ported, cancelled or deleted, the latest first. */
export function DoneOrders({ address, summary }: ViewProps) {
  const how = address.query.status ?? '';
  const query = { 'filter[status]': TERMINAL.includes(how) ? how : TERMINAL.join(',') };
  return (
    <>
      <h1>Done</h1>
      {summary.data && <p aria-live="polite">{summary.data.ended_7d} in the last 7 days. The latest first.</p>}
      <Choices label="How it ended" path="done" name="status" value={how} values={HOW} />
      <OrderTable
        name="done"
        query={query}
        caption="Orders that are done, the latest first"
        columns={COLUMNS}
        empty={<Empty>No such order yet.</Empty>}
      />
    </>
  );
}
