import { dayAfter } from '../../../porting/day.ts';
import { daysUntil, localDayOf } from '../../../porting/local-day.ts';
import type { Order } from '../answers.ts';
import { CsvButton } from '../csv-button.tsx';
import { byDay } from '../days.ts';
import { dayWords, ZONE } from '../instants.ts';
import { useList } from '../list.ts';
import { useNow } from '../live.ts';
import { idOf, NAME, NUMBERS, PLACE, PORTS, SUPPORT_KEY } from '../order-columns.tsx';
import { Empty, StateOf } from '../states.tsx';
import { GroupedTable, More } from '../table.tsx';

const DAYS = 14;
const COLUMNS = [NAME, PORTS, PLACE, NUMBERS, SUPPORT_KEY];

/** What ports when: the orders with a date within 14 days, by day. */
export function ThisWeek() {
  const now = useNow(60_000);
  const query = spanFrom(now);
  const list = useList<Order>('/v2/orders', query);
  const days = byDay(list.data?.flatMap(({ things }) => things) ?? [], ZONE);
  return (
    <>
      <h1>What ports in the next {DAYS} days</h1>
      <StateOf live={list} />
      {list.data && days.length === 0 && (
        <Empty>
          No order has a date in these days. Dates come from Telnyx's orders: if order details are switched off, the
          ledger knows none.
        </Empty>
      )}
      {days.length > 0 && (
        <GroupedTable
          caption="Orders by the day on which they port"
          columns={COLUMNS}
          keyOf={idOf}
          groups={days.map(({ at, orders }) => ({ name: dayNamed(at, now), things: orders }))}
        />
      )}
      <More list={list} />
      {days.length > 0 && (
        <p class="tools">
          <CsvButton name="this-week" path="/v2/orders" query={query} />
        </p>
      )}
    </>
  );
}

/** From the beginning of today, in the reader's time, to the end of the last day. The text changes once a day. */
function spanFrom(now: number) {
  const today = localDayOf(now, ZONE);
  let after = today;
  for (let count = 0; count < DAYS; count += 1) after = dayAfter(after);
  // Without a zone at its end, the browser reads its own.
  const [from, to] = [today, after].map((day) => new Date(`${day}T00:00:00`).getTime());
  return {
    'filter[foc][gte]': new Date(from ?? 0).toISOString(),
    'filter[foc][lte]': new Date((to ?? 0) - 1).toISOString(),
    sort: 'foc',
  };
}

function dayNamed(at: string, now: number): string {
  const name = dayWords(at, now, ZONE);
  const ahead = daysUntil(at, now, ZONE);
  return ahead === 0 ? `Today, ${name}` : ahead === 1 ? `Tomorrow, ${name}` : name;
}
