import type { Bus } from '../bus/bus.ts';
import { describeError, log } from '../lambda/log.ts';
import { markUnlisted, neverListed } from '../ledger/events/awaited.ts';
import { readIdsAgree } from '../ledger/events/id-agreement.ts';
import { readEvents } from '../ledger/events/read-events.ts';
import { retire } from '../ledger/events/retention.ts';
import { orderEventIds } from '../ledger/orders/order-events.ts';
import { changeOrder, readOrder } from '../ledger/orders/orders.ts';
import { markOverdue, ordersInStatus } from '../ledger/orders/orders-by-status.ts';
import { listIsRead } from '../ledger/runs/open-spans.ts';
import { readSync } from '../ledger/runs/sync-state.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import { TERMINAL } from '../porting/acts.ts';
import { isToBeChecked } from '../porting/needs.ts';
import { type OverdueLimits, overdueSince } from '../porting/overdue.ts';
import { pairsAmong } from '../porting/pairs.ts';
import { sameEventKey } from '../porting/same-event.ts';
import { shownDetails } from '../porting/shown-details.ts';
import { timestampOf } from '../porting/timestamp.ts';
import { learnFromPair } from './id-proof.ts';
import { foldWhole } from './whole-order.ts';

const DAY = 24 * 3_600_000;

export interface Closing {
  readonly store: OrderStore;
  readonly bus: Bus;
  readonly limits: OverdueLimits;
  /** Whether the ledger is current: see readCurrent. */
  readonly current: () => Promise<number | undefined>;
  /** How many days after an ended order's last event its events are kept; undefined: permanently. */
  readonly retainDays: number | undefined;
}

/**
 * Marks events that came by webhook but that the list has never shown. The list is read every five minutes and again
 * every night: an event that is a day old and not in the list will not appear there. If this did not run for some days,
 * it looks at them again for up to a week.
 */
export async function findUnlisted({ store }: Closing, now: number): Promise<number> {
  const { completeThrough = 0 } = await readSync(store, now);
  const from = now - 8 * DAY;
  const to = Math.min(now, completeThrough) - DAY;
  if (to < from) return 0;
  let agree = await readIdsAgree(store);
  const isRead = await listIsRead(store, now);
  let found = 0;
  for await (const ids of neverListed(store, timestampOf(from), timestampOf(to))) {
    for (const event of await readEvents(store, ids)) {
      // The event may have been listed under another id. A recognisable one is joined now, if it was.
      if (!agree && sameEventKey(event) === undefined) continue;
      const { porting_order_id: order } = event;
      if (agree === undefined && typeof order === 'string') {
        const pair = pairsAmong((await readOrder(store, order)).facts).find(({ webhookId }) => webhookId === event.id);
        if (pair) agree = await learnFromPair(store, { listedId: pair.listedId, delivered: event }, isRead, now);
      }
      if (agree === undefined) continue;
      if (!agree && typeof order === 'string') await foldWhole(store, order, now);
      if (!(await markUnlisted(store, event.id, now))) continue;
      found += 1;
      log('warn', 'notification_unlisted', { id: event.id, event_type: event.event_type });
    }
  }
  return found;
}

/** A limit that ran out longer ago is history: a first sync over years must not publish every abandoned order. */
const NEWS_FOR = 30 * DAY;

/**
 * Publishes orders that stay in a status longer than its limit: once for each stay, while the ledger is current, and
 * not once the deadline to act has passed.
 *
 * @returns the number of overdue orders, published or not
 */
export async function findOverdue({ store, bus, limits, current }: Closing, now: number): Promise<number> {
  const before = await current();
  let overdue = 0;
  for (const [status, days] of limits) {
    for await (const { id, since, overdueSince: known } of ordersInStatus(store, status)) {
      const limitAt = overdueSince(status, since, limits, now);
      if (limitAt === undefined || since === undefined) continue;
      overdue += 1;
      if (known === since || before === undefined || limitAt < timestampOf(now - NEWS_FOR)) continue;
      // An unreadable order must not block the others.
      const whole = await foldWhole(store, id, now).catch((error: unknown) => {
        log('error', 'overdue_not_published', { order: id, error: describeError(error) });
      });
      if (!whole) continue;
      const { state: order, reading } = whole.held;
      if (order.status?.value !== status || order.status_since !== since || isToBeChecked(order, now)) continue;
      if ((await current()) !== before) continue;
      const detail = {
        id: `${id}:overdue:${since}`,
        revision: 1,
        live: false,
        order,
        details: shownDetails(reading),
        overdue_since: limitAt,
        limit_business_days: days,
      };
      const refused = await bus.put([{ type: 'porting_order.overdue', detail }]);
      if (refused.size > 0) continue;
      await markOverdue(store, id, since, now);
      log('warn', 'order_overdue', { order: id, status, since });
    }
  }
  return overdue;
}

/** Expires the events of ended orders. What the order's fold knows of them stays. */
export async function retireOld(
  { store, retainDays }: Closing,
  now: number,
  outOfTime: () => boolean,
): Promise<number> {
  if (retainDays === undefined) return 0;
  let retired = 0;
  const until = timestampOf(now - retainDays * DAY);
  for (const status of TERMINAL) {
    for await (const { id, retired: done } of ordersInStatus(store, status, { to: until })) {
      if (outOfTime()) return retired;
      if (!done) retired += await retireOrder(store, id, now);
    }
  }
  if (retired > 0) log('info', 'events_retired', { events: retired });
  return retired;
}

async function retireOrder(store: OrderStore, id: string, now: number): Promise<number> {
  const { facts } = await readOrder(store, id);
  // A split in another order's events that says something about this order lives as long as that order.
  const own = facts.filter(({ gone, of = id }) => !gone && of === id);
  // The facts only count some events; the index has the ids of these too.
  const counted = own.some(({ more = 0 }) => more > 0) ? await orderEventIds(store, id) : [];
  const ids = new Set([...own.flatMap(({ id, also = [] }) => [id, ...also]), ...counted]);
  const gone = new Set(await retire(store, [...ids], now));
  // After the rows: a crash in between repeats this, and what is gone stays gone.
  await changeOrder(store, id, now, (held) => held.map((fact) => (gone.has(fact.id) ? { ...fact, gone: true } : fact)));
  return gone.size;
}
