import type { Bus } from '../bus/bus.ts';
import { log } from '../lambda/log.ts';
import { measure } from '../lambda/metrics.ts';
import { markUnlisted, neverListed } from '../ledger/gaps.ts';
import { idsAgree, readIdsKnowledge } from '../ledger/learned.ts';
import { changeOrder, readOrder } from '../ledger/orders.ts';
import { markOverdue, ordersInStatus, readOrderState } from '../ledger/orders-by-status.ts';
import { readEvents } from '../ledger/read-events.ts';
import { retire } from '../ledger/retention.ts';
import type { OrderStore } from '../ledger/store.ts';
import { readSyncState } from '../ledger/sync-state.ts';
import { TERMINAL } from '../porting/acts.ts';
import { type OverdueLimits, overdueSince } from '../porting/overdue.ts';
import { sameEventKey } from '../porting/same-event.ts';
import { timestampOf } from '../porting/timestamp.ts';

const DAY = 24 * 3_600_000;

export interface Day {
  readonly store: OrderStore;
  readonly bus: Bus;
  readonly limits: OverdueLimits;
  /** Days after its last event that the events of a terminal order are kept; undefined for ever. */
  readonly retainDays: number | undefined;
}

/**
 * Webhooks' events that the list has never shown. The list is read every five minutes and again every night: what is a day old and not
 * there will not come. Days on which this did not run are looked at again for a week.
 */
export async function findUnlisted({ store }: Day, now: number): Promise<number> {
  const { completeThrough = 0 } = await readSyncState(store);
  const from = now - 8 * DAY;
  const to = Math.min(now, completeThrough) - DAY;
  if (to < from) return 0;
  const agree = idsAgree(await readIdsKnowledge(store));
  let found = 0;
  for await (const ids of neverListed(store, timestampOf(from), timestampOf(to))) {
    for (const event of await readEvents(store, ids)) {
      // It may have been listed under another id, which nothing tells.
      if (agree !== true && sameEventKey(event) === undefined) continue;
      if (!(await markUnlisted(store, event.id, now))) continue;
      found += 1;
      log('warn', 'notification_unlisted', { id: event.id, event_type: event.event_type });
    }
  }
  return found;
}

/** Orders that stay in a status longer than its limit: each is announced once for each stay. */
export async function findOverdue({ store, bus, limits }: Day, now: number): Promise<number> {
  let overdue = 0;
  for (const [status, days] of limits) {
    for await (const { id, since, overdueSince: known } of ordersInStatus(store, status)) {
      const limitAt = overdueSince(status, since, limits, now);
      if (limitAt === undefined || since === undefined) continue;
      overdue += 1;
      if (known === since) continue;
      const order = await readOrderState(store, id);
      if (order?.status?.value !== status || order.status_since !== since) continue;
      const detail = {
        id: `${id}:overdue:${since}`,
        revision: 1,
        order,
        overdue_since: limitAt,
        limit_business_days: days,
      };
      const refused = await bus.put([{ type: 'porting_order.overdue', detail }]);
      if (refused.size > 0) continue;
      await markOverdue(store, id, since, now);
      log('warn', 'order_overdue', { order: id, status, since });
    }
  }
  measure({ OverdueOrders: overdue });
  return overdue;
}

/** Ends the time of the events of terminal orders. What the order's fold knows of them stays. */
export async function retireOld({ store, retainDays }: Day, now: number, outOfTime: () => boolean): Promise<number> {
  if (retainDays === undefined) return 0;
  let retired = 0;
  const until = timestampOf(now - retainDays * DAY);
  for (const status of TERMINAL) {
    for await (const { id, retired: done } of ordersInStatus(store, status, until)) {
      if (outOfTime()) return retired;
      if (!done) retired += await retireOrder(store, id, now);
    }
  }
  if (retired > 0) log('info', 'events_retired', { events: retired });
  return retired;
}

async function retireOrder(store: OrderStore, id: string, now: number): Promise<number> {
  const { facts } = await readOrder(store, id);
  // A split of another order's that told this one something lives as long as that order.
  const ids = facts.filter(({ gone, of = id }) => !gone && of === id).map((fact) => fact.id);
  const gone = new Set(await retire(store, ids, now));
  // After the rows: a death in between does it again, and what is gone stays gone.
  await changeOrder(store, id, (held) => held.map((fact) => (gone.has(fact.id) ? { ...fact, gone: true } : fact)));
  return gone.size;
}
