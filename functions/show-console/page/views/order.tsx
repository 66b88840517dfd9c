import { useEffect } from 'preact/hooks';
import { daysLeft } from '../../../porting/local-day.ts';
import { needOf } from '../../../porting/needs.ts';
import { orderName, supportKeyOf } from '../../../porting/order-words.ts';
import type { LedgerEvent, Order } from '../answers.ts';
import { ask } from '../api.ts';
import { Copyable } from '../copy.tsx';
import { CsvButton } from '../csv-button.tsx';
import { movedFrom } from '../days.ts';
import { ZONE } from '../instants.ts';
import { useList } from '../list.ts';
import { useLive, useNow } from '../live.ts';
import { OrderLink } from '../order-link.tsx';
import { placeOf, wrongIn } from '../places.ts';
import { StateOf } from '../states.tsx';
import { type Step, stepsOf } from '../steps.ts';
import { HowWeKnow, Story } from '../story.tsx';
import { More } from '../table.tsx';
import { When } from '../when.tsx';

/**
 * One order: where it stands, its way, and its story. Notices link here.
 *
 * @param named is called with what people call the order, once it is known
 */
export function OrderPage({ id, named }: { readonly id: string; readonly named: (name: string) => void }) {
  const path = `/v2/orders/${encodeURIComponent(id)}`;
  const live = useLive(path, async (signal) => (await ask<{ data: Order }>(path, { signal })).data);
  const list = useList<LedgerEvent>(`${path}/events`, { sort: 'created_at' });
  const events = list.data?.flatMap(({ things }) => things) ?? [];
  const name = live.data && orderName(live.data);
  useEffect(() => {
    if (name !== undefined) named(name);
  }, [name]);
  if (live.data === undefined) {
    return (
      <>
        <h1>Order</h1>
        <StateOf live={live} />
      </>
    );
  }
  return (
    <>
      <h1 dir="auto">{name}</h1>
      <StateOf live={live} />
      <Standing order={live.data} />
      <Steps steps={stepsOf(live.data, events)} />
      <Facts order={live.data} />
      <h2>The story</h2>
      <StateOf live={list} />
      <Story events={events} ownId={id} />
      <More list={list} />
      <HowWeKnow order={live.data} events={events} />
      <p class="tools">
        <CsvButton name={`order-${id}`} path={`${path}/events`} query={{ sort: 'created_at' }} />
      </p>
    </>
  );
}

function Standing({ order }: { readonly order: Order }) {
  const now = useNow();
  const by = needOf(order, now)?.by;
  return (
    <div aria-live="polite">
      <p class="standing">
        {placeOf(order, now)}
        {by && `: ${daysLeft(by, now, ZONE)}`}
      </p>
      {order.overdue_since && (
        <p class="mark">
          Overdue since <When at={order.overdue_since} day />: longer than an order stays here.
        </p>
      )}
      {wrongIn(order, now).map((line) => (
        <p key={line} dir="auto">
          {line}
        </p>
      ))}
      {order.details?.status && (
        <p class="notice">
          Telnyx's own order says “{order.details.status.replaceAll('-', ' ')}”, and no event says so. Check with
          Telnyx.
        </p>
      )}
    </div>
  );
}

function Steps({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <ol class="steps" aria-label="The way of the order">
      {steps.map(({ name, at, is, note, due }) => (
        <li key={name} class={is} aria-current={is === 'now' ? 'step' : undefined}>
          <span class="line strong">{name}</span>
          {note && <span class="line mark">{note}</span>}
          {at && <When at={at} day />}
          {due && (
            <>
              due <When at={due} />
            </>
          )}
          {!at && !due && is === 'ahead' && 'not yet'}
        </li>
      ))}
    </ol>
  );
}

function Facts({ order }: { readonly order: Order }) {
  const { details } = order;
  const key = supportKeyOf(order);
  const before = movedFrom(order);
  const facts = [
    ['Ports', details?.foc_date && <When at={details.foc_date} />],
    ['Moved from', before && <When at={before} />],
    ['You asked for', details?.foc_date_requested && <When at={details.foc_date_requested} />],
    ['Numbers', details?.number_count],
    ['Old carrier', details?.losing_carrier],
    ['Support key', key && <Copyable text={key} what="support key" />],
    ['Act by', order.act_by && <When at={order.act_by} />],
    [
      'Split from',
      order.split_from.length > 0 && order.split_from.map((other) => <OrderLink key={other} id={other} />),
    ],
    [
      'Split into',
      order.split_into.length > 0 && order.split_into.map((other) => <OrderLink key={other} id={other} />),
    ],
  ] as const;
  return (
    <dl>
      {facts.map(([name, value]) =>
        value ? (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
