import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { addressIn, hrefTo } from './address.ts';
import type { ShownSummary } from './answers.ts';
import { ask } from './api.ts';
import { Freshness } from './freshness.tsx';
import { askHealth } from './health.ts';
import { useLive } from './live.ts';
import { forgetToken } from './token.ts';
import type { ViewProps } from './view-props.ts';
import { AllOrders } from './views/all.tsx';
import { Deliveries } from './views/deliveries.tsx';
import { DoneOrders } from './views/done.tsx';
import { Health } from './views/health.tsx';
import { NeedsYou } from './views/needs-you.tsx';
import { OrderPage } from './views/order.tsx';
import { ThisWeek } from './views/this-week.tsx';
import { WaitingForOthers } from './views/waiting.tsx';

const VIEWS: Readonly<Record<string, { readonly name: string; readonly shows: ComponentType<ViewProps> }>> = {
  'needs-you': { name: 'Needs you', shows: NeedsYou },
  'this-week': { name: 'This week', shows: ThisWeek },
  waiting: { name: 'Waiting for others', shows: WaitingForOthers },
  done: { name: 'Done', shows: DoneOrders },
  all: { name: 'All', shows: AllOrders },
  deliveries: { name: 'Deliveries', shows: Deliveries },
  health: { name: 'Health', shows: Health },
};

/** The frame around the views: where they are reached, and how fresh everything is. */
export function Shell() {
  const [address, setAddress] = useState(() => addressIn(location.hash));
  const main = useRef<HTMLElement>(null);
  const summary = useLive('summary', async (signal) => {
    return (await ask<{ data: ShownSummary }>('/v2/orders/summary', { signal })).data;
  });
  const health = useLive('health', askHealth);
  useEffect(() => {
    const moved = () => setAddress(addressIn(location.hash));
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);

  const orderId = /^orders\/(.+)$/.exec(address.path)?.[1];
  const view = VIEWS[address.path];
  const [named, setNamed] = useState<{ readonly id: string; readonly name: string }>();
  const orderTitle = named?.id === orderId ? named?.name : 'Order';
  const title = orderId === undefined ? (view?.name ?? 'No such page') : orderTitle;
  const needing = summary.data?.needs_you ?? 0;
  useEffect(() => {
    // A tab that stays open says by its name that something needs you.
    document.title = `${needing > 0 ? `(${needing}) ` : ''}${title} · Port-in ledger`;
  }, [title, needing]);
  const isFirst = useRef(true);
  useEffect(() => {
    // After a move, keyboard and screen reader begin at the new view; at the first load the browser decides.
    if (!isFirst.current) main.current?.focus();
    if (!isFirst.current) scrollTo(0, 0);
    isFirst.current = false;
  }, [address.path]);

  const View = view?.shows;
  return (
    <>
      {/* A link to `#main` would leave the view: the fragment says which it is. */}
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header>
        <nav aria-label="Views">
          {Object.entries(VIEWS).map(([path, { name }]) => (
            <a key={path} href={hrefTo(path)} aria-current={path === address.path ? 'page' : undefined}>
              {name}
              {path === 'needs-you' && summary.data !== undefined && <b class="count">{summary.data.needs_you}</b>}
            </a>
          ))}
        </nav>
        <Freshness summary={summary} health={health} />
        <button type="button" class="link" onClick={forgetToken}>
          Sign out
        </button>
      </header>
      <main ref={main} tabIndex={-1}>
        {orderId !== undefined && (
          <OrderPage key={orderId} id={decodeURIComponent(orderId)} named={(name) => setNamed({ id: orderId, name })} />
        )}
        {View && <View address={address} summary={summary} health={health} />}
        {orderId === undefined && !View && (
          <>
            <h1>There is no such page</h1>
            <p>
              <a href={hrefTo('needs-you')}>See what needs you</a>
            </p>
          </>
        )}
      </main>
    </>
  );
}
