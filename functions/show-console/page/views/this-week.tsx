import type { Order } from '../answers.ts';
import { CsvButton } from '../csv-button.tsx';
import { byDay } from '../days.ts';
import { ZONE } from '../instants.ts';
import { useList } from '../list.ts';
import { useNow } from '../live.ts';
import { idOf, NAME, NUMBERS, PLACE, PORTS, SUPPORT_KEY } from '../order-columns.tsx';
import { Empty, StateOf } from '../states.tsx';
import { GroupedTable, More } from '../table.tsx';
import type { ViewProps } from '../view-props.ts';

const DAYS = 14;
/** An order whose date passed longer ago is overdue, which its place says. */
const DAYS_BEFORE = 30;
const COLUMNS = [NAME, PORTS, PLACE, NUMBERS, SUPPORT_KEY];

/** What ports when: the orders with a date within 14 days, by day; before them, those whose date has passed. */
export function ThisWeek({ summary }: Pick<ViewProps, 'summary'>) {
  const now = useNow(60_000);
  const query = spanAround(now);
  const list = useList<Order>('/v2/orders', query);
  const days = byDay(list.data?.flatMap(({ things }) => things) ?? [], now, ZONE);
  const isUnknown = summary.data?.details_as_of === null;
  return (
    <>
      <h1>What ports in the next {DAYS} days</h1>
      <StateOf live={list} />
      {list.data && days.length === 0 && (
        <Empty>
          {isUnknown
            ? 'No date is known. Dates are in the orders at Telnyx, which this ledger has not read: order details may be off.'
            : 'No order has a date in these days.'}
        </Empty>
      )}
      {days.length > 0 && (
        <GroupedTable
          caption="Orders by the day on which they port"
          columns={COLUMNS}
          keyOf={idOf}
          groups={days.map(({ name, orders }) => ({ name, things: orders }))}
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

/** To the end of the last day, in the reader's time. The text changes once a day. */
function spanAround(now: number) {
  const beginOf = (daysAhead: number) => {
    const day = new Date(now);
    day.setHours(0, 0, 0, 0);
    day.setDate(day.getDate() + daysAhead);
    return day;
  };
  return {
    'filter[foc][gte]': beginOf(-DAYS_BEFORE).toISOString(),
    'filter[foc][lte]': new Date(beginOf(DAYS).getTime() - 1).toISOString(),
    sort: 'foc',
  };
}
