import type { Order, ShownStatus } from '../answers.ts';
import { ask } from '../api.ts';
import { CsvButton } from '../csv-button.tsx';
import { ZONE } from '../instants.ts';
import { type List, useList } from '../list.ts';
import { useLive, useNow } from '../live.ts';
import { idOf, LAST_WORD, LEFT, NAME, NUMBERS, SUPPORT_KEY, WAITING, WRONG } from '../order-columns.tsx';
import { isAllZero, sentenceOf } from '../sentence.ts';
import { Empty, StateOf } from '../states.tsx';
import { ListTable } from '../table.tsx';
import type { ViewProps } from '../view-props.ts';

const PATH = '/v2/orders';
const QUERY = { 'filter[needs]': 'you', sort: 'act_by' };
const COLUMNS = [NAME, WRONG, LEFT, WAITING, LAST_WORD, NUMBERS, SUPPORT_KEY];

/** The first view: which orders need you, the soonest deadline first. */
export function NeedsYou({ summary, health }: Pick<ViewProps, 'summary' | 'health'>) {
  const list = useList<Order>(PATH, QUERY);
  const now = useNow();
  // Before it is known, "Nothing needs you" may be wrong.
  const isKnown = health.data !== undefined || health.error !== undefined;
  const isComplete = health.data?.last_complete_sync_age_seconds !== null;
  return (
    <>
      <h1 class="sentence" aria-live="polite">
        {summary.data && isKnown ? sentenceOf(summary.data, now, ZONE, isComplete) : 'Needs you'}
      </h1>
      {summary.data === undefined && <StateOf live={summary} />}
      <ListTable
        caption="Orders that need you, the soonest deadline first"
        columns={COLUMNS}
        keyOf={idOf}
        list={list}
        empty={<Nothing isAccountQuiet={summary.data !== undefined && isAllZero(summary.data)} />}
      />
      <Tools list={list} />
    </>
  );
}

function Tools({ list }: { readonly list: List<Order> }) {
  if (!list.data?.some(({ things }) => things.length > 0)) return null;
  return (
    <p class="tools">
      <CsvButton name="needs-you" path={PATH} query={QUERY} />
    </p>
  );
}

function Nothing({ isAccountQuiet }: { readonly isAccountQuiet: boolean }) {
  return isAccountQuiet ? <FirstDays /> : <Empty>Every order is on its way. Nothing to do here.</Empty>;
}

/** An account without an order that moves: it may be new, or its history is being read at this moment. */
function FirstDays() {
  const found = useLive('first-days', async (signal) => {
    const [orders, { data: status }] = await Promise.all([
      ask<{ data: readonly Order[] }>('/v2/orders?page[size]=1', { signal }),
      ask<{ data: ShownStatus }>('/v2/status', { signal }),
    ]);
    return { hasOrders: orders.data.length > 0, sync: status.sync };
  });
  if (found.data === undefined) return <StateOf live={found} />;
  const { hasOrders, sync } = found.data;
  if (sync.last_complete_at === null) {
    return <Empty>Orders appear here as the ledger reads the port-in events of your account for the first time.</Empty>;
  }
  if (hasOrders) return <Empty>Every order is done. Nothing to do here.</Empty>;
  return <Empty>There is no port-in order yet. The first one shows here within minutes of its first event.</Empty>;
}
