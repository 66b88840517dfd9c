import { authorWords } from '../../porting/event-words.ts';
import { daysLeft, daysUntil } from '../../porting/local-day.ts';
import { needOf } from '../../porting/needs.ts';
import { orderName, supportKeyOf } from '../../porting/order-words.ts';
import { hrefTo } from './address.ts';
import type { Order } from './answers.ts';
import { Copyable } from './copy.tsx';
import { movedFrom } from './days.ts';
import { lengthOf, ZONE } from './instants.ts';
import { placeOf, waitingSince, wrongIn } from './places.ts';
import type { ShownColumn } from './table.tsx';
import { When } from './when.tsx';

type OrderColumn = ShownColumn<Order>;

export const idOf = ({ id }: Order) => id;

export const NAME: OrderColumn = {
  head: 'Order',
  of: (order) => (
    <a href={hrefTo(`orders/${order.id}`)} dir="auto">
      {orderName(order)}
    </a>
  ),
};

export const PLACE: OrderColumn = {
  head: 'Where it stands',
  of: (order) => {
    const place = placeOf(order, Date.now());
    return (
      <>
        <span class={place === 'Needs you' || place === 'Check with Telnyx' ? 'mark' : undefined}>{place}</span>
        <Overdue order={order} />
      </>
    );
  },
};

export const WRONG: OrderColumn = {
  head: 'What is wrong',
  of: (order) =>
    wrongIn(order, Date.now()).map((line) => (
      <span key={line} class="line" dir="auto">
        {line}
      </span>
    )),
};

/** A deadline this near stands out: a weekend may lie before it. */
const SOON_DAYS = 3;

export const LEFT: OrderColumn = {
  head: 'Time left',
  of: (order) => {
    const by = needOf(order, Date.now())?.by;
    if (!by) return <span class="quiet">no deadline</span>;
    return (
      <>
        <span class={`line strong ${daysUntil(by, Date.now(), ZONE) <= SOON_DAYS ? 'mark' : ''}`}>
          {daysLeft(by, Date.now(), ZONE)}
        </span>
        <When at={by} day />
      </>
    );
  },
};

/** Since when you are waited for. */
export const WAITING: OrderColumn = {
  head: 'Waiting since',
  of: (order) => <Since at={waitingSince(order, Date.now())} />,
};

/** Since when an order is where it is. */
export const HERE_SINCE: OrderColumn = {
  head: 'Since',
  of: (order) => (
    <>
      <Since at={order.status_since} />
      <Overdue order={order} />
    </>
  ),
};

function Overdue({ order: { overdue_since: since } }: { readonly order: Order }) {
  return since === null ? null : <span class="line mark">overdue</span>;
}

function Since({ at }: { readonly at: string | null }) {
  if (at === null) return null;
  return (
    <>
      <When at={at} day />
      <span class="line quiet">{lengthOf((Date.now() - Date.parse(at)) / 1000)}</span>
    </>
  );
}

export const LAST_WORD: OrderColumn = {
  head: 'Last word',
  of: ({ last_comment: last }) =>
    last && (
      <>
        <span class="line">{authorWords(last.by)}</span>
        <When at={last.at} />
      </>
    ),
};

export const NUMBERS: OrderColumn = { head: 'Numbers', of: ({ details }) => details?.number_count };

export const SUPPORT_KEY: OrderColumn = {
  head: 'Support key',
  of: (order) => {
    const key = supportKeyOf(order);
    return key && <Copyable text={key} what="support key" />;
  },
};

/** The date on which the numbers port, and where it stood before. */
export const PORTS: OrderColumn = {
  head: 'Ports',
  of: (order) => {
    const before = movedFrom(order);
    return (
      <>
        <When at={order.details?.foc_date} />
        {before && (
          <span class="line mark">
            moved from <When at={before} />
          </span>
        )}
      </>
    );
  },
};

export const WAITS_FOR: OrderColumn = {
  head: 'Waits for',
  of: ({ acts, details }) => (acts === 'losing_carrier' ? (details?.losing_carrier ?? 'The old carrier') : 'Telnyx'),
};

export const CHANGED: OrderColumn = { head: 'Last change', of: ({ changed_at }) => <When at={changed_at} /> };
