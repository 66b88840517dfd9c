import type { Order } from '../answers.ts';
import { ask } from '../api.ts';
import { ZONE } from '../instants.ts';
import { useLive, useNow } from '../live.ts';
import { LAST_WORD, LEFT, NAME, NUMBERS, SUPPORT_KEY, WAITING, WRONG } from '../order-columns.tsx';
import { OrderTable } from '../order-table.tsx';
import { isAllZero, sentenceOf } from '../sentence.ts';
import { Empty, StateOf } from '../states.tsx';
import type { ViewProps } from '../view-props.ts';

const QUERY = { 'filter[needs]': 'you', sort: 'act_by' };
const COLUMNS = [NAME, WRONG, LEFT, WAITING, LAST_WORD, NUMBERS, SUPPORT_KEY];

/** The first view: which orders need you, the soonest deadline first. */
export function NeedsYou({ summary, health }: Pick<ViewProps, 'summary' | 'health'>) {
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
      <OrderTable
        name="needs-you"
        query={QUERY}
        caption="Orders that need you, the soonest deadline first"
        columns={COLUMNS}
        empty={
          <Nothing isComplete={isComplete} isAccountQuiet={summary.data !== undefined && isAllZero(summary.data)} />
        }
      />
    </>
  );
}

function Nothing(account: { readonly isComplete: boolean; readonly isAccountQuiet: boolean }) {
  if (!account.isComplete) {
    return <Empty>Orders appear here as the ledger reads the port-in events of your account for the first time.</Empty>;
  }
  return account.isAccountQuiet ? <NothingMoves /> : <Empty>Every order is on its way. Nothing to do here.</Empty>;
}

/** An account in which no order moves: all may be done, or there may be none. */
function NothingMoves() {
  const any = useLive('any-order', async (signal) => {
    return (await ask<{ data: readonly Order[] }>('/v2/orders?page[size]=1', { signal })).data.length > 0;
  });
  if (any.data === undefined) return <StateOf live={any} />;
  if (any.data) return <Empty>Every order is done. Nothing to do here.</Empty>;
  return <Empty>There is no port-in order yet. The first one shows here within minutes of its first event.</Empty>;
}
