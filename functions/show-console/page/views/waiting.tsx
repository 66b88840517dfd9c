import { statusesWaitingFor } from '../../../porting/acts.ts';
import { Choices } from '../choices.tsx';
import { HERE_SINCE, LAST_WORD, NAME, NUMBERS, SUPPORT_KEY, WAITS_FOR } from '../order-columns.tsx';
import { OrderTable } from '../order-table.tsx';
import { Empty } from '../states.tsx';
import type { ViewProps } from '../view-props.ts';

const WHOM = { '': 'Both', telnyx: 'Telnyx', carrier: 'The old carrier' };
const STATUSES: Readonly<Record<string, readonly string[]>> = {
  telnyx: statusesWaitingFor('telnyx'),
  carrier: statusesWaitingFor('losing_carrier'),
};
const COLUMNS = [NAME, WAITS_FOR, HERE_SINCE, LAST_WORD, NUMBERS, SUPPORT_KEY];

/** What waits for Telnyx or the old carrier, the longest unchanged first. */
export function WaitingForOthers({ address, summary }: ViewProps) {
  const whom = address.query.for ?? '';
  const statuses = STATUSES[whom] ?? Object.values(STATUSES).flat();
  const query = { 'filter[status]': statuses.join(','), sort: 'changed_at' };
  const { waiting_for_telnyx: telnyx, waiting_for_losing_carrier: carrier } = summary.data ?? {};
  return (
    <>
      <h1>Waiting for others</h1>
      {telnyx !== undefined && (
        <p aria-live="polite">
          {telnyx} for Telnyx, {carrier} for the old carrier. The longest unchanged first.
        </p>
      )}
      <Choices label="Waiting for" path="waiting" name="for" value={whom} values={WHOM} />
      <OrderTable
        name="waiting"
        query={query}
        caption="Orders that wait for others, the longest unchanged first"
        columns={COLUMNS}
        empty={<Empty>No order waits for others.</Empty>}
      />
    </>
  );
}
