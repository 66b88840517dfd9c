import { hrefTo } from './address.ts';
import type { DayOfGaps, ShownGap } from './answers.ts';
import { useList } from './list.ts';
import { SendAgain } from './send-again.tsx';
import { Empty } from './states.tsx';
import { ListTable, type ShownColumn, Table } from './table.tsx';
import { When } from './when.tsx';

const DAY_COLUMNS: readonly ShownColumn<DayOfGaps>[] = [
  { head: 'Day (UTC)', of: ({ day }) => day },
  { head: 'Missed', of: ({ missed }) => missed },
  { head: 'Came late', of: ({ recovered }) => recovered },
  { head: 'Not in the list', of: ({ unlisted }) => unlisted },
];

const COLUMNS: readonly ShownColumn<ShownGap>[] = [
  { head: 'Event of', of: ({ created_at }) => <When at={created_at} /> },
  { head: 'Type', of: ({ event_type }) => event_type },
  { head: 'Given up', of: ({ missed_at }) => <When at={missed_at} /> },
  {
    head: 'Order',
    of: ({ porting_order_id: id }) => id && <a href={hrefTo(`orders/${id}`)}>{id.slice(0, 8)}…</a>,
  },
  { head: 'Event', of: ({ id }) => <code>{id}</code> },
];

/** Webhooks that never came, by day and one by one. The ledger has their events from the list. */
export function Missed() {
  const list = useList<ShownGap>('/v2/gaps', { 'filter[kind]': 'missed' });
  const days = (list.data?.[0]?.meta.by_day ?? []) as readonly DayOfGaps[];
  const some = days.filter(({ missed, recovered, unlisted }) => missed + recovered + unlisted > 0);
  return (
    <>
      <p class="quiet">
        Webhooks that did not come. Their events are all in the ledger, from Telnyx's list; what these webhooks would
        have told your other systems may be missing there.
      </p>
      {some.length > 0 && (
        <Table
          caption="Missed webhooks of the last 30 days"
          columns={DAY_COLUMNS}
          keyOf={({ day }) => day}
          things={some}
        />
      )}
      <SendAgain />
      <h2>One by one</h2>
      <ListTable
        caption="Missed webhooks, the newest event first"
        columns={COLUMNS}
        keyOf={({ id }) => id}
        list={list}
        empty={<Empty>No webhook is missed.</Empty>}
      />
    </>
  );
}
